"""What the package stedi_reader promises besides the rules of reading: memory that outlives a scan, exceptions of file
systems, cancelling, errors.

usage: test_promises.py     with the wheel on PYTHONPATH
"""
import gc
import os
import pathlib
import sys
import tempfile
import threading
import unittest
import weakref

import pyarrow as pa
import pyarrow.fs
import stedi_reader
from stedi_reader import Column, LandingFile, LandingFileError, Scan, ScanCancelled, list_landing, read_landing

COLUMNS = {"a": "BIGINT", "b": "STRING"}


class Broken(Exception):
    pass


class FailingHandler(pyarrow.fs.FileSystemHandler):
    """Files of zeros that fail at the given read."""

    def __init__(self, error, size_bytes, data=b""):
        self.error, self.size_bytes, self.data = error, size_bytes, data

    def get_type_name(self):
        return "failing"

    def get_file_info(self, paths):
        return [pyarrow.fs.FileInfo(path, pyarrow.fs.FileType.File, size=self.size_bytes) for path in paths]

    def open_input_file(self, path):
        if self.error:
            raise self.error
        return pa.BufferReader(self.data)

    def _refuse(self, *_):
        raise NotImplementedError

    get_file_info_selector = create_dir = delete_dir = delete_dir_contents = delete_root_dir_contents = _refuse
    delete_file = move = copy_file = open_input_stream = open_output_stream = open_append_stream = _refuse
    normalize_path = staticmethod(lambda path: path)


class PromisesTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def many(self, files=4, rows=20000):
        for i in range(files):
            self.write(f"{i}.json", "".join(f'{{"a":{n},"b":"text of row {n} of {i}"}}\n' for n in range(rows)))

    def test_batches_outlive_their_scan(self):
        self.many()
        for threads in (1, 2):
            scan = Scan(self.folder, COLUMNS, threads=threads, block_bytes=4096)
            batches = [next(scan.rows) for _ in range(5)]
            scan.close()
            del scan
            gc.collect()
            for batch in batches:
                for row in batch.to_pylist():
                    self.assertEqual(row["b"], f"text of row {row['a']} of {row['_source_file'][0]}")

    def test_a_scan_that_nobody_holds_is_freed(self):
        self.many(1, 1000)
        scan = Scan(self.folder, COLUMNS, threads=2, block_bytes=1024)
        next(scan.rows)
        gone = weakref.ref(scan._handle)
        del scan
        gc.collect()
        self.assertIsNone(gone())

    def test_the_exception_of_a_file_system_is_raised(self):
        for error in (Broken("secret"), KeyboardInterrupt(), OSError(5, "Input/output error")):
            for threads in (1, 2):
                filesystem = pyarrow.fs.PyFileSystem(FailingHandler(error, 100))
                scan = Scan([LandingFile("f.json", "f.json", 100)], COLUMNS, filesystem=filesystem, threads=threads)
                with self.assertRaises(type(error)) as raised:
                    scan.rows.read_all()
                self.assertIs(type(raised.exception), type(error))
                with self.assertRaises(type(error)):
                    scan.reports()

    def test_a_file_system_gives_the_same_rows(self):
        self.many(3, 2000)
        filesystem = pyarrow.fs.SubTreeFileSystem(str(self.folder), pyarrow.fs.LocalFileSystem())
        listed = list_landing("", filesystem=filesystem).files
        self.assertEqual([file.file for file in listed], ["0.json", "1.json", "2.json"])
        expected = Scan(self.folder, COLUMNS, threads=1).rows.read_all()
        self.assertEqual(Scan(listed, COLUMNS, filesystem=filesystem, threads=1).rows.read_all(), expected)

    def test_a_shorter_file_is_a_problem_and_no_exception(self):
        filesystem = pyarrow.fs.PyFileSystem(FailingHandler(None, 100, b'{"a":1}\n'))
        scan = Scan([LandingFile("f.json", "f.json", 100)], COLUMNS, filesystem=filesystem)
        scan.rows.read_all()
        self.assertIn("became shorter", scan.reports().to_pylist()[0]["problem"])

    def test_cancel_ends_a_scan_from_any_thread(self):
        self.many()
        for threads in (1, 2):
            scan = Scan(self.folder, COLUMNS, threads=threads, block_bytes=1024)
            next(scan.rows)
            thread = threading.Thread(target=scan.cancel)
            thread.start()
            thread.join()
            with self.assertRaises(ScanCancelled):
                scan.rows.read_all()
            scan.close()
            scan.cancel()
            with self.assertRaises(ValueError):
                scan.progress()

    def test_read_landing_raises_for_a_file_that_does_not_count(self):
        self.write("1.json", '{"a":1}\n')
        self.write("2.json.gz", "this is no gzip")
        with self.assertRaises(LandingFileError) as raised:
            read_landing(self.folder, COLUMNS).read_all()
        self.assertIn("2.json.gz is", str(raised.exception))
        seen = []
        table = read_landing(self.folder, COLUMNS, skip_bad_files=True,
                             on_scan=lambda scan: seen.append(scan.reports())).read_all()
        self.assertEqual(table["a"].to_pylist(), [1])
        self.assertEqual(len(seen[0]), 2)

    def test_columns_can_be_said_in_any_way(self):
        self.write("1.json", '{"A":1,"b":"","z":[2]}\n{"b":"x"}\n{"a":"no","b":"y"}\n')
        ways = (COLUMNS, list(COLUMNS.items()), pa.schema([("a", pa.int64()), ("b", pa.string())]),
                [Column("a", "BIGINT"), {"name": "b", "type": "STRING", "comment": "ignored"}])
        for columns in ways:
            scan = Scan(self.folder, columns)
            self.assertEqual(scan.rows.read_all().select(["a", "b", "_offset", "_rescued"]).to_pylist(),
                             [{"a": 1, "b": "", "_offset": 0, "_rescued": '{"z":[2]}'},
                              {"a": None, "b": "x", "_offset": 23, "_rescued": None}])
            rejection = scan.rejections().to_pylist()[0]
            self.assertEqual((rejection["reason"], rejection["column_name"], rejection["raw"]),
                             ("type_mismatch", "a", b'{"a":"no","b":"y"}'))
        required = Scan(self.folder, [Column("a", "BIGINT", not_null=True), Column("b", empty_is_null=True)])
        self.assertEqual(required.rows.read_all()["b"].to_pylist(), [None])
        self.assertEqual(set(required.rejections()["reason"].to_pylist()), {"not_null", "type_mismatch"})

    def test_what_is_wrong_is_said_in_one_line(self):
        self.write("1.json", "{}")
        cases = (
            (lambda: Scan(self.folder / "none", COLUMNS), ValueError, "does not exist"),
            (lambda: Scan([self.folder / "none.json"], COLUMNS), FileNotFoundError, "none.json"),
            (lambda: Scan(self.folder, {"a": "DECIMAL"}), ValueError, "DECIMAL is no type"),
            (lambda: Scan(self.folder, {"A": "INT"}), ValueError, "lower-case"),
            (lambda: Scan(self.folder, COLUMNS, rejected_columns=["z"]), ValueError, "rejected column z"),
            (lambda: Scan(self.folder, COLUMNS, threads=0), ValueError, "at least 1"),
            (lambda: Scan(self.folder, COLUMNS, block_bytes=1 << 40), ValueError, "block_bytes"),
            (lambda: Scan(self.folder, COLUMNS, temp_folder=self.folder / "no"), FileNotFoundError, "/no"))
        for call, kind, text in cases:
            with self.subTest(text), self.assertRaises(kind) as raised:
                call()
            self.assertIn(text, str(raised.exception))
            self.assertNotIn("\n", str(raised.exception))

    def test_rejections_leave_nothing_on_the_disk(self):
        self.write("in/1.json", '{"a":"x"}\n' * 1000)
        (self.folder / "temp").mkdir()
        with Scan(self.folder / "in", COLUMNS, temp_folder=self.folder / "temp") as scan:
            self.assertEqual(os.listdir(self.folder / "temp"), [])
            self.assertEqual(sum(len(batch) for batch in scan.rejection_batches()), 1000)
        self.assertEqual(os.listdir(self.folder / "temp"), [])

    def test_the_library_must_fit(self):
        library = pathlib.Path(stedi_reader.__file__).parent / "libstedi_reader.so"
        from stedi_reader import _library
        with self.assertRaisesRegex(ImportError, "found the library of"):
            _library.load(library, "9.9")
        with self.assertRaisesRegex(ImportError, "cannot load its library"):
            _library.load(self.write("no.so", "x"), "9.9")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])  # it needs none of the arguments that the other tests take
