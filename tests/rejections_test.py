"""The memory of a run does not grow with the number of rejected records: a run with four times as many of 65 kB each
needs hardly more, and neither does one whose expectation quarantines as many rows.

usage: rejections_test.py STEDI
"""
import gzip
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

STEDI = pathlib.Path(sys.argv.pop(1)).resolve()
RECORDS = 1000
RECORD_BYTES = 65_000
GROWTH_BYTES_MAX = 100 << 20  # the bytes of the additional records are 195 MB
YML = """name: things
database: main
libraries:
  - glob:
      include: transformations/**
configuration:
  stedi.landing: landing
"""
VIEW = """CREATE MATERIALIZED VIEW long (t STRING)
TBLPROPERTIES ('expect.short' = 'length(t) < 10', 'expect.short.action' = 'quarantine', 'may_be_empty' = 'true')
AS SELECT t.t FROM things t;
"""


def peak_bytes(*words):
    """Runs stedi. Returns (exit status, peak of its memory in bytes, its standard error)."""
    child = subprocess.Popen([STEDI, *map(str, words)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                             env=dict(os.environ, STEDI_PSEUDONYM_KEY="0123456789abcdef"))
    with child.stderr:
        message = child.stderr.read().decode()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    return child.returncode, usage.ru_maxrss << 10, message


class RejectionsTest(unittest.TestCase):
    def growth(self, column, value, memory):
        """Returns how much more memory a run takes for four times as many records with this value, and the last
        lake."""
        folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        for name in ("landing", "transformations"):
            (folder / "project" / name).mkdir(parents=True)
        (folder / "project/spark-pipeline.yml").write_text(YML)
        (folder / "project/transformations/long.sql").write_text(VIEW)
        (folder / "project/landing/things.sql").write_text(
            f"CREATE STREAMING TABLE things (t STRING, n BIGINT) TBLPROPERTIES ('feed.path' = '${{stedi.landing}}', 'feed.max_rejected' = '1');\n")
        peaks = []
        for count in (RECORDS, 4 * RECORDS):
            landing, lake = folder / f"landing{count}", folder / f"lake{count}"
            landing.mkdir()
            with gzip.open(landing / "a.json.gz", "wt", compresslevel=1) as file:
                for i in range(count):
                    file.write(f'{{"{column}":{value},"t":"{i:08}{"x" * RECORD_BYTES}"}}\n')
            status, peak, message = peak_bytes("run", folder / "project", "--landing", landing, "--lake", lake,
                                               "--memory", memory, "--threads", "2")
            self.assertEqual((status, message), (0, ""))
            peaks.append(peak)
        return peaks[1] - peaks[0], lake

    def kept(self, lake):
        done = subprocess.run([STEDI, "query", "SELECT count(*), count(DISTINCT hash(raw)) FROM quarantine", "--lake",
                               lake, "--format", "csv"], capture_output=True, text=True, check=True)
        return done.stdout.splitlines()[1]

    def test_rejected_records(self):
        growth, lake = self.growth("n", '"no number"', "100MB")
        self.assertEqual(self.kept(lake), f"{4 * RECORDS},{4 * RECORDS}")
        self.assertLess(growth, GROWTH_BYTES_MAX)
        for words in (["quarantine"], ["quarantine", "show", "5", "--json"]):
            self.assertEqual(peak_bytes(*words, "--lake", lake)[0], 0)

    def test_rows_of_derived_tables(self):
        growth, lake = self.growth("n", "1", "200MB")
        self.assertEqual(self.kept(lake), f"{4 * RECORDS},{4 * RECORDS}")
        self.assertLess(growth, GROWTH_BYTES_MAX)


if __name__ == "__main__":
    unittest.main()
