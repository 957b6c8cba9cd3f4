"""Measures DuckDB as it writes tables from memory as zstd Parquet: the eight of a run, and the five without landing.
Prints the medians as {"eight": [wall seconds, CPU seconds], "five": ..}.

usage: duckdb_floor.py FOLDER ROUNDS      FOLDER: the output of duckdb_script.py --landing-tables
"""
import json
import pathlib
import resource
import statistics
import sys
import time

import duckdb

folder, rounds = pathlib.Path(sys.argv[1]), int(sys.argv[2])
connection = duckdb.connect(config={"threads": 2, "preserve_insertion_order": False})
tables = sorted(path.stem for path in folder.glob("*.parquet"))
for table in tables:
    connection.execute(f"CREATE TABLE {table} AS FROM '{folder}/{table}.parquet'")


def cpu_seconds():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def write(names):
    """Writes the tables one after the other; returns the wall and the CPU seconds."""
    wall, cpu = time.monotonic(), cpu_seconds()
    for name in names:
        connection.execute(f"COPY {name} TO '{folder}/{name}.again' (FORMAT parquet, CODEC zstd)")
    return time.monotonic() - wall, cpu_seconds() - cpu


done = {}
for kind, names in (("eight", tables), ("five", [name for name in tables if not name.endswith("_landing")])):
    runs = [write(names) for _ in range(rounds)]
    done[kind] = [statistics.median(run[i] for run in runs) for i in (0, 1)]
print(json.dumps(done))
