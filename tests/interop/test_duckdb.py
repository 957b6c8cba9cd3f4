"""DuckDB's iceberg_scan reads every table of a lake, and gives the rows that stedi stored."""
import lakes


class DuckDbTest(lakes.LakeTest):
    def test_every_table(self):
        for name, _, lake in lakes.all_lakes():
            tables = lakes.catalog_rows(lake)
            self.assertGreaterEqual(set(tables), set(lakes.DERIVED))
            for table, metadata_location in tables.items():
                with self.subTest(f"{name}: {table}"):
                    rows = lakes.duckdb_connection().execute(
                        "SELECT * FROM iceberg_scan(?)", [metadata_location]).fetchall()
                    self.assert_same_rows(table, lakes.stored_rows(metadata_location), lakes.canonical_rows(rows))


if __name__ == "__main__":
    lakes.main()
