"""Reads all tables of a lake with PyIceberg until a line comes on standard input; if the input has ended, it reads them
once. Then prints, as JSON, how often it read them, and table -> the states that it saw, each as "rows checksum".

usage: table_states.py LAKE
"""
import hashlib
import json
import select
import sqlite3
import sys

from pyiceberg.catalog.sql import SqlCatalog

lake = sys.argv[1]
DATABASE = "stedi"
PAUSE_S = 0.02  # leaves the machine to the program that is watched


def catalog_name():
    with sqlite3.connect(f"file:{lake}/catalog.db?mode=ro", uri=True) as database:
        return database.execute("SELECT DISTINCT catalog_name FROM iceberg_tables").fetchone()[0]


def state(table):
    rows = sorted(repr(sorted(row.items())) for row in table.scan().to_arrow().to_pylist())
    return f"{len(rows)} {hashlib.sha256(chr(10).join(rows).encode()).hexdigest()[:16]}"


catalog = SqlCatalog(catalog_name(), uri=f"sqlite:///{lake}/catalog.db", warehouse=f"file://{lake}")
seen, states_of_snapshots, rounds = {}, {}, 0
while True:
    for _, name in catalog.list_tables(DATABASE):
        table = catalog.load_table((DATABASE, name))
        snapshot = table.current_snapshot()
        key = name, snapshot and snapshot.snapshot_id
        if key not in states_of_snapshots:
            states_of_snapshots[key] = state(table)
        found = seen.setdefault(name, [])
        if states_of_snapshots[key] not in found:
            found.append(states_of_snapshots[key])
    rounds += 1
    if select.select([sys.stdin], [], [], PAUSE_S)[0]:
        break
print(json.dumps([rounds, seen]))
