"""`stedi compare` of a stedi lake and one that PyIceberg alone has written, with another name of the catalog, without
stedi's own tables, with locations as URIs, rows in another order, and compressed metadata.json."""
import gzip
import hashlib
import json
import pathlib
import sqlite3
import subprocess

import pyarrow
import pyarrow.compute
from pyiceberg.catalog.sql import SqlCatalog

import lakes

# The ways in which writers spell the beginning of a path.
SPELLINGS = ("file:///", "file:/", "/")


def compare(lake_a, lake_b, *words):
    """Returns the exit status and what `stedi compare --json` says, or its line on stderr when it cannot compare."""
    done = subprocess.run([lakes.arguments.stedi, "compare", lake_a, lake_b, "--json", *words],
                          capture_output=True, text=True, check=False)
    return done.returncode, json.loads(done.stdout) if done.returncode < 2 else done.stderr


def table_of(report, name):
    return next(table for table in report["tables"] if table["table"] == name)


def fingerprint(folder):
    """Returns file -> hash of its content, for all files below a folder."""
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(folder.rglob("*")) if path.is_file()}


def respell(lake, spelling):
    """Rewrites the catalog's metadata locations to begin with `spelling`."""
    with sqlite3.connect(lake / "catalog.db") as database:
        for table, location in database.execute("SELECT table_name, metadata_location FROM iceberg_tables"):
            database.execute("UPDATE iceberg_tables SET metadata_location = ? WHERE table_name = ?",
                             (spelling + lakes.local_path(location).lstrip("/"), table))


class CompareTest(lakes.LakeTest):
    @classmethod
    def setUpClass(cls):
        _, _, cls.lake = next(lakes.all_lakes())
        catalog = SqlCatalog("lake", uri=f"sqlite:///{cls.lake}/catalog.db")
        cls.rows = {table: catalog.load_table(f"stedi.{table}").scan().to_arrow()
                    for table in lakes.catalog_rows(cls.lake)}

    def write_lake(self, changes=None):
        """Writes a lake with PyIceberg that has the rows of the stedi lake in reverse order, in two files per table.
        `changes`: table -> a function that changes its rows."""
        lake = lakes.scratch_folder() / "other"
        lake.mkdir()
        catalog = SqlCatalog("somebody", uri=f"sqlite:///{lake}/catalog.db", warehouse=f"file://{lake}")
        catalog.create_namespace("stedi")
        for name, rows in self.rows.items():
            rows = rows.take(pyarrow.array(range(rows.num_rows - 1, -1, -1), pyarrow.int64()))
            if name == "quarantine":
                column = rows.schema.get_field_index("run_id")
                rows = rows.set_column(column, "run_id", pyarrow.array(["another"] * rows.num_rows))
            rows = changes[name](rows) if changes and name in changes else rows
            table = catalog.create_table(f"stedi.{name}", schema=rows.schema)
            middle = rows.num_rows // 2
            for part in (rows.slice(0, middle), rows.slice(middle)):
                if part.num_rows:
                    table.append(part)
        return lake

    def test_equal(self):
        other = self.write_lake()
        before = fingerprint(self.lake), fingerprint(other)
        for lake_a, lake_b in ((self.lake, other), (other, self.lake), (other, other)):
            status, report = compare(lake_a, lake_b)
            self.assertEqual([t["table"] for t in report["tables"] if t["verdict"] != "equal"], [])
            self.assertEqual((status, report["equal"]), (0, True))
            self.assertEqual({t["table"]: t["rows_a"] for t in report["tables"]},
                             {name: rows.num_rows for name, rows in self.rows.items()})
            self.assertEqual(table_of(report, "quarantine")["left_out"], ["run_id"])
        self.assertEqual((fingerprint(self.lake), fingerprint(other)), before, "compare has written to a lake")

    def test_locations(self):
        other = self.write_lake()
        for spelling in SPELLINGS:
            with self.subTest(spelling):
                respell(other, spelling)
                self.assertEqual(compare(self.lake, other)[0], 0)

    def test_compressed_metadata(self):
        other = self.write_lake()
        with sqlite3.connect(other / "catalog.db") as database:
            table, location = database.execute("SELECT table_name, metadata_location FROM iceberg_tables"
                                               " WHERE table_name = 'accelerometer_trusted'").fetchone()
            plain = pathlib.Path(lakes.local_path(location))
            packed = plain.with_name(plain.name.replace(".metadata.json", ".gz.metadata.json"))
            packed.write_bytes(gzip.compress(plain.read_bytes()))
            plain.unlink()
            database.execute("UPDATE iceberg_tables SET metadata_location = ? WHERE table_name = ?",
                             (str(packed), table))
        self.assertEqual(compare(self.lake, other)[0], 0)

    def test_one_value(self):
        def change(rows):
            values = rows.column("distancefromobject").to_pylist()
            values[7] += 1
            column = rows.schema.get_field_index("distancefromobject")
            return rows.set_column(column, rows.schema.field(column), pyarrow.array(values, rows.schema.field(column).type))

        status, report = compare(self.lake, self.write_lake({"step_trainer_trusted": change}))
        self.assertEqual(status, 1)
        self.assertEqual([t["table"] for t in report["tables"] if t["verdict"] != "equal"], ["step_trainer_trusted"])
        table = table_of(report, "step_trainer_trusted")
        self.assertEqual([c["name"] for c in table["columns"] if not c["equal"]], ["distancefromobject"])
        self.assertEqual((table["only_in_a"], table["only_in_b"]), (1, 1))
        personal = {row["values"]["serialnumber"] for key in table["differing"] for row in key["a"] + key["b"]}
        self.assertEqual(personal, {"***"})

    def test_values_that_changed_places(self):
        """Each column holds the same values as before, so only whole rows differ."""
        def change(rows):
            values = rows.column("x").to_pylist()
            other = next(i for i, value in enumerate(values) if value != values[0])
            values[0], values[other] = values[other], values[0]
            column = rows.schema.get_field_index("x")
            return rows.set_column(column, rows.schema.field(column), pyarrow.array(values, pyarrow.float64()))

        status, report = compare(self.lake, self.write_lake({"accelerometer_trusted": change}))
        table = table_of(report, "accelerometer_trusted")
        self.assertEqual(status, 1)
        self.assertEqual([c["name"] for c in table["columns"] if not c["equal"]], [])
        self.assertEqual((table["only_in_a"], table["only_in_b"]), (2, 2))

    def test_a_row_twice(self):
        """Two lakes with the same set of rows differ if one row occurs twice."""
        def change(rows):
            return pyarrow.concat_tables([rows.slice(0, rows.num_rows - 1), rows.slice(0, 1)])

        status, report = compare(self.lake, self.write_lake({"accelerometer_trusted": change}))
        table = table_of(report, "accelerometer_trusted")
        self.assertEqual((status, table["rows_a"], table["rows_b"]), (1, table["rows_a"], table["rows_a"]))
        self.assertEqual((table["only_in_a"], table["only_in_b"]), (1, 1))

    def test_what_cannot_be_read(self):
        other = self.write_lake()
        with sqlite3.connect(other / "catalog.db") as database:
            location = database.execute("SELECT metadata_location FROM iceberg_tables"
                                        " WHERE table_name = 'customers_curated'").fetchone()[0]
        pathlib.Path(lakes.local_path(location)).write_text("{")
        status, message = compare(self.lake, other)
        self.assertEqual(status, 2)
        self.assertRegex(message, r"^stedi: table customers_curated: .*metadata\.json")


if __name__ == "__main__":
    lakes.main()
