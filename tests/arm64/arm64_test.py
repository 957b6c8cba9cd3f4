"""The program for linux-arm64 does in the emulator qemu-aarch64 what the program for x86-64 does: the tests of the
landing reader pass, damaged files are read alike, and runs over the demo data and the 2023 data make equal lakes.

usage: arm64_test.py BUILD ARM64_BUILD     the build folders of the two programs
Exit status 77: the emulator or a program is missing, so nothing was tested.
"""
import filecmp
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

SKIPPED = 77
ROOT = pathlib.Path(__file__).resolve().parents[2]
LIBRARIES = pathlib.Path("/usr/aarch64-linux-gnu")  # of Debian's cross compiler: the C library and its loader
PROJECT = ROOT / "pipelines/stedi"
DAMAGED_FILES = 1000
TABLES_2023 = {  # of tests/golden/sample_2023.test
    "customers_landing": 956,
    "accelerometer_landing": 81273,
    "step_trainer_landing": 28680,
    "customers_trusted": 47,
    "accelerometer_trusted": 3990,
    "customers_curated": 47,
    "step_trainer_trusted": 1410,
    "machine_learning_curated": 3990,
}
SECONDS_MAX = 1800  # of one command


class Programs:
    """The programs of one build folder. `emulator`: the words before a command."""

    def __init__(self, folder, emulator):
        self.folder = pathlib.Path(folder).resolve()
        self.emulator = emulator

    def run(self, name, *words):
        """Returns the output of a program that must succeed."""
        command = [*self.emulator, self.folder / name, *map(str, words)]
        environment = dict(os.environ, STEDI_PSEUDONYM_KEY="0123456789abcdef")
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=SECONDS_MAX)
        if done.returncode != 0:
            raise AssertionError(f"{name} {words[:1]} ended with {done.returncode}\n{done.stdout}{done.stderr}"[-4000:])
        return done.stdout


class Arm64Test(unittest.TestCase):
    here = None   # the programs for x86-64
    there = None  # those for linux-arm64

    def setUp(self):
        self.begin = time.monotonic()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def tell(self, what):
        print(f"{what}, {time.monotonic() - self.begin:.0f} s", flush=True)

    def test_unit_tests_of_the_reader(self):
        output = self.there.run("reader_tests", "--gtest_brief=1")
        self.tell("the reader's unit tests: " + output.strip().splitlines()[-1])

    def test_damaged_files(self):
        words = ("tests/damage_soak", DAMAGED_FILES, 1, "--print", 1)
        expected = self.here.run(*words).splitlines()
        found = self.there.run(*words).splitlines()
        self.assertEqual(len(expected), DAMAGED_FILES)
        for number, (one, other) in enumerate(zip(expected, found)):
            self.assertEqual(other, one, f"damaged file {number}")
        self.assertEqual(len(found), len(expected))
        self.tell(f"{len(found)} damaged files: the same rows and rejections")

    def run_both(self, landing, *options):
        """Runs the project over a landing folder with both programs. Returns the two lakes, which are equal."""
        lakes = self.folder / "lake-x86-64", self.folder / "lake-arm64"
        for programs, lake in zip((self.here, self.there), lakes):
            programs.run("stedi", "run", PROJECT, "--landing", landing, "--lake", lake, *options)
        for programs in (self.here, self.there):
            programs.run("stedi", "compare", *lakes)  # exit status 0: equal
        self.here.run("stedi", "verify", "--lake", lakes[1])
        return lakes

    def test_demo_data(self):
        folders = self.folder / "landing-x86-64", self.folder / "landing-arm64"
        for programs, folder in zip((self.here, self.there), folders):
            programs.run("stedi", "sample", folder, "--customers", 100, "--readings", 20000, "--seed", 1, "--defects")
        names = sorted(p.relative_to(folders[0]).as_posix() for p in folders[0].rglob("*") if p.is_file())
        same, others, errors = filecmp.cmpfiles(*folders, names, shallow=False)
        self.assertEqual((same, others, errors), (names, [], []))
        self.run_both(folders[0])
        self.tell(f"{len(names)} demo files with all defects: the same files, equal lakes")

    def test_2023_data(self):
        named = os.environ.get("STEDI_SAMPLE_2023")
        landing = pathlib.Path(named) if named else ROOT.parent / "shared/data/stedi-2023"
        if not landing.is_dir():
            print("SKIPPED: the 2023 data are not there; STEDI_SAMPLE_2023 can name their folder", flush=True)
            return
        lakes = self.run_both(landing, "--set", "stedi.as_of=2026-07-01")
        counts = ", ".join(f"(SELECT count(*) FROM {table})" for table in TABLES_2023)
        row = self.there.run("stedi", "query", "--lake", lakes[1], "--format", "csv", f"SELECT {counts}")
        found = [int(value) for value in row.strip().splitlines()[-1].split(",")]
        self.assertEqual(dict(zip(TABLES_2023, found)), TABLES_2023)
        self.tell("the 2023 data: the expected rows of each table, equal lakes")


def missing(build, arm64_build):
    """Returns what the test cannot do without, or None."""
    if shutil.which("qemu-aarch64") is None:
        return "qemu-aarch64 is not installed (Debian's package qemu-user)"
    if not (LIBRARIES / "lib/ld-linux-aarch64.so.1").exists():
        return f"{LIBRARIES} has no C library (Debian's package g++-aarch64-linux-gnu)"
    programs = [build / "stedi", build / "tests/damage_soak", arm64_build / "stedi", arm64_build / "tests/damage_soak",
                arm64_build / "reader_tests"]
    absent = next((program for program in programs if not program.exists()), None)
    return f"{absent} is not built; make test-arm64 builds it" if absent else None


def main():
    if len(sys.argv) < 3:
        raise SystemExit("usage: arm64_test.py BUILD ARM64_BUILD")
    arm64_build, build = (pathlib.Path(sys.argv.pop(at)) for at in (2, 1))
    lacks = missing(build, arm64_build)
    if lacks is not None:
        print(f"SKIPPED: the tests of linux-arm64: {lacks}")
        raise SystemExit(SKIPPED)
    Arm64Test.here = Programs(build, [])
    Arm64Test.there = Programs(arm64_build, ["qemu-aarch64", "-L", LIBRARIES])
    unittest.main()


if __name__ == "__main__":
    main()
