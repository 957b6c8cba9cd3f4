"""Every SQL construct that `stedi check` allows gives equal rows on DuckDB and on Spark: on 4.1, and with
--spark 3.5 on 3.5."""
import collections
import json
import pathlib
import subprocess

import lakes


def setUpModule():
    lakes.skip_without_spark()


class PortableSqlTest(lakes.LakeTest):
    def test_every_allowed_construct(self):
        printed = subprocess.run([lakes.arguments.stedi.with_name("portable_samples")], check=True,
                                 capture_output=True, text=True).stdout
        samples = [json.loads(line) for line in printed.splitlines()]
        connection = lakes.duckdb_connection()
        for sample in samples:
            if sample["macro"]:
                connection.execute(f"CREATE TEMP MACRO {sample['macro']}")
        folder, environment = lakes.spark_environment(lakes.scratch_folder())
        file = folder / "statements.json"
        file.write_text(json.dumps(["SELECT version()", *(sample["statement"] for sample in samples)]))
        lakes.run_spark(environment, 400, lakes.spark_python(),
                        pathlib.Path(__file__).with_name("spark_statements.py"), file)
        version, *on_spark = json.loads(file.with_name(file.name + ".rows").read_text())
        self.assertTrue(version[0][0].startswith(lakes.arguments.spark + "."), version)
        for sample, found in zip(samples, on_spark, strict=True):
            with self.subTest(sample["statement"]):
                self.assertIsInstance(found, list, f"Spark: {found}")
                expected = connection.execute(sample["statement"]).fetchall()
                self.assert_same_rows(sample["name"], lakes.canonical_rows(expected),
                                      collections.Counter(map(tuple, found)))


if __name__ == "__main__":
    lakes.main()
