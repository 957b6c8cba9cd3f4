"""The content of a landing folder is in the table once, whatever happened to its files before.

Takes random steps on one landing folder: new files, plain and compressed; copies; renames, also to names that say
another compression; damage; files that are overwritten, touched, or moved to an archive and back with their old times;
`--rebuild` while some are away. After each step it runs `stedi run --skip-bad-files`. Then these must hold:

- a file that can be read has its rows in the table, or is a re-delivery of a file that has, with the same bytes decoded
  in the same way; no content is in the table twice;
- a file that is gone, or cannot be read, keeps the rows that it had, unless a rebuild found its content under another
  name;
- the report and `stedi files` name every file that cannot be read, and no other;
- `stedi verify` finds the lake sound.

usage: deliveries.py STEDI [--steps N] [--seconds S] [--seed K]
"""
import argparse
import collections
import gzip
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time
import zlib

PROJECT = pathlib.Path(__file__).resolve().parent / "visits"
ENVIRONMENT = dict(os.environ, STEDI_PSEUDONYM_KEY="0123456789abcdef")
STEMS = ("a", "b", "c", "d")
ENDINGS = (".json", ".json.gz", ".json.1")
HIDDEN_FROM_RUNS = ("README.md", "half.json.tmp", "_done.json")


def gunzipped(data):
    """Returns the decoded bytes of a gzip file, or None if it is damaged."""
    try:
        return gzip.decompress(data) if data else None
    except (OSError, EOFError, zlib.error):
        return None


class Folder:
    """The landing folder and what happens in it."""

    def __init__(self, folder, choice):
        self.place, self.archive, self.choice = folder / "landing/visits", folder / "archive", choice
        self.place.mkdir(parents=True)
        self.archive.mkdir()
        self.last_id, self.seconds = 0, 1_700_000_000
        self.done = collections.Counter()

    def change(self):
        """Takes one random step."""
        acts = (self.write, self.write, self.write, self.copy, self.copy, self.rename, self.rename, self.damage, self.touch,
                self.put_away, self.bring_back, self.bring_back, self.add_other)
        act = self.choice.choice(acts)
        act()
        self.done[act.__name__] += 1

    def files(self):
        return sorted(path for path in self.place.iterdir() if path.name not in HIDDEN_FROM_RUNS)

    def some_file(self):
        files = self.files()
        return self.choice.choice(files) if files else None

    def some_name(self):
        return self.place / (self.choice.choice(STEMS) + self.choice.choice(ENDINGS))

    def stamp(self, path):
        self.seconds += 1
        os.utime(path, (self.seconds, self.seconds))

    def write(self):
        lines = []
        for _ in range(self.choice.randint(0, 3)):
            self.last_id += 1
            lines.append(json.dumps({"id": self.last_id}))
        if self.choice.random() < 0.2:
            lines.append('{"id":')
        data = "".join(line + "\n" for line in lines).encode()
        path = self.some_name()
        # The compression is mostly the one that the name says.
        if (path.suffix == ".gz") == (self.choice.random() < 0.9):
            data = gzip.compress(data, mtime=0)
        path.write_bytes(data)
        self.stamp(path)

    def copy(self):
        source, target = self.some_file(), self.some_name()
        if source and source != target:
            shutil.copyfile(source, target)
            self.stamp(target)

    def rename(self):
        source = self.some_file()
        if source:
            source.rename(self.some_name())

    def damage(self):
        path = self.some_file()
        if path:
            data = path.read_bytes()
            path.write_bytes(data[:-4] if self.choice.random() < 0.5 else b"no longer what it was\n")
            self.stamp(path)

    def touch(self):
        path = self.some_file()
        if path:
            self.stamp(path)

    def put_away(self):
        path = self.some_file()
        if path:
            path.rename(self.archive / path.name)

    def bring_back(self):
        away = sorted(self.archive.iterdir())
        if away:
            path = self.choice.choice(away)
            path.rename(self.place / path.name if self.choice.random() < 0.7 else self.some_name())

    def add_other(self):
        (self.place / self.choice.choice(HIDDEN_FROM_RUNS)).write_text('{"id": 0}\n')


