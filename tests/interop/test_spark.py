"""Spark with Iceberg's JDBC catalog reads every table of a lake."""
import collections
import json
import pathlib

import lakes


def setUpModule():
    lakes.skip_without_spark()


class SparkTest(lakes.LakeTest):
    def test_every_table(self):
        for name, _, lake in lakes.all_lakes():
            tables = lakes.catalog_rows(lake)
            folder, environment = lakes.spark_environment(lake)
            lakes.run_spark(environment, 400, lakes.arguments.deps / "venv-spark/bin/python",
                            pathlib.Path(__file__).with_name("spark_rows.py"), folder, *tables)
            for table, metadata_location in tables.items():
                with self.subTest(f"{name}: {table}"):
                    rows = json.loads((folder / f"{table}.json").read_text())
                    self.assert_same_rows(table, lakes.stored_rows(metadata_location),
                                          collections.Counter(map(tuple, rows)))


if __name__ == "__main__":
    lakes.main()
