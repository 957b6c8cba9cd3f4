"""The Python module: words that it hands to the program, errors, progress, interrupts, and the command of the wheel.

usage: python_module_test.py MODULE PROGRAM     MODULE: the folder python/; PROGRAM: stedi
Needs only Python itself; what needs PyIceberg is in docs/python.md, which docs_python_test.py runs.
"""
import dataclasses
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import threading
import unittest

MODULE, PROGRAM = (pathlib.Path(word).resolve() for word in sys.argv[1:3])
sys.path.insert(0, str(MODULE))
os.environ["STEDI_PROGRAM"] = str(PROGRAM)
os.environ["STEDI_PSEUDONYM_KEY"] = "0123456789abcdef"  # for tests only

import stedi  # noqa: E402
from stedi import program, progress  # noqa: E402


class ModuleTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.holder = tempfile.TemporaryDirectory(prefix="stedi-module-")
        cls.folder = pathlib.Path(cls.holder.name)
        stedi.sample(cls.folder / "landing", customers=50, readings=900, seed=3, defects=True)
        cls.report = cls.run_project()

    @classmethod
    def tearDownClass(cls):
        cls.holder.cleanup()

    @classmethod
    def run_project(cls, **options):
        return stedi.run(stedi.project("stedi"), landing=cls.folder / "landing", lake=cls.folder / "lake",
                         set={"stedi.as_of": "2026-06-01", "stedi.only_after_consent": False}, **options)

    def test_report(self):
        self.assertEqual(self.report.status, "ok")
        self.assertEqual({table.table: table.rows_out for table in self.report.tables},
                         {table.table: table.rows for table in stedi.Lake(self.folder / "lake").tables()})
        self.assertRaises(KeyError, self.report.table, "nothing")
        with self.assertRaises(dataclasses.FrozenInstanceError):
            self.report.status = "failed"

    def test_events_tell_the_story_of_each_table(self):
        events = []
        report = self.run_project(full=True, progress=events.append)
        for table in report.tables:
            if table.table == "quarantine":
                continue
            story = [event.event for event in events if event.table == table.table]
            self.assertEqual((story[:1], story[-1:]), (["begin"], ["end"]), table.table)

    def test_an_exception_of_a_progress_function_stops_the_run(self):
        def refuse(event):
            raise ZeroDivisionError
        self.assertRaises(ZeroDivisionError, self.run_project, full=True, progress=refuse)
        self.assertEqual(self.run_project().status, "no_news")

    def test_errors(self):
        cases = [
            (lambda: stedi.run("nowhere"), 2, "not_found", "no pipeline project at"),
            (lambda: stedi.plan(stedi.project("stedi"), landing="none"), 2, "invalid", "the landing folder"),
            (lambda: stedi.check("nowhere"), 2, "not_found", "no pipeline project at"),
            (lambda: stedi.sample(self.folder / "landing"), 2, "invalid", "already holds files"),
            (lambda: stedi.Lake("nowhere").tables(), 2, "not_found", "no lake at nowhere"),
            (lambda: stedi.Lake("nowhere").runs(), 2, "not_found", "no lake at nowhere"),
            (lambda: stedi.Lake("nowhere").table("t"), 2, "not_found", "no lake at nowhere"),
            (lambda: stedi.Lake(self.folder / "lake").table("customer_trusted"), 2, "not_found",
             "did you mean 'customers_trusted'"),
        ]
        for call, status, code, line in cases:
            with self.subTest(line), self.assertRaises(stedi.StediError) as caught:
                call()
            self.assertEqual((caught.exception.status, caught.exception.code), (status, code))
            self.assertIn(line, caught.exception.line)

    def test_mistakes_of_a_project_are_diagnostics(self):
        with self.assertRaises(stedi.StediError) as caught:
            stedi.plan(stedi.project("stedi"), landing=self.folder / "landing", set={"stedi.max_age": -1})
        self.assertIn("outside 0 to 3000", str(caught.exception.diagnostics[0]))
        found = stedi.check(stedi.project("stedi"), set={"stedi.nothing": 1})
        self.assertFalse(found.ok)

    def test_a_failed_expectation_has_a_report(self):
        landing = self.folder / "garbage"
        stedi.sample(landing, customers=5, readings=30)
        for file in (landing / "customer/landing").iterdir():
            file.write_text("garbage\n" * 3)
        with self.assertRaises(stedi.StediError) as caught:  # no record is a row, which a guard does not let pass
            stedi.run(stedi.project("stedi"), landing=landing, lake=self.folder / "other lake")
        self.assertEqual((caught.exception.status, caught.exception.code), (1, "expectation_failed"))
        self.assertEqual(caught.exception.report.status, "failed")

    def test_files_and_quarantine_account_for_every_byte(self):
        lake = stedi.Lake(self.folder / "lake")
        for file in lake.files():
            accounted = file.accepted_bytes + file.quarantined_bytes + file.whitespace_bytes + file.framing_bytes
            self.assertEqual(accounted, file.decoded_bytes if file.status == "loaded" else 0, file)
        records = lake.quarantine(limit=10000)
        self.assertEqual(len(records), self.report.landing.rejected)
        self.assertEqual(sum(group.records for group in lake.quarantine_groups()), len(records))
        self.assertEqual(lake.quarantine(limit=1, skip=1), records[1:2])

    def test_an_interrupt_stops_the_program(self):
        timer = threading.Timer(0.5, signal.pthread_kill, [threading.main_thread().ident, signal.SIGINT])
        timer.start()
        with tempfile.TemporaryFile() as output, self.assertRaises(KeyboardInterrupt):
            process = program.start(["query", "SELECT count(*) FROM range(100000000000) a WHERE a.range % 7 = 8",
                                     "--lake", self.folder / "lake"], output)
            program.finish(process)
        self.assertEqual(process.returncode, 130)

    def test_lines_that_are_no_events_are_kept(self):
        self.assertFalse(progress.take_line("stedi: no\n", self.fail))
        self.assertTrue(progress.take_line('{"event":"note","text":"a","later":1}\n', lambda event: None))

    def test_the_command_has_the_status_and_signals_of_the_program(self):
        done = subprocess.run([sys.executable, "-m", "stedi", "nonsense"], cwd=MODULE, capture_output=True, check=False)
        self.assertEqual((done.returncode, done.stdout), (2, b""))
        process = subprocess.Popen([sys.executable, "-m", "stedi", "query",
                                    "SELECT count(*) FROM range(100000000000) a WHERE a.range % 7 = 8", "--lake",
                                    self.folder / "lake"], cwd=MODULE, stderr=subprocess.DEVNULL)
        threading.Timer(1, process.terminate).start()
        self.assertEqual(process.wait(), 143)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
