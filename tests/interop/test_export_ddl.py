"""The Athena DDL of `stedi export aws` is accepted by Spark's parser, which knows Hive's DDL."""
import json
import pathlib

import lakes
from athena_ddl import without_comments

PROJECTS = [lakes.PROJECT, lakes.ROOT / "pipelines/stedi-as-published"]
BAD = ["CREATE EXTERNAL TABLE x (a bigint ROW FORMAT SERDE 's' LOCATION 's3://b/'",
       "CREATE TABLE x (a bigintt) LOCATION 's3://b/' TBLPROPERTIES ('table_type' = 'ICEBERG')",
       "CREATE TABLE x (a bigint COMMENT) LOCATION 's3://b/'",
       "CREATE TABLE x (a bigint) LOCATION 's3://b/' TBLPROPERTIES ('a' = 'b'"]


def setUpModule():
    lakes.skip_without_spark()


class ExportedDdlTest(lakes.LakeTest):
    def test_is_parsed(self):
        statements = {}
        for project in PROJECTS:
            export = lakes.scratch_folder() / "export"
            lakes.run_stedi("export", "aws", export, project)
            for file in sorted([*export.glob("athena/landing/*.sql"), *export.glob("athena/tables/*.sql")]):
                statements[f"{project.name}/{file.parent.name}/{file.name}"] = without_comments(file.read_text())
        # Both projects have as many; one has consent_unclear and a table of rejected records besides.
        self.assertEqual(len(statements), 2 * (3 + 3 + 5 + 1) + 2)
        folder, environment = lakes.spark_environment(lakes.scratch_folder())
        file = folder / "statements.json"
        file.write_text(json.dumps([*statements.values(), *BAD]))
        lakes.run_spark(environment, 300, lakes.spark_python(), pathlib.Path(__file__).with_name("spark_parse.py"), file)
        errors = json.loads(file.with_name(file.name + ".errors").read_text())
        self.assertEqual([f"{n}: {e}" for n, e in zip(statements, errors) if e], [])
        self.assertEqual([s for s, e in zip(BAD, errors[len(statements):], strict=True) if not e], [])


if __name__ == "__main__":
    lakes.main()
