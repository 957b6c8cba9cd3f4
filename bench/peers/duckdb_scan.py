"""Measures read_json of the installed DuckDB: an aggregate over every column of one feed. Prints the median seconds
and the number of rows as JSON.

usage: duckdb_scan.py FOLDER FEED LAYOUT THREADS ROUNDS
"""
import json
import statistics
import sys
import time

import duckdb

from duckdb_script import FEEDS, FORMATS

folder, feed, layout, threads, rounds = sys.argv[1:]
keys = FEEDS[feed][1]
sums = ", ".join(f'sum(length("{key}"))' if kind == "VARCHAR" else f'sum("{key}"::DOUBLE)'
                 for key, kind in keys.items())
query = f"SELECT count(*), {sums} FROM read_json('{folder}/*', columns = {keys}, format = '{FORMATS[layout]}')"
connection = duckdb.connect(config={"threads": int(threads)})
seconds = []
for _ in range(int(rounds)):
    begin = time.monotonic()
    rows = connection.execute(query).fetchone()[0]
    seconds.append(time.monotonic() - begin)
print(json.dumps({"seconds": statistics.median(seconds), "rows": rows}))
