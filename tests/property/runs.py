"""A lake that is refreshed after many deliveries equals a lake made at once from the same landing files.

Takes random steps on a landing folder of few people, so that their records conflict: new records, late updates, consent
given, withdrawn and given again, birthdays corrected, serial numbers shared, duplicates, damaged records, and files
that are replaced, grow or are empty. After each step `stedi run` refreshes the lake and makes a second one from
nothing, and `stedi compare` must find all tables equal. The checksums in the snapshots of derived tables and the counts
of the expectations must be equal, too, and the run must do with each table what `stedi plan` said. Sometimes a
parameter changes, a table is to be rebuilt, or `stedi verify --recompute` runs. `shapes` is a project with a table of
every form of SELECT.

usage: runs.py STEDI [--project FOLDER] [--steps N] [--seconds S] [--seed K]
"""
import argparse
import collections
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
ENVIRONMENT = dict(os.environ, STEDI_PSEUDONYM_KEY="0123456789abcdef")
PEOPLE = [f"p{i}@example.com" for i in range(8)]
SERIALS = [f"s{i}" for i in range(5)]
SOME_TIME = 1_600_000_000_000  # in 2020, milliseconds since 1970
FEEDS = ("customer", "accelerometer", "step_trainer")
# What `stedi plan` says -> what the run may then do.
PLANNED = {"unchanged": {"unchanged"}, "load": {"appended", "replaced", "unchanged"},
           "update": {"appended", "updated", "unchanged"}, "rebuild": {"replaced", "unchanged"}}
# What a run may do to a derived table. The test must see all of them.
ACTIONS = {"appended", "updated", "replaced", "unchanged"}


def record(choice, feed):
    """Returns a random record such as a device or the web site would send."""
    if feed == "accelerometer":
        return {"user": choice.choice(PEOPLE), "timestamp": SOME_TIME + choice.randint(1, 30), "y": 1.0,
                "x": choice.choice([0.0, -0.0, 1.5, None]), "z": choice.choice([0, 2.5])}
    if feed == "step_trainer":
        return {"sensorReadingTime": SOME_TIME + choice.randint(1, 30), "serialNumber": choice.choice(SERIALS),
                "distanceFromObject": choice.choice([1, 2, None])}
    customer = {"email": choice.choice(PEOPLE + [None]), "customerName": "n", "serialNumber": choice.choice(SERIALS),
                "birthDay": choice.choice(["1990-05-17", "990-05-17", "bad", "1980-01-01"]),
                "lastUpdateDate": SOME_TIME + choice.randint(1, 50), "registrationDate": SOME_TIME + choice.randint(1, 3)}
    if choice.random() < 0.9:  # else: does not agree
        customer["shareWithResearchAsOfDate"] = choice.choice([0] + [SOME_TIME + choice.randint(1, 30)] * 5)
    return customer


