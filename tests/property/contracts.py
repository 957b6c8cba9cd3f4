"""A lake whose contract changes equals a lake that is made at once under the newest contract.

Takes random steps on one feed. Files come, grow, are replaced, leave the landing folder and come back. The contract
gets columns, wider types and other NOT NULLs in plain runs, and any types and columns with --rebuild. Values and keys
are chosen so that they conflict with all of that. After each step `stedi verify --recompute` must call the lake sound.
While no file is missing, a second lake is made from nothing, and `stedi compare` must find the two equal, including the
quarantine. No record of a missing file may be lost: it has as many rows and rejections as when it was last there.

usage: contracts.py STEDI [--steps N] [--seconds S] [--seed K]
"""
import argparse
import csv
import io
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

ENVIRONMENT = dict(os.environ, STEDI_PSEUDONYM_KEY="0123456789abcdef")
YML = """name: things
database: main
libraries:
  - glob:
      include: transformations/**
configuration:
  stedi.landing: landing
"""
TYPES = ("STRING", "BIGINT", "INT", "DOUBLE", "BOOLEAN")
NAMES = ("a", "b", "c", "d")
VALUES = ('null', 'true', 'false', '1', '-0', '2.0', '1.5', '3000000000', '9007199254740993', '1e400', '""', '" "', '"x"', '"7"',
          '"1.5"', '"\\u0037"', '"\\ud800"', '[1]', '{"a":1}', '1e3', '"' + 'long ' * 30 + '"')


class Difference(Exception):
    """The lake is not as it must be."""


