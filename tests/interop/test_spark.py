"""Spark with Iceberg's JDBC catalog reads every table of a lake."""
import collections
import json
import pathlib
import shutil

import lakes


def setUpModule():
    lakes.skip_without_spark()


class SparkTest(lakes.LakeTest):
    def test_every_table(self):
        for name, _, lake in lakes.all_lakes():
            tables = lakes.catalog_rows(lake)
            folder, environment = lakes.spark_environment(lake)
            lakes.run_spark(environment, 400, lakes.spark_python(),
                            pathlib.Path(__file__).with_name("spark_rows.py"), folder, *tables)
            for table, metadata_location in tables.items():
                with self.subTest(f"{name}: {table}"):
                    rows = json.loads((folder / f"{table}.json").read_text())
                    self.assert_same_rows(table, lakes.stored_rows(metadata_location),
                                          collections.Counter(map(tuple, rows)))

    def test_rows_that_spark_deleted_stay_deleted(self):
        """Spark writes a delete file for our data files. Our next snapshots must keep it in effect."""
        _, landing, lake = next(lakes.all_lakes())
        landing = shutil.copytree(landing, lakes.scratch_folder() / "landing")
        folder, environment = lakes.spark_environment(lake)
        statements = folder / "statements.json"
        table = "lake.stedi.accelerometer_landing"
        # Deletes only some rows of a data file; otherwise Spark would drop the whole file.
        offset = self.query(lake, "SELECT min(_offset) FROM accelerometer_landing")
        statements.write_text(json.dumps([
            f"ALTER TABLE {table} SET TBLPROPERTIES ('write.delete.mode' = 'merge-on-read')",
            f"DELETE FROM {table} WHERE _offset = {offset}",
            f"SELECT count(*) FROM {table} WHERE _offset = {offset}",
            f"SELECT count(*) FROM {table}",
            f"SELECT count(*) FROM {table}.delete_files"]))
        lakes.run_spark(environment, 400, lakes.spark_python(),
                        pathlib.Path(__file__).with_name("spark_statements.py"), statements)
        results = json.loads(statements.with_name(statements.name + ".rows").read_text())
        gone, left, delete_files = (int(results[i][0][0]) for i in (2, 3, 4))
        self.assertEqual(gone, 0, results)
        self.assertGreater(delete_files, 0, "Spark has rewritten the data file: nothing is tested")
        new = landing / "accelerometer/landing/one-more.json"
        new.write_text(' ' * (offset + 1) + '{"user":"ann@example.com","timestamp":1,"x":0.5,"y":0.5,"z":0.5}\n')
        report = lakes.refresh(lake, landing)
        rows = {row["table"]: row["rows_out"] for row in report["tables"]}
        self.assertEqual(rows["accelerometer_landing"], left + 1)
        self.assertEqual(self.query(lake, f"SELECT count(*) FROM accelerometer_landing WHERE _offset = {offset}"), 0)

    def test_a_moved_lake_reads_as_before(self):
        """All snapshots and a tag, with the position delete files and manifests that Spark wrote."""
        _, _, lake = next(lakes.all_lakes())
        tables = ["accelerometer_landing", "step_trainer_landing"]
        self.run_statements(
            lake, *(f"ALTER TABLE lake.stedi.{table} SET TBLPROPERTIES ('write.delete.mode' = 'merge-on-read')"
                    for table in tables),
            *(f"DELETE FROM lake.stedi.{table} WHERE _offset % {step} = 0" for table in tables for step in (3, 5)),
            f"ALTER TABLE lake.stedi.{tables[0]} CREATE TAG kept",
            f"DELETE FROM lake.stedi.{tables[0]} WHERE _offset % 7 = 0")

        def read(lake):
            snapshots = [(table, snapshot["snapshot-id"]) for table in tables for snapshot in json.loads(pathlib.Path(
                lakes.local_path(lakes.catalog_rows(lake)[table])).read_text())["snapshots"]]
            versions = [f"lake.stedi.{table} VERSION AS OF {version}" for table, version in
                        [*snapshots, (tables[0], "'kept'")]]
            counts = [f"SELECT count(*), bit_xor(xxhash64(*)) FROM {version}" for version in versions]
            files = [f"SELECT count(*) FROM lake.stedi.{table}.delete_files" for table in tables]
            return dict(zip(versions + tables, self.run_statements(lake, *counts, *files)))

        before = read(lake)
        self.assertTrue(all(int(before[table][0][0]) > 0 for table in tables), "no delete files: nothing is tested")
        moved = lakes.scratch_folder() / "a/longer/name"
        moved.parent.mkdir(parents=True)
        lake.rename(moved)
        lakes.run_stedi("relocate", moved)
        self.assertEqual(read(moved), before)
        for table in tables:
            current = self.run_statements(moved, f"SELECT count(*) FROM lake.stedi.{table}")[0][0][0]
            self.assertEqual(self.query(moved, f"SELECT count(*) FROM {table}"), int(current))

    def test_tables_that_spark_wrote_anew_compare_equal(self):
        _, landing, lake = next(lakes.all_lakes())
        twin = lakes.scratch_folder() / "lake"
        lakes.refresh(twin, landing)
        tables = sorted(lakes.catalog_rows(twin))
        self.run_statements(
            twin, *(f"INSERT OVERWRITE lake.stedi.{table} SELECT * FROM lake.stedi.{table}" for table in tables),
            "CALL lake.system.rewrite_data_files('stedi.accelerometer_landing')")
        report = json.loads(lakes.run_stedi("compare", lake, twin, "--json"))
        self.assertEqual({t["table"]: t["verdict"] for t in report["tables"]}, dict.fromkeys(tables, "equal"))

    def test_a_partitioned_table_is_refused_until_it_is_none(self):
        _, landing, lake = next(lakes.all_lakes())
        twin = lakes.scratch_folder() / "lake"
        lakes.refresh(twin, landing)
        table = "stedi.machine_learning_curated"
        rewrite = f"CALL lake.system.rewrite_data_files(table => '{table}', options => map('rewrite-all', 'true'))"
        self.run_statements(twin, f"ALTER TABLE lake.{table} ADD PARTITION FIELD split")
        self.assertEqual(lakes.refresh(twin, landing)["status"], "no_news")
        self.run_statements(twin, rewrite)
        with self.assertRaisesRegex(AssertionError, "status 2(.|\n)*partitioned"):
            lakes.refresh(twin, landing)
        lakes.run_stedi("compare", lake, twin)
        self.run_statements(twin, f"ALTER TABLE lake.{table} DROP PARTITION FIELD split", rewrite)
        lakes.refresh(twin, landing)
        self.assertEqual(self.query(twin, "SELECT count(*) FROM machine_learning_curated"),
                         self.query(lake, "SELECT count(*) FROM machine_learning_curated"))
        lakes.run_stedi("compare", lake, twin)

    @staticmethod
    def run_statements(lake, *statements):
        """Runs the statements on Spark and returns the rows of each. Raises AssertionError when one of them fails."""
        folder, environment = lakes.spark_environment(lake)
        file = folder / "statements.json"
        file.write_text(json.dumps(statements))
        lakes.run_spark(environment, 400, lakes.spark_python(),
                        pathlib.Path(__file__).with_name("spark_statements.py"), file)
        results = json.loads(file.with_name(file.name + ".rows").read_text())
        failed = [rows for rows in results if isinstance(rows, str)]
        if failed:
            raise AssertionError(f"Spark: {failed}")
        return results

    @staticmethod
    def query(lake, select):
        """Returns the one integer that a SELECT gives in stedi."""
        rows = json.loads(lakes.run_stedi("query", select, "--lake", lake, "--format", "json"))
        return int(next(iter(rows[0].values())))


if __name__ == "__main__":
    lakes.main()
