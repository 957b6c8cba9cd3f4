"""Reads accelerometer files with one engine, several times; prints {"rows": .., "seconds": [..], "cpu": [..]} as JSON. bench/reader.py
runs it in a process of its own for each engine and count of threads.

usage: reader_rows.py ENGINE THREADS ROUNDS FILE..
"""
import json
import os
import sys
import time

os.environ["POLARS_MAX_THREADS"] = sys.argv[2]  # before polars is imported
TYPES = {"user": "STRING", "timestamp": "BIGINT", "x": "DOUBLE", "y": "DOUBLE", "z": "DOUBLE"}


def stedi(files, threads):
    import stedi_reader
    rows = stedi_reader.read_landing(files, TYPES, threads=threads)
    # The others drop the table of each file, too, before they read the next one.
    return rows.read_all().num_rows if len(files) == 1 else sum(batch.num_rows for batch in rows)


def pyarrow(files, threads):
    import pyarrow
    import pyarrow.json
    pyarrow.set_cpu_count(threads)
    kinds = {"STRING": pyarrow.string(), "BIGINT": pyarrow.int64(), "DOUBLE": pyarrow.float64()}
    schema = pyarrow.schema([(name, kinds[kind]) for name, kind in TYPES.items()])
    parse = pyarrow.json.ParseOptions(explicit_schema=schema)
    read = pyarrow.json.ReadOptions(use_threads=threads > 1)
    return sum(pyarrow.json.read_json(file, read, parse).num_rows for file in files)


def pandas(files, _threads):
    import pandas
    return sum(len(pandas.read_json(file, lines=True, convert_dates=False)) for file in files)


def polars(files, _threads):
    import polars
    kinds = {"STRING": polars.String, "BIGINT": polars.Int64, "DOUBLE": polars.Float64}
    schema = {name: kinds[kind] for name, kind in TYPES.items()}
    return sum(polars.read_ndjson(file, schema=schema).height for file in files)


ENGINES = {"stedi_reader": stedi, "pyarrow.json": pyarrow, "pandas": pandas, "polars": polars}


def main():
    read, threads, rounds, files = ENGINES[sys.argv[1]], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:]
    rows, seconds, cpu = read(files[:1], threads), [], []  # imports, and starts threads
    for _ in range(rounds):
        begin, begin_cpu = time.perf_counter(), time.process_time()
        rows = read(files, threads)
        seconds.append(time.perf_counter() - begin)
        cpu.append(time.process_time() - begin_cpu)
    print(json.dumps({"rows": rows, "seconds": seconds, "cpu": cpu}))


if __name__ == "__main__":
    main()
