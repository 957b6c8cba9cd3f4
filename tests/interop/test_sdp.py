"""`spark-pipelines run` of the project's unchanged transformations, on a lake that has only landing tables and those of
rejected records, makes five tables that equal stedi's, row for row."""
import shutil
import sqlite3

import yaml

import lakes


def setUpModule():
    lakes.skip_without_spark()


def write_spec(folder):
    """Writes the project as Spark takes it: with the same transformations, and with a spec that states what stedi gives
    a run by itself (the day and the key)."""
    shutil.copytree(lakes.PROJECT / "transformations", folder / "transformations")
    spec = yaml.safe_load((lakes.PROJECT / "spark-pipeline.yml").read_text())
    spec["storage"] = f"file://{folder}/storage"
    spec["configuration"].update(lakes.PARAMETERS, **{"stedi.pseudonym_key": lakes.KEY})
    (folder / "spark-pipeline.yml").write_text(yaml.safe_dump(spec))
    return folder / "spark-pipeline.yml"


def landing_only(lake):
    """Returns a copy of a lake whose catalog has only the tables that are made from landing files. Their metadata.json
    name files of the first lake by absolute paths, which is safe, since nobody writes there."""
    copy = lakes.scratch_folder() / "lake"
    copy.mkdir()
    with sqlite3.connect(f"file:{lake}/catalog.db?mode=ro", uri=True) as source, \
            sqlite3.connect(copy / "catalog.db") as target:
        source.backup(target)
        target.execute("DELETE FROM iceberg_tables WHERE table_name NOT LIKE '%\\_landing' ESCAPE '\\' "
                       "AND table_name NOT LIKE '%\\_landing\\_rejected' ESCAPE '\\'")
    return copy


class SparkPipelinesTest(lakes.LakeTest):
    def test_five_tables_equal_ours(self):
        for name, _, lake in lakes.all_lakes():
            copy = landing_only(lake)
            folder, environment = lakes.spark_environment(copy)
            lakes.run_spark(environment, 400, "spark-pipelines", "run", "--spec", write_spec(folder))
            ours, sparks = lakes.catalog_rows(lake), lakes.catalog_rows(copy)
            for table in lakes.DERIVED:
                with self.subTest(f"{name}: {table}"):
                    self.assert_same_rows(table, lakes.stored_rows(ours[table]), lakes.stored_rows(sparks[table]))


if __name__ == "__main__":
    lakes.main()
