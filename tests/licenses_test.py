"""The licence texts that tools/licenses.py gathers are those of all parts of the program, and the program finds them.

usage: licenses_test.py STEDI
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

STEDI = pathlib.Path(sys.argv.pop(1)).resolve()
ROOT = pathlib.Path(__file__).resolve().parents[1]


def output(*words):
    return json.loads(subprocess.run([STEDI, *words], capture_output=True, text=True, check=True).stdout)


def files_of(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def gather(folder, *words):
    """Writes the licences to a folder, and returns name -> bytes of its files."""
    subprocess.run([sys.executable, ROOT / "tools/licenses.py", folder, *words], check=True)
    return files_of(folder)


class LicensesTest(unittest.TestCase):
    def test_every_part_has_its_licence(self):
        parts = {part["name"]: part["version"] for part in output("version", "--json")["parts"]}
        rows = output("version", "--licenses", "--json")
        self.assertEqual({row["component"]: row["version"] for row in rows}, parts)
        for row in rows:
            text = pathlib.Path(row["text"]).read_text()
            self.assertRegex(text, "(?i)copyright|public domain", row["component"])
            self.assertGreater(len(text), 1000, row["component"])

    def test_texts_of_what_is_inside_extensions(self):
        texts = {row["component"]: pathlib.Path(row["text"]).read_text() for row in output("version", "--licenses", "--json")}
        for component, name in (("duckdb", "mbedtls, in DuckDB's sources"), ("duckdb-avro", "Jansson"),
                                ("duckdb-iceberg", "AWS SDK for C++"), ("duckdb-httpfs", "OpenSSL")):
            self.assertIn(name, texts[component], component)

    def test_same_bytes_again_but_for_a_component_from_elsewhere(self):
        with tempfile.TemporaryDirectory() as folder:
            text = pathlib.Path(folder) / "LICENSE"
            text.write_text("of another zlib\n")
            made = gather(pathlib.Path(folder) / "licenses", "--component", "zlib", "1.3.1", "Zlib", text)
        expected = files_of(STEDI.parent / "licenses")
        expected["zlib.txt"] = b"of another zlib\n"
        expected["index.tsv"] = re.sub(rb"(?m)^zlib\t[0-9.]+\t", b"zlib\t1.3.1\t", expected["index.tsv"])
        self.assertEqual(made, expected)

    def test_a_text_that_is_missing_is_one_line(self):
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run([sys.executable, ROOT / "tools/licenses.py", f"{folder}/out", "--deps", folder],
                                  capture_output=True, text=True)
            self.assertEqual(done.returncode, 1)
            self.assertRegex(done.stderr, r"^licenses: .*/licenses/duckdb\.txt: No such file or directory; get it with "
                                          r"tools/setup\.sh licenses\n$")
            self.assertFalse((pathlib.Path(folder) / "out").exists())

    def test_a_program_without_its_licences(self):
        with tempfile.TemporaryDirectory(dir=STEDI.parent) as name:
            folder = pathlib.Path(name)
            for file in [STEDI, *STEDI.parent.glob("lib/*")]:
                target = folder / file.relative_to(STEDI.parent)
                target.parent.mkdir(exist_ok=True)
                os.link(file, target)
            done = subprocess.run([folder / "stedi", "version", "--licenses"], capture_output=True, text=True)
            self.assertEqual((done.returncode, done.stdout, done.stderr), (
                2, "", f"stedi: the licence texts are not beside the program ({folder}/licenses/index.tsv): build again "
                       "with make release\n"))


if __name__ == "__main__":
    unittest.main()
