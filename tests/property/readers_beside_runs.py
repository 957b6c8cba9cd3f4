"""Reads a lake while runs publish. Each run loads one record into every feed, so a reader must find the same number of
rows in every table. Over and over, `stedi query` counts the rows of four tables in one SELECT, and `stedi verify`
checks the whole lake. A query that mixes two runs, or a verify that calls the sound lake faulty, is a fault.

usage: readers_beside_runs.py STEDI [--runs N]
"""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading

ROOT = pathlib.Path(__file__).resolve().parents[2]
ENVIRONMENT = dict(os.environ, STEDI_PSEUDONYM_KEY="0123456789abcdef")
COUNTS = ", ".join(f"(SELECT count(*) FROM {table}) AS {table}" for table in (
    "accelerometer_landing", "step_trainer_landing", "customers_landing", "machine_learning_curated"))
FIRST_MS = 1655564376361


def add_person(landing, number):
    """Adds a person who agreed, with one reading of either kind."""
    moment = FIRST_MS + number
    records = {"customer": {"email": f"p{number}@example.com", "birthDay": "1980-01-01", "serialNumber": f"s{number}",
                            "lastUpdateDate": moment, "shareWithResearchAsOfDate": moment},
               "accelerometer": {"user": f"p{number}@example.com", "timestamp": moment},
               "step_trainer": {"sensorReadingTime": moment, "serialNumber": f"s{number}", "distanceFromObject": 1}}
    for feed, record in records.items():
        folder = landing / feed / "landing"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{number}.json").write_text(json.dumps(record) + "\n")


class Readers:
    """Two threads that query and verify the lake until they are told to end."""

    def __init__(self, stedi, lake):
        self.stedi, self.lake = stedi, lake
        self.ended = threading.Event()
        self.asked = {"query": 0, "verify": 0}
        self.faults = []
        self.threads = [threading.Thread(target=self.loop, args=(self.query, "query")),
                        threading.Thread(target=self.loop, args=(self.verify, "verify"))]

    def loop(self, ask, name):
        while not self.ended.is_set():
            ask()
            self.asked[name] += 1

    def stedi_says(self, *words):
        done = subprocess.run([self.stedi, *words, "--lake", self.lake, "--json"], env=ENVIRONMENT, text=True,
                              capture_output=True, check=False)
        return done.returncode, done.stdout, done.stderr

    def query(self):
        status, out, errors = self.stedi_says("query", f"SELECT {COUNTS}")
        if status != 0 or len(set(json.loads(out)[0].values())) != 1:
            self.faults.append(f"query: status {status}: {out}{errors}")

    def verify(self):
        status, out, errors = self.stedi_says("verify")
        if status != 0:
            self.faults.append(f"verify: status {status}: {out}{errors}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("stedi", type=pathlib.Path)
    parser.add_argument("--runs", type=int, default=200)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="stedi-readers-") as folder:
        landing, lake = pathlib.Path(folder) / "landing", pathlib.Path(folder) / "lake"
        readers = Readers(options.stedi.resolve(), lake)
        for number in range(options.runs):
            add_person(landing, number)
            done = subprocess.run([readers.stedi, "run", ROOT / "pipelines/stedi", "--landing", landing, "--lake", lake],
                                  env=ENVIRONMENT, text=True, capture_output=True, check=False)
            if done.returncode != 0:
                readers.faults.append(f"run {number}: status {done.returncode}: {done.stdout}{done.stderr}")
                break
            if number == 0:
                for thread in readers.threads:
                    thread.start()
        readers.ended.set()
        for thread in readers.threads:
            if thread.ident is not None:
                thread.join()
    for fault in readers.faults[:10]:
        print(fault)
    print(f"{options.runs} runs, {readers.asked['query']} queries, {readers.asked['verify']} verifications, "
          f"{len(readers.faults)} faults")
    sys.exit(1 if readers.faults else 0)


if __name__ == "__main__":
    main()