class Lakes:
    """The landing folder, the lake that is refreshed, and the lake that is made from nothing."""

    def __init__(self, stedi, project, folder, seed):
        self.stedi, self.project, self.folder, self.choice = stedi, project, folder, random.Random(seed)
        self.landing = folder / "landing"
        self.only_after_consent = "true" if seed % 2 else "false"
        self.files = 0
        self.derived = []
        self.actions = collections.Counter()
        for feed in FEEDS:
            (self.landing / feed / "landing").mkdir(parents=True)

    def deliver(self):
        """Makes one or two random changes of the landing folder."""
        for _ in range(self.choice.randint(1, 2)):
            feed = self.choice.choice(FEEDS)
            place = self.landing / feed / "landing"
            lines = [json.dumps(record(self.choice, feed)) for _ in range(self.choice.randint(0, 4))]
            if lines and self.choice.random() < 0.2:
                lines.append(lines[0])  # a duplicate
            if self.choice.random() < 0.1:
                lines.append('{"user":')  # cut off
            # No two files are equal: a copy would not be loaded, and which one is the copy depends on the order of
            # runs.
            self.files += 1
            lines.append(json.dumps({"delivery": self.files}))
            text = "".join(line + "\n" for line in lines)
            known = sorted(place.iterdir())
            kind = self.choice.random()
            if kind < 0.6 or not known:
                (place / f"f{self.files}.json").write_text(text)
            elif kind < 0.75:
                self.choice.choice(known).write_text(text)
            elif kind < 0.95:
                with open(self.choice.choice(known), "a", encoding="utf-8") as file:
                    file.write(text)

    def call(self, *words):
        return subprocess.run([self.stedi, *words], env=ENVIRONMENT, capture_output=True, text=True, check=False)

    def run(self, lake, *words, command="run"):
        """Refreshes a lake, or plans to. Returns the report."""
        done = self.call(command, self.project, "--landing", self.landing, "--lake", lake, "--json", "--set",
                         "stedi.as_of=2026-01-01", "--set", f"stedi.only_after_consent={self.only_after_consent}",
                         "--allow-shrink", *words)
        if done.returncode != 0:
            raise AssertionError(f"stedi {command} ended with status {done.returncode}: {done.stdout[-500:]}{done.stderr[-500:]}")
        return json.loads(done.stdout)

    def check(self):
        """Refreshes one lake, makes the other, and compares them. Raises AssertionError."""
        words = []
        if self.choice.random() < 0.02:
            self.only_after_consent = "false" if self.only_after_consent == "true" else "true"
        if self.derived and self.choice.random() < 0.02:
            words = self.choice.choice([["--full"], ["--rebuild", self.choice.choice(self.derived)]])
        plan = self.run(self.folder / "lasting", *words, command="plan")
        lasting = self.run(self.folder / "lasting", *words)
        done = {table["table"]: table["action"] for table in lasting["tables"]}
        for table in plan["tables"]:
            if done[table["table"]] not in PLANNED[table["way"]]:
                raise AssertionError(f"planned: {table}; done: {done[table['table']]}")
        shutil.rmtree(self.folder / "new", ignore_errors=True)
        new = self.run(self.folder / "new")
        self.derived = [table["table"] for table in new["tables"] if "files" not in table["rows_in"]]
        # The quarantine and the tables of rejected records are made with the feeds, not by themselves.
        self.derived = [name for name in self.derived if name != "quarantine" and not name.endswith("_rejected")]
        for table in lasting["tables"]:
            if table["table"] in self.derived:
                self.actions[table["action"]] += 1
        for one, other in zip(broken(lasting), broken(new), strict=True):
            if one != other:
                raise AssertionError(f"expectations differ: {one}, made anew {other}")
        done = self.call("compare", self.folder / "lasting", self.folder / "new")
        if done.returncode != 0:
            raise AssertionError(f"the lakes differ:\n{done.stdout}{done.stderr}")
        if self.choice.random() < 0.05:
            done = self.call("verify", self.project, "--lake", self.folder / "lasting", "--recompute")
            if done.returncode != 0 or "note" in done.stdout:
                raise AssertionError(f"stedi verify ended with status {done.returncode}: {done.stdout}{done.stderr}")
        lasting, new = checksums(self.folder / "lasting"), checksums(self.folder / "new")
        for table, checksum in new.items():
            if lasting[table] != checksum:
                raise AssertionError(f"{table} carries the checksum {lasting[table]}, made anew {checksum}")


def broken(report):
    """Returns (table, expectation, number of rows that break it) of each expectation, without the guards that look at
    what a run brought."""
    return sorted((row["table"], row["name"], row["failed"]) for row in report["expectations"]
                  if row["name"] not in ("feed.max_rejected", "may_be_empty"))


def checksums(lake):
    """Returns derived table -> the checksum of its rows in its current snapshot."""
    found = {}
    for table in sorted(lake.glob("*/*/")):
        if not (table / "metadata").is_dir():
            continue
        newest = max((table / "metadata").glob("*.metadata.json"), key=lambda path: path.name)
        metadata = json.loads(newest.read_text())
        for snapshot in metadata.get("snapshots", []):
            if snapshot["snapshot-id"] == metadata["current-snapshot-id"] and "stedi.checksum" in snapshot["summary"]:
                found[table.name] = snapshot["summary"]["stedi.checksum"]
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("stedi", type=pathlib.Path)
    parser.add_argument("--project", type=pathlib.Path, default=ROOT / "pipelines/stedi")
    parser.add_argument("--steps", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=1e9)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if not options.stedi.is_file():
        parser.error(f"no program {options.stedi}: make release")
    memory = pathlib.Path("/dev/shm")
    folder = pathlib.Path(tempfile.mkdtemp(prefix="stedi-runs-", dir=memory if memory.is_dir() else None))
    lakes, step = Lakes(options.stedi.resolve(), options.project.resolve(), folder, options.seed), 0
    end = time.monotonic() + options.seconds
    while step < options.steps and (time.monotonic() < end or not ACTIONS.issubset(lakes.actions)):
        step += 1
        lakes.deliver()
        try:
            lakes.check()
        except AssertionError as failure:
            sys.exit(f"seed {options.seed}, step {step}: {failure}\nleft in {folder}")
    shutil.rmtree(folder)
    print(f"seed {options.seed}: {step} steps, the lasting lake equals a new one after each; {dict(lakes.actions)}")
    if not ACTIONS.issubset(lakes.actions):
        sys.exit(f"too few steps: no table was {', '.join(ACTIONS - set(lakes.actions))}")


if __name__ == "__main__":
    main()
