"""The wheel stedi-reader reads thousands of damaged files exactly as the program does, in every way of reading: the same
rows, rejections, rows of rejected records and reports.

usage: test_wheel.py --stedi PROGRAM --deps DEPS     with the package on PYTHONPATH
"""
import pathlib
import sqlite3
import sys
import unittest

import pyarrow.fs

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "interop"))
import damaged_landing  # noqa: E402
import lakes  # noqa: E402
import stedi_reader  # noqa: E402
from test_landing_reader import unsigned_zeros, write_landing, write_project  # noqa: E402

# The ways of reading, the first of which is compared with the program.
WAYS = ({"threads": 1}, {"threads": 2}, {"threads": 1, "block_bytes": 7}, {"threads": 2, "block_bytes": 333},
        {"threads": 1, "fast_path": False}, {"threads": 2, "filesystem": pyarrow.fs.LocalFileSystem()})
COUNTS = ("decoded_bytes", "accepted_bytes", "quarantined_bytes", "whitespace_bytes", "framing_bytes", "records",
          "rejected")


def read_all(feed, files, **options):
    """Returns (rows, rejections, rows of rejected records) as canonical_rows gives those of the tables, and the reports,
    file -> row. Leaves out files whose stored bytes equal those of an earlier file, as the program does."""
    definition = damaged_landing.FEEDS[feed]
    with stedi_reader.Scan(files, definition["columns"], keep_unfit=definition.get("keep_unfit", False),
                           rejected_columns=definition.get("rejected_columns", ()), **options) as scan:
        rows = scan.rows.read_all().to_pylist()
        reports = {row["file"]: row for row in scan.reports().to_pylist()}
        rejections = [{"feed": feed, **row} for row in scan.rejections().to_pylist()]
        rejected = scan.rejected_rows().to_pylist()
    by_hash = {}
    for file in files:
        report = reports[file.file]
        if report["size_bytes"]:
            by_hash.setdefault(report["content_hash"], file.file)
    first = {name for name, report in reports.items()
             if not report["size_bytes"] or by_hash[report["content_hash"]] == name}
    columns = ("feed", "reason", "column_name", "found", "wanted", "file", "byte_offset", "byte_length", "raw")
    return (lakes.canonical_rows(list(row.values()) for row in rows if row["_source_file"] in first),
            lakes.canonical_rows([row[name] for name in columns] for row in rejections if row["file"] in first),
            lakes.canonical_rows(list(row.values()) for row in rejected if row["_source_file"] in first), reports)


class WheelTest(lakes.LakeTest):
    @classmethod
    def setUpClass(cls):
        folder = lakes.scratch_folder()
        write_project(folder / "project")
        write_landing(folder / "landing")
        lakes.run_stedi("run", folder / "project", "--landing", folder / "landing", "--lake", folder / "lake",
                        "--allow-shrink")
        cls.lake, cls.things = folder / "lake", folder / "landing/things"
        cls.tables = lakes.catalog_rows(cls.lake)
        cls.files = stedi_reader.list_landing(cls.things).files

    def test_reads_as_the_program_does(self):
        quarantine = {feed: lakes.canonical_rows([]) for feed in damaged_landing.FEEDS}
        for row, count in lakes.stored_rows(self.tables["quarantine"]).items():
            quarantine[row[0]][row[:-1]] += count  # without run_id
        for feed in damaged_landing.FEEDS:
            rows, rejections, rejected, _ = read_all(feed, self.files, threads=1)
            self.assertGreater(rows.total(), 4000)
            self.assert_same_rows(feed, unsigned_zeros(lakes.stored_rows(self.tables[feed])), unsigned_zeros(rows))
            self.assert_same_rows("quarantine", quarantine[feed], rejections)
        self.assertGreater(rejected.total(), 100)
        self.assert_same_rows("rejected", unsigned_zeros(lakes.stored_rows(self.tables["tolerant_rejected"])),
                              unsigned_zeros(rejected))

    def test_accounts_for_every_byte_as_the_program_does(self):
        reports = read_all("things", self.files, threads=1)[3]
        with sqlite3.connect(f"file:{self.lake}/catalog.db?mode=ro", uri=True) as database:
            stored = database.execute(f"SELECT file, content_hash, decoding, {', '.join(COUNTS)} FROM stedi_files "
                                      "WHERE status = 'loaded' AND feed = 'things'").fetchall()
        self.assertGreater(len(stored), 3000)
        for file, *counts in stored:
            report = reports[file]
            self.assertEqual(counts, [report[name] for name in ("content_hash", "decoding", *COUNTS)], file)

    def test_all_ways_of_reading_give_the_same(self):
        files = [file for file in self.files[::3] if file.size_bytes < 100000]
        for feed in damaged_landing.FEEDS:
            expected = read_all(feed, files, **WAYS[0])
            for way in WAYS[1:]:
                with self.subTest(way=way):
                    self.assertEqual(read_all(feed, files, **way), expected)


if __name__ == "__main__":
    lakes.main()
