"""Tests of the golden runner itself: a runner that cannot fail proves nothing."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
# A stand-in for stedi: it prints its arguments, a row for a query, and exits with the status of `exit N`.
PROGRAM = """#!/bin/sh
if [ "$1" = query ]; then echo '[{"a":"x","b":1,"b":1.50,"c":null,"d":""}]'; exit 0; fi
if [ "$1" = exit ]; then echo "bye"; exit "$2"; fi
if [ "$1" = limit ]; then ulimit -f; exit 0; fi
if [ "$1" = cat ]; then od -An -tx1 "$2"; exit 0; fi
if [ -n "$STEDI_FAIL_POINT" ]; then kill -9 $$; fi
echo "args $*"
"""
CASES = [  # name, test file, faults in the output (none: it passes)
    ("query holds", "query TIRTT\nSELECT\n----\nx\t1\t1.50\tNULL\t(empty)\n", []),
    ("query differs", "query TIRTT\nSELECT\n----\nx\t2\t1.50\tNULL\t(empty)\n", [":1: query", "  - x\t2", "  + x\t1"]),
    ("query has no row", "query TIRTT\nSELECT\n----\n", ["expected: 0 rows"]),
    ("query has other types", "query IIRTT\nSELECT\n----\n", ["expected: a whole number"]),
    ("query has fewer columns", "query T\nSELECT\n----\nx\n", ["expected: 1 columns"]),
    ("query without rows", "query T\nSELECT\n", ["expected: ----"]),
    ("status holds", "stedi exit 3 error 3\n= bye\n! b y e\n~ ^b.e$\nby\n", []),
    ("status differs", "\n\nstedi exit 3\n", [":3: stedi exit 3", "expected: exit status 0", "got:      3"]),
    ("whole line differs", "stedi exit 0\n= by\n", ["expected: = by"]),
    ("text is missing", "stedi exit 0\nhello\n", ["expected: hello"]),
    ("text may not be there", "stedi exit 0\n! bye\n", ["expected: ! bye"]),
    ("expression does not match", "stedi exit 0\n~ ^ye\n", ["expected: ~ ^ye"]),
    ("expression is none", "stedi exit 0\n~ (\n", ["a directive that can be followed"]),
    ("run has its arguments", "set a.b c d\nset a.b e\nrun --json\n"
     "args run $PROJECT --landing $LANDING --lake $LAKE --set a.b=e --json\n", []),
    ("run fails", "run error 2\n\nstedi exit 1\n", ["expected: exit status 2", "the rest was not run"]),
    ("kill", "kill-at after_stage\n", []),
    ("kill that does not happen", "env STEDI_FAIL_POINT x\nrun\n", ["got:      -9"]),
    ("unknown directive", "rnu\n", ["expected: a directive"]),
    ("landing bytes", "landing a/b.json hex\n0aff\n\nstedi cat landing/a/b.json\n= \x200a ff\n", []),
    ("landing without end of line", "landing b noeol\nxy\n\nlanding-append b\nz\n\nstedi cat landing/b\n= \x2078 79 7a 0a\n", []),
    ("copied lake", "sqlite\nCREATE TABLE t (a)\n\nlake-copy b\nremember b\nlake b\nuntouched b\nlake-to c/d\n"
     "lake c/d\nlake-link e\nstedi cat e/catalog.db\n53 51 4c\n", []),
    ("changed folder", "file b/c\nx\n\nremember b\nfile b/c\ny\n\nuntouched b\n", ["expected: no change", "b/c"]),
    ("link and move", "landing a\nx\n\nlink landing/b a\n\nlanding-move a c\n\nlink landing/a c\n\nstedi cat landing/b\n= \x2078 0a\n",
     []),
    ("text in the lake", "link lake/f ../x\n\nfile x\nhay\n\nlacks f needle\n\nlacks f hay\n\nlacks g hay\n",
     [":8: lacks f hay", ":10: lacks g hay"]),
    ("longest file", "file-limit 2048\nstedi limit\n~ ^[24]$\n\nfile-limit\nstedi limit\n= unlimited\n", []),
    ("zstd", "landing b zst\nx\n\nstedi cat landing/b\n28 b5 2f fd e0 02 00 00 00 00 00 00 00 11 00 00\n 78 0a\n", []),
]


class GoldenRunner(unittest.TestCase):
    """Each case is a test file and what the runner says about it."""

    def test_cases(self):
        with tempfile.TemporaryDirectory() as folder:
            program = pathlib.Path(folder) / "stedi"
            program.write_text(PROGRAM)
            program.chmod(0o700)
            for name, text, faults in CASES:
                with self.subTest(name):
                    test = pathlib.Path(folder) / "case.test"
                    test.write_text(text)
                    done = subprocess.run(
                        [sys.executable, HERE / "golden.py", "--stedi", program, test],
                        capture_output=True, text=True, check=False)
                    self.assertEqual(done.returncode, 1 if faults else 0, done.stdout + done.stderr)
                    for fault in faults:
                        self.assertIn(fault, done.stdout)


if __name__ == "__main__":
    unittest.main()