class Lake:
    def __init__(self, stedi, folder, seed):
        self.stedi, self.folder, self.choice = stedi, folder, random.Random(seed)
        self.landing, self.away, self.project = folder / "landing", folder / "away", folder / "project"
        self.columns = {"a": ("INT", False)}
        self.files = 0
        self.kept = {}  # file that is away -> number of its rows and rejections
        for path in (self.landing, self.away, self.project / "landing", self.project / "transformations"):
            path.mkdir(parents=True)
        (self.project / "spark-pipeline.yml").write_text(YML)
        (self.project / "transformations/all.sql").write_text(
            "CREATE MATERIALIZED VIEW places (file STRING, place BIGINT) TBLPROPERTIES ('may_be_empty' = 'true') AS SELECT t._source_file AS file, t._offset AS place FROM things t;\n")

    def write_contract(self):
        columns = ", ".join(f"{name} {kind}{' NOT NULL' if required else ''}" for name, (kind, required) in self.columns.items())
        (self.project / "landing/things.sql").write_text(
            f"CREATE STREAMING TABLE things ({columns}) TBLPROPERTIES ('feed.path' = '${{stedi.landing}}', 'feed.max_rejected' = '1');\n")

    def record(self):
        keys = [self.choice.choice(("a", "A", "b", "B", "c", "d", "\\u0061", "e")) for _ in range(self.choice.randint(1, 4))]
        if self.choice.random() < 0.9:
            keys = list({key.lower().replace("\\u0061", "a"): key for key in keys}.values())
        return "{" + ",".join(f'"{key}":{self.choice.choice(VALUES)}' for key in keys) + "}"

    def deliver(self):
        """Makes a random change of the landing folder."""
        there, away = sorted(self.landing.iterdir()), sorted(self.away.iterdir())
        self.files += 1
        lines = [self.record() for _ in range(self.choice.randint(1, 5))] + [json.dumps({"delivery": self.files})]
        if self.choice.random() < 0.1:
            lines.append('{"a":')
        if self.choice.random() < 0.05:
            lines.append('{"a":"' + "y" * 70_000 + '"}')
        text = "\n".join(lines) + "\n"
        kind = self.choice.random()
        if kind < 0.4 or not there:
            (self.landing / f"f{self.files}.json").write_text(text)
        elif kind < 0.5:
            self.choice.choice(there).write_text(text)
        elif kind < 0.6:
            with open(self.choice.choice(there), "a", encoding="utf-8") as file:
                file.write(text)
        elif kind < 0.7:
            path = self.choice.choice(there)
            path.rename(path.with_name(f"renamed{self.files}.json"))
        elif kind < 0.85:
            path = self.choice.choice(there)
            shutil.copy2(path, self.away / path.name)
            path.unlink()
        elif away:
            path = self.choice.choice(away)
            shutil.copy2(path, self.landing / path.name)
            path.unlink()

    def change_contract(self):
        """Makes a random change of the contract. Returns whether it needs --rebuild."""
        name = self.choice.choice(NAMES)
        kind = self.choice.random()
        if name not in self.columns:
            self.columns[name] = (self.choice.choice(TYPES), self.choice.random() < 0.1)
            return False
        column, required = self.columns[name]
        if kind < 0.3:
            self.columns[name] = (column, not required)
            return False
        if column == "INT" and kind < 0.7:
            self.columns[name] = ("BIGINT", required)
            return False
        if len(self.columns) > 1 and kind < 0.8:
            del self.columns[name]
        else:
            self.columns[name] = (self.choice.choice(TYPES), required)
        return True

    def call(self, *words, statuses=(0,)):
        done = subprocess.run([self.stedi, *map(str, words)], env=ENVIRONMENT, capture_output=True, text=True, check=False)
        if done.returncode not in statuses:
            raise Difference(f"stedi {' '.join(map(str, words))} ended with status {done.returncode}:\n"
                             f"{done.stdout[-1500:]}{done.stderr[-500:]}")
        return done.stdout

    def run(self, lake, *words):
        self.call("run", self.project, "--landing", self.landing, "--lake", lake, *words)

    def counts(self, lake):
        """Returns file -> number of its rows and rejections."""
        text = self.call("query", "SELECT file, count(*) FROM (SELECT t._source_file AS file FROM things t UNION ALL "
                         "SELECT q.file FROM quarantine q) GROUP BY file", "--lake", lake, "--format", "csv")
        return {row[0]: int(row[1]) for row in list(csv.reader(io.StringIO(text)))[1:]}

    def check(self):
        words = []
        if self.choice.random() < 0.6 and self.change_contract():
            words = ["--rebuild", "things"]
        elif self.choice.random() < 0.1:
            words = ["--rebuild", "things"]
        self.write_contract()
        lasting, new = self.folder / "lasting", self.folder / "new"
        self.run(lasting, *words)
        verified = self.call("verify", self.project, "--lake", lasting, "--landing", self.landing, "--recompute")
        if " sound" not in verified:
            raise Difference(verified)
        counts = self.counts(lasting)
        away = {path.name for path in self.away.iterdir()}
        for file, count in self.kept.items():
            if file in away and counts.get(file, 0) != count:
                raise Difference(f"{file} is away: it had {count} rows and rejections, now {counts.get(file, 0)}")
        self.kept = {file: counts.get(file, 0) for file in away}
        if set(counts) <= {path.name for path in self.landing.iterdir()}:
            shutil.rmtree(new, ignore_errors=True)
            self.run(new)
            self.call("compare", lasting, new)
            return True
        return False


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("stedi", type=pathlib.Path)
    parser.add_argument("--steps", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=1e9)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    memory = pathlib.Path("/dev/shm")
    folder = pathlib.Path(tempfile.mkdtemp(prefix="stedi-contracts-", dir=memory if memory.is_dir() else None))
    step = compared = 0
    end = time.monotonic() + options.seconds
    lake, stories = None, 0
    while step < options.steps and (time.monotonic() < end or compared == 0):
        if step % 40 == 0:  # starts again: after this many steps few lakes have all of their files
            shutil.rmtree(folder, ignore_errors=True)
            lake, stories = Lake(options.stedi.resolve(), folder, options.seed * 1000 + stories), stories + 1
        step += 1
        lake.deliver()
        try:
            compared += lake.check()
        except Difference as difference:
            sys.exit(f"seed {options.seed}, step {step}, contract {lake.columns}: {difference}\nleft in {folder}")
    shutil.rmtree(folder, ignore_errors=True)
    print(f"seed {options.seed}: {step} steps, each sound; {compared} lakes with all their files equal new ones")


if __name__ == "__main__":
    main()