class Lake:
    def __init__(self, stedi, folder):
        self.stedi, self.landing, self.lake = stedi, folder / "landing", folder / "lake"
        self.rows = {}

    def call(self, *words):
        return subprocess.run([self.stedi, *words, "--lake", self.lake], env=ENVIRONMENT, capture_output=True, text=True,
                              check=False)

    def json(self, *words):
        done = self.call(*words)
        if done.returncode != 0:
            raise AssertionError(f"stedi {words[0]} ended with status {done.returncode}: {done.stdout[-500:]}{done.stderr}")
        return json.loads(done.stdout)

    def check(self, files, rebuild):
        """Refreshes the lake and checks it. `files`: the landing files that are there. Raises AssertionError."""
        words = ["--rebuild", "visits"] if rebuild else []
        report = self.json("run", PROJECT, "--landing", self.landing, "--skip-bad-files", "--json", *words)
        bad = {row["file"] for row in report.get("bad_files", ())}
        listed = self.json("files", "--json")
        skipped = {row["file"] for row in listed if row["status"] == "skipped"}
        if bad != skipped or len(bad) != report["landing"]["skipped"]:
            raise AssertionError(f"the report names {bad} as bad, stedi files {skipped}")
        known = {row["file"]: row for row in listed if row["status"] != "skipped"}
        rows = collections.defaultdict(list)
        for row in self.json("query", "SELECT v._source_file AS file, v.id FROM visits v", "--format", "json"):
            rows[row["file"]].append(row["id"])
        before, self.rows = self.rows, {file: sorted(ids) for file, ids in rows.items()}
        self.check_bad(files, bad)
        self.check_known(known)
        here = {path.name: path for path in files}
        for name, path in here.items():
            if name not in bad:
                self.check_readable(name, path.read_bytes(), known)
        for name in (before.keys() | self.rows.keys()) - (here.keys() - bad):
            # A rebuild may find the content under another name.
            expected = before.get(name, [])
            if rebuild and known.get(name, {}).get("status") == "redelivered":
                self.check_original(name, known)
                expected = []
            if self.rows.get(name, []) != expected:
                raise AssertionError(f"{name} is gone or bad: it had {expected}, it has {self.rows.get(name)}")
        done = self.call("verify")
        if done.returncode != 0:
            raise AssertionError(f"stedi verify: {done.stdout}{done.stderr}")

    @staticmethod
    def check_bad(files, bad):
        for path in files:
            if path.suffix == ".gz" and (gunzipped(path.read_bytes()) is None) != (path.name in bad):
                raise AssertionError(f"{path.name} {'is' if path.name in bad else 'is not'} named as unreadable")

    @staticmethod
    def check_known(known):
        """Checks that no content is loaded twice, and that every re-delivery has its original."""
        contents = collections.defaultdict(list)
        for name, row in known.items():
            if row["status"] != "redelivered" and row["size_bytes"]:
                contents[row["content_hash"], row["decoding"]].append(name)
        for names in contents.values():
            # An empty gzip file has nothing that could be doubled.
            if len(names) > 1 and known[names[0]]["decoded_bytes"]:
                raise AssertionError(f"one content is loaded as {names}")
        for name, row in known.items():
            if row["status"] == "redelivered" and (row["content_hash"], row["decoding"]) not in contents:
                raise AssertionError(f"{name} is called a re-delivery of nothing")

    def check_original(self, name, known):
        row = known[name]
        if not any(record["status"] != "redelivered" and (record["content_hash"], record["decoding"]) ==
                   (row["content_hash"], row["decoding"]) for record in known.values()):
            raise AssertionError(f"{name} is called a re-delivery of nothing")

    def check_readable(self, name, data, known):
        row = known.get(name)
        if row is None:
            raise AssertionError(f"{name} can be read, and no run has")
        decoded = data if row["decoding"] == "plain" else gunzipped(data)
        ids = sorted(json.loads(line)["id"] for line in decoded.split(b"\n") if line.startswith(b'{"id":') and line.endswith(b"}"))
        names = [name]
        if row["status"] == "redelivered":
            if self.rows.get(name):
                raise AssertionError(f"{name} is re-delivered and has rows: {self.rows[name]}")
            names = [other for other, record in known.items() if record["status"] != "redelivered"
                     and (record["content_hash"], record["decoding"]) == (row["content_hash"], row["decoding"])]
        if self.rows.get(names[0], []) != ids:
            raise AssertionError(f"{name} has {ids}; rows of {names[0]}: {self.rows.get(names[0])}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("stedi", type=pathlib.Path)
    parser.add_argument("--steps", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=1e9)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if not options.stedi.is_file():
        parser.error(f"no program {options.stedi}: make release")
    memory = pathlib.Path("/dev/shm")
    root = pathlib.Path(tempfile.mkdtemp(prefix="stedi-deliveries-", dir=memory if memory.is_dir() else None))
    choice = random.Random(options.seed)
    folder, lake, step = Folder(root, choice), Lake(options.stedi.resolve(), root), 0
    end = time.monotonic() + options.seconds
    folder.write()
    while step < options.steps and time.monotonic() < end:
        step += 1
        for _ in range(choice.randint(1, 3)):
            folder.change()
        files = folder.files()
        try:
            # A folder without landing files is an error of its own.
            if files:
                lake.check(files, rebuild=lake.rows and choice.random() < 0.1)
        except AssertionError as failure:
            sys.exit(f"seed {options.seed}, step {step}: {failure}\nleft in {root}")
    shutil.rmtree(root)
    print(f"seed {options.seed}: {step} steps, {dict(folder.done)}: nothing lost, nothing doubled")


if __name__ == "__main__":
    main()
