"""Trino, which is of the family of Athena's engine, runs the unchanged queries of `stedi export aws` over the raw
landing files on S3 and over the Iceberg tables of a lake on S3. The counts must be those of the run."""
import json
import re

from pyiceberg.catalog.sql import SqlCatalog

import lakes
import s3_server
import trino_server
from canonical import canonical

BUCKET = "people-steps"
TRINO_TYPES = {"string": "varchar", "int": "integer", "float": "real", "binary": "varbinary"}
EXPECTED_2023 = {"customers_trusted": 482, "accelerometer_trusted": 40981, "customers_curated": 482,
                 "step_trainer_trusted": 14460, "machine_learning_curated": 40981}


def setUpModule():
    s3_server.skip_without_server()
    trino_server.skip_without_trino()


def run_on_s3(server, name):
    """Makes a lake on S3 from landing files there. Returns table -> (rows by PyIceberg, location, metadata file)."""
    catalog_file = lakes.scratch_folder() / "catalog.db"
    words = s3_server.project_words(f"s3://{BUCKET}/{name}/landing", f"s3://{BUCKET}/{name}/lake", catalog_file)
    status, _, errors = s3_server.run(server.environment(), *words)
    if status != 0:
        raise AssertionError(f"stedi run: status {status}: {errors}")
    catalog = SqlCatalog("lake", uri=f"sqlite:///{catalog_file}",
                         **{"s3.endpoint": f"http://127.0.0.1:{server.port}", "s3.access-key-id": s3_server.KEY_ID,
                            "s3.secret-access-key": s3_server.SECRET, "s3.region": "us-east-1",
                            "py-io-impl": "pyiceberg.io.pyarrow.PyArrowFileIO"})
    tables = {}
    for identifier in catalog.list_tables("stedi"):
        table = catalog.load_table(identifier)
        tables[identifier[1]] = (table.scan().to_arrow(), table.location(), table.metadata_location.rpartition("/")[2])
    catalog.engine.dispose()
    return tables


