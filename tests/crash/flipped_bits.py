"""Flips single bits in a lake, and tells whether one went unnoticed.

Two runs make a lake; then one bit is flipped in one of its files: a data file, a manifest, a manifest list, a metadata
file or the catalog. For each bit:
- `stedi verify` must name the file or its table, and end with status 1 or 2. If it finds nothing, the bit must not
  matter: all tables have the rows and values that they had;
- `stedi run --full` must end with status 1 or 2 and leave the tables as they are, or rebuild all of them as they were:
  a table never loses rows silently.

usage: flipped_bits.py STEDI [--bits N] [--seconds S] [--seed K]
"""
import argparse
import collections
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import lake_files  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
ENVIRONMENT = dict(os.environ, STEDI_PSEUDONYM_KEY="0123456789abcdef")
KINDS = {"data": "*/*/data/*.parquet", "manifest": "*/*/metadata/*-m*.avro", "list": "*/*/metadata/snap-*.avro",
         "metadata": "*/*/metadata/*.metadata.json", "catalog": "catalog.db"}


class Unnoticed(AssertionError):
    """A flipped bit did harm that nothing reported."""


class Lake:
    """A sound lake, and a copy of it from which it is restored."""

    def __init__(self, stedi, folder):
        self.stedi, self.lake, self.landing, self.kept = stedi, folder / "lake", folder / "landing", folder / "kept"
        for seed in ("1", "2"):
            self.call("sample", folder / seed, "--customers", "20", "--readings", "2000", "--seed", seed, "--defects")
            for path in (folder / seed).rglob("*.json"):
                place = self.landing / path.relative_to(folder / seed).with_suffix(f".{seed}.json")
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, place)
            self.run()
        shutil.copytree(self.lake, self.kept)
        self.names = sorted(lake_files.state(self.lake))
        self.rows = self.tables()
        self.current = {pathlib.Path(location).name for location in lake_files.locations(self.kept)}

    def call(self, *words, allowed=(0,)):
        done = subprocess.run([self.stedi, *words], env=ENVIRONMENT, capture_output=True, text=True, check=False,
                              errors="replace", timeout=300)
        if done.returncode not in allowed:
            raise Unnoticed(f"stedi {words[0]} ended with status {done.returncode}: {done.stdout[-800:]}{done.stderr[-800:]}")
        return done

    def run(self, *words, allowed=(0,)):
        return self.call("run", ROOT / "pipelines/stedi", "--landing", self.landing, "--lake", self.lake, "--set",
                         "stedi.as_of=2026-01-01", *words, allowed=allowed)

    def tables(self):
        """Returns table -> its row count and a checksum of its rows, as text."""
        found = {}
        for table in self.names:
            done = self.call("query", f"SELECT count(*), sum(hash(t)::HUGEINT) FROM {table} AS t", "--lake", self.lake,
                             "--format", "csv", allowed=(0, 2))
            found[table] = done.stdout if done.returncode == 0 else "cannot be read"
        return found

    def try_bit(self, path, byte, bit):
        """Flips one bit. Returns what noticed it. Raises Unnoticed."""
        shutil.rmtree(self.lake)
        shutil.copytree(self.kept, self.lake)
        data = bytearray(path.read_bytes())
        data[byte] ^= 1 << bit
        path.write_bytes(data)
        done = self.call("verify", "--lake", self.lake, allowed=(0, 1, 2))
        words = done.stdout + done.stderr
        table = path.parent.parent.name
        if done.returncode == 0 and self.tables() != self.rows:
            raise Unnoticed(f"verify found nothing, but the tables differ: {words}")
        if done.returncode != 0 and path.name not in words and table not in words and path.name != "catalog.db":
            raise Unnoticed(f"verify names neither the file nor its table: {words}")
        noticed = "verify" if done.returncode != 0 else "nobody: it says nothing"
        if done.returncode == 0 and path.name in words:
            return "verify, of older snapshots"
        if noticed != "verify" and path.name != "catalog.db":
            raise Unnoticed("verify found nothing")
        done = self.run("--full", allowed=(0, 1, 2))
        if done.returncode == 0 and self.tables() != self.rows:
            raise Unnoticed(f"run --full made other tables: {done.stdout}")
        changed = path.name != "catalog.db" and lake_files.locations(self.lake) != lake_files.locations(self.kept)
        if done.returncode == 2 and changed:
            raise Unnoticed(f"run --full failed, but changed the lake: {done.stdout}{done.stderr}")
        return noticed


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("stedi", type=pathlib.Path)
    parser.add_argument("--bits", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=1e9)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    memory = pathlib.Path("/dev/shm")
    folder = pathlib.Path(tempfile.mkdtemp(prefix="stedi-bits-", dir=memory if memory.is_dir() else None))
    choice, lake = random.Random(options.seed), Lake(options.stedi.resolve(), folder)
    noticed, end, tried = collections.Counter(), time.monotonic() + options.seconds, 0
    while tried < options.bits and (time.monotonic() < end or tried < len(KINDS)):
        kind = list(KINDS)[tried % len(KINDS)]
        files = sorted(lake.kept.glob(KINDS[kind]))
        if kind == "metadata":  # nothing reads the contents of older ones
            files = [path for path in files if path.name in lake.current]
        kept = choice.choice(files)
        byte, bit = choice.randrange(kept.stat().st_size), choice.randrange(8)
        path = lake.lake / kept.relative_to(lake.kept)
        tried += 1
        try:
            noticed[f"{kind}: {lake.try_bit(path, byte, bit)}"] += 1
        except Unnoticed as failure:
            sys.exit(f"seed {options.seed}, bit {tried}: {path}, byte {byte}, bit {bit}: {failure}\nleft in {folder}")
    shutil.rmtree(folder)
    print(f"seed {options.seed}: {tried} flipped bits; noticed by {dict(noticed)}")


if __name__ == "__main__":
    main()
