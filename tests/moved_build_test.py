"""A build folder that was moved still finds libduckdb and the extensions, which are beside the executable.

usage: moved_build_test.py STEDI
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

STEDI = pathlib.Path(sys.argv.pop(1)).resolve()
ROOT = pathlib.Path(__file__).resolve().parents[1]


class MovedBuildTest(unittest.TestCase):
    def test_runs_from_another_folder(self):
        with tempfile.TemporaryDirectory(dir=STEDI.parent) as name:
            folder = pathlib.Path(name)
            for file in [STEDI, *STEDI.parent.glob("lib/*"), *STEDI.parent.glob("extensions/*")]:
                target = folder / "moved" / file.relative_to(STEDI.parent)
                target.parent.mkdir(parents=True, exist_ok=True)
                os.link(file, target)
            stedi = folder / "moved/stedi"
            loaded = subprocess.run(["ldd", stedi], capture_output=True, text=True, check=True).stdout
            self.assertIn(f"=> {folder / 'moved/lib/libduckdb.so'} ", loaded)
            shutil.copytree(ROOT / "pipelines/stedi", folder / "project")
            environment = dict(os.environ, STEDI_PSEUDONYM_KEY="0123456789abcdef")
            for words in (["sample", "landing", "--customers", "20", "--readings", "10", "--seed", "1"],
                          ["run", "project", "--landing", "landing", "--lake", "lake"],
                          ["query", "--lake", "lake", "SELECT count(*) FROM customers_landing"]):
                done = subprocess.run([stedi, *words], cwd=folder, env=environment, capture_output=True, text=True)
                self.assertEqual(done.returncode, 0, f"stedi {words[0]}: {done.stdout}{done.stderr}")


if __name__ == "__main__":
    unittest.main()
