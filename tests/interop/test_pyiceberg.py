"""PyIceberg opens a lake's catalog.db and reads tables, snapshots and statistics."""
import re

import pyarrow.parquet
from pyiceberg.catalog.sql import SqlCatalog

import lakes


def pii_columns():
    """Returns table -> the columns that its definition marks as personal data."""
    found = {}
    for path in lakes.PROJECT.rglob("*.sql"):
        text = path.read_text()
        table = re.search(r"CREATE \w+ \w+ (\w+)", text)[1]
        pii = re.search(r"'pii'\s*=\s*'([^']*)'", text)
        found[table] = [column.strip() for column in pii[1].split(",")] if pii else []
    return found


def open_catalog(lake):
    return SqlCatalog("lake", uri=f"sqlite:///{lake}/catalog.db")


def files_of(table):
    """Returns what the manifests say about a table's data files. PyIceberg cannot inspect a table that has none."""
    return table.inspect.files().to_pylist() if list(table.scan().plan_files()) else []


class PyIcebergTest(lakes.LakeTest):
    @classmethod
    def setUpClass(cls):
        cls.lakes = list(lakes.all_lakes())

    def test_rows_of_every_table(self):
        for name, _, lake in self.lakes:
            tables = lakes.catalog_rows(lake)
            catalog = open_catalog(lake)
            self.assertEqual(catalog.list_namespaces(), [("stedi",)])
            self.assertEqual(sorted(catalog.list_tables("stedi")), sorted(("stedi", table) for table in tables))
            for table, metadata_location in tables.items():
                with self.subTest(f"{name}: {table}"):
                    rows = catalog.load_table(f"stedi.{table}").scan().to_arrow().to_pylist()
                    self.assert_same_rows(table, lakes.stored_rows(metadata_location),
                                          lakes.canonical_rows(row.values() for row in rows))

    def test_personal_data_has_no_bounds(self):
        _, _, lake = self.lakes[0]
        for table, pii in pii_columns().items():
            with self.subTest(table):
                loaded = open_catalog(lake).load_table(f"stedi.{table}")
                names = {field.field_id: field.name for field in loaded.schema().fields}
                files = files_of(loaded)
                if table == "consent_unclear" and not files:
                    continue  # it is empty in this lake
                self.assertNotEqual(files, [])
                for bounds in ("lower_bounds", "upper_bounds"):
                    bounded = {names[field_id] for file in files for field_id, _ in file[bounds]}
                    self.assertEqual(bounded & set(pii), set(), f"{bounds} of personal data")
                    self.assertNotEqual(bounded, set(), f"no {bounds} at all")

    def test_file_names_have_neither_bounds_nor_statistics(self):
        """File names may contain e-mail addresses: user=ann@example.com/a.json."""
        seen = set()
        _, _, lake = self.lakes[0]
        for table in lakes.catalog_rows(lake):
            loaded = open_catalog(lake).load_table(f"stedi.{table}")
            hidden = {field.field_id: field.name for field in loaded.schema().fields if field.name in ("_source_file", "file")}
            for file in files_of(loaded):
                for bounds in ("lower_bounds", "upper_bounds"):
                    self.assertEqual({i for i, _ in file[bounds]} & hidden.keys(), set(), f"{table}: {bounds}")
                footer = pyarrow.parquet.read_metadata(file["file_path"].removeprefix("file://"))
                for group in range(footer.num_row_groups):
                    for i in range(footer.num_columns):
                        column = footer.row_group(group).column(i)
                        if column.path_in_schema in hidden.values():
                            seen.add(table)
                            self.assertFalse(column.statistics and column.statistics.has_min_max, table)
        self.assertIn("accelerometer_landing", seen)
        self.assertIn("quarantine", seen)

    def test_counts_in_manifests(self):
        for name, _, lake in self.lakes:
            for table in lakes.catalog_rows(lake):
                with self.subTest(f"{name}: {table}"):
                    loaded = open_catalog(lake).load_table(f"stedi.{table}")
                    # inspect.files() cannot show a table without files.
                    empty = loaded.current_snapshot().summary["total-data-files"] == "0"
                    files = [] if empty else loaded.inspect.files().to_pylist()
                    recorded = sum(file["record_count"] for file in files)
                    self.assertEqual(recorded, loaded.scan().to_arrow().num_rows)

    def test_snapshots_of_two_runs(self):
        _, landing, lake = self.lakes[0]
        before = self.snapshots(lake)
        report = lakes.refresh(lake, landing)
        self.assertEqual({table["action"] for table in report["tables"]}, {"unchanged"}, report)
        self.assertEqual(self.snapshots(lake), before)
        for table, snapshots in before.items():
            self.assertTrue(all(run_id for _, run_id in snapshots), f"{table}: a snapshot without stedi.run-id")

    def snapshots(self, lake):
        """Returns table -> (snapshot id, run id) of each of its snapshots, by PyIceberg."""
        catalog = open_catalog(lake)
        return {table: [(s.snapshot_id, s.summary.additional_properties.get("stedi.run-id"))
                        for s in catalog.load_table(f"stedi.{table}").snapshots()]
                for table in lakes.catalog_rows(lake)}


if __name__ == "__main__":
    lakes.main()