class TrinoTest(lakes.LakeTest):
    @classmethod
    def setUpClass(cls):
        cls.server = cls.enterClassContext(s3_server.S3Server())
        cls.export = lakes.scratch_folder() / "export"
        lakes.run_stedi("export", "aws", cls.export, lakes.PROJECT)
        cls.model = json.loads((cls.export / "pipeline.json").read_text())
        # This sample has no damage, which the SerDe reads in another way than stedi.
        plain = lakes.scratch_folder() / "plain"
        lakes.run_stedi("sample", plain, "--customers", 200, "--readings", 4000, "--seed", 7)
        landings = dict(lakes.landing_folders())
        landings["plain"] = plain
        cls.landings = landings
        cls.tables = {}
        for name, landing in landings.items():
            cls.server.upload(landing, f"{BUCKET}/{name}/landing")
            cls.tables[name] = run_on_s3(cls.server, name)
        cls.trino = cls.enterClassContext(trino_server.TrinoServer(cls.server.port))
        for name, tables in cls.tables.items():
            schema = cls.schema_of(name)
            cls.trino.query(f"CREATE SCHEMA iceberg.{schema}")
            for table, (_, location, metadata) in tables.items():
                cls.trino.query(f"CALL iceberg.system.register_table('{schema}', '{table}', '{location}', '{metadata}')")
            cls.make_landing_tables(name)

    @staticmethod
    def schema_of(name):
        return f"stedi_{name}"

    @classmethod
    def make_landing_tables(cls, name):
        """Runs the exported CREATE EXTERNAL TABLE in Trino's syntax, since Trino has no Hive DDL."""
        schema = cls.schema_of(name)
        cls.trino.query(f"CREATE SCHEMA hive.{schema}")
        for file in sorted(cls.export.glob("athena/landing/*.sql")):
            text = file.read_text()
            columns = [f'"{column}" {TRINO_TYPES.get(kind, kind)}'
                       for column, kind in re.findall(r"^  `(\w+)` (\w+)", text, re.MULTILINE)]
            location = re.search(r"LOCATION '(.*)'", text)[1].replace("${bucket}", f"{BUCKET}/{name}")
            cls.trino.query(f"CREATE TABLE hive.{schema}.{file.stem} ({', '.join(columns)}) "
                            f"WITH (format = 'OPENX_JSON', external_location = '{location}')")

    def run_file(self, path, name, catalog="iceberg"):
        return self.trino.query((self.export / "athena/queries" / path).read_text(), catalog, self.schema_of(name))

    def test_counts_of_the_tables(self):
        for name, tables in self.tables.items():
            with self.subTest(name):
                found = {t: self.run_file(f"{t}_count.sql", name)[0][0] for t in tables}
                self.assertEqual(found, {t: rows.num_rows for t, (rows, _, _) in tables.items()})
                if name == "2023":
                    self.assertEqual({t: found[t] for t in EXPECTED_2023}, EXPECTED_2023)
        self.assertGreater(self.tables["demo"]["quarantine"][0].num_rows, 0)

    def test_previews_of_the_tables(self):
        definitions = {t["name"]: t for t in self.model["feeds"] + self.model["rejected"] + self.model["tables"]
                       + [self.model["quarantine"]]}
        for name, tables in self.tables.items():
            for table, (rows, _, _) in tables.items():
                with self.subTest(f"{name} {table}"):
                    found = self.run_file(f"{table}_preview.sql", name)
                    self.assertEqual(len(found), min(10, rows.num_rows))
                    columns = definitions[table]["all_columns"]
                    stored = self.masked(rows, columns)
                    for row in found:
                        self.assertIn(tuple(map(canonical, row)), stored)

    @staticmethod
    def masked(rows, columns):
        """Returns the rows of a table as the preview may show them, with dates as text."""
        shown = []
        for column in columns:
            values = rows.column(column["name"]).to_pylist()
            if column["pii"]:
                values = [value if value is None else "***" for value in values]
            shown.append([str(v) if hasattr(v, "isoformat") else v for v in values])
        return set(zip(*[[canonical(v) for v in values] for values in shown]))

    def test_landing_files_as_they_lie(self):
        for name in self.landings:
            if name == "demo":  # its files hold every defect
                continue
            with self.subTest(name):
                for feed in self.model["feeds"]:
                    found = self.run_file(f"raw/{feed['name']}_count.sql", name, "hive")
                    self.assertEqual(found, [[self.tables[name][feed["name"]][0].num_rows]], feed["name"])
                    preview = self.run_file(f"raw/{feed['name']}_preview.sql", name, "hive")
                    self.assertEqual(len(preview), 10)
                    shown = {c["name"]: {row[i] for row in preview} for i, c in enumerate(feed["columns"])}
                    hidden = [shown[c["name"]] <= {None, "***"} for c in feed["columns"] if c["pii"]]
                    self.assertTrue(all(hidden))

    def test_landing_values_are_read_as_stedi_reads_them(self):
        for name in self.landings:
            if name == "demo":
                continue
            for feed in self.model["feeds"]:
                with self.subTest(f"{name} {feed['name']}"):
                    columns = [c["name"] for c in feed["columns"]]
                    names = ", ".join(f'"{c}"' for c in columns)
                    found = self.trino.query(f"SELECT {names} FROM {feed['name']}", "hive", self.schema_of(name))
                    expected = self.tables[name][feed["name"]][0].select(columns).to_pylist()
                    self.assert_same_rows(feed["name"], lakes.canonical_rows(r.values() for r in expected),
                                          lakes.canonical_rows(found))

    def test_a_broken_query_fails(self):
        with self.assertRaisesRegex(AssertionError, "Trino: .*no_such_column"):
            self.trino.query("SELECT no_such_column FROM customers_trusted", "iceberg", self.schema_of("demo"))


if __name__ == "__main__":
    lakes.main()
