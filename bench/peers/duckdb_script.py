"""The pipeline as a good engineer would write it for DuckDB alone: the project's own SELECTs over read_json, data that
is read twice is kept in memory, everything is written as zstd Parquet.

usage: duckdb_script.py LANDING OUT [--layout ndjson|line|gz] [--landing-tables memory|parquet]
                        [--database FILE [--append NEWS]] [--memory SIZE]

--landing-tables   also writes the three landing tables; the five are made from these tables in memory, or from
                   their Parquet files, which takes less memory
--database FILE    keeps the landing tables in FILE; with --append they are not read again: NEWS, a file of
                   accelerometer readings, is added to them, and the five tables are made again
No Iceberg, no quarantine, no checks, no file and offset of a row, no fsync, and no order in
machine_learning_curated. A record that read_json rejects ends the program, so the table of rejected customers is empty.
"""
import argparse
import os
import pathlib
import re

import duckdb

PROJECT = pathlib.Path(__file__).resolve().parents[2] / "pipelines/stedi"
PARAMETERS = {"stedi.as_of": os.environ["STEDI_BENCH_AS_OF"], "stedi.pseudonym_key": os.environ["STEDI_PSEUDONYM_KEY"],
              "stedi.max_age": "120", "stedi.only_after_consent": "false"}
FEEDS = {  # feed -> its folder and its keys
    "customers": ("customer", {
        "customerName": "VARCHAR", "email": "VARCHAR", "phone": "VARCHAR", "birthDay": "VARCHAR",
        "serialNumber": "VARCHAR", "registrationDate": "BIGINT", "lastUpdateDate": "BIGINT",
        "shareWithResearchAsOfDate": "BIGINT", "shareWithPublicAsOfDate": "BIGINT",
        "shareWithFriendsAsOfDate": "BIGINT"}),
    "accelerometer": ("accelerometer", {
        "user": "VARCHAR", "timestamp": "BIGINT", "x": "DOUBLE", "y": "DOUBLE", "z": "DOUBLE"}),
    "step_trainer": ("step_trainer", {
        "sensorReadingTime": "BIGINT", "serialNumber": "VARCHAR", "distanceFromObject": "INTEGER"}),
}
FORMATS = {"ndjson": "newline_delimited", "gz": "newline_delimited", "line": "unstructured"}


def select_of(table):
    """The SELECT of a table of the project, with its parameters replaced and without ORDER BY."""
    text = next((PROJECT / "transformations").glob(f"*/{table}.sql")).read_text()
    text = re.split(r"^AS\b", text, maxsplit=1, flags=re.MULTILINE)[1].rstrip().rstrip(";")
    text = re.sub(r"\nORDER BY p\.\w+, s\.sensorreadingtime$", "", text)
    return re.sub(r"\$\{([\w.]+)\}", lambda name: PARAMETERS[name[1]], text)


def read_feed(feed, place, layout):
    """A SELECT of all columns of a feed. For customers it adds dummies for other columns that consent_unclear reads."""
    keys = FEEDS[feed][1]
    names = ", ".join(f'"{key}" AS {key.lower()}' for key in keys)
    dummies = ", '' AS _source_file, 0 AS _offset, NULL::VARCHAR AS _unfit" if feed == "customers" else ""
    return f"SELECT {names}{dummies} FROM read_json('{place}', columns = {keys}, format = '{FORMATS[layout]}')"


def load(connection, options, write):
    """Makes <feed>_landing of each feed: a table, a view of a Parquet file that it writes, or a view of read_json."""
    for feed, (folder, _) in FEEDS.items():
        table = f"{feed}_landing"
        rows = read_feed(feed, f"{options.landing}/{folder}/landing/*", options.layout)
        if options.landing_tables == "parquet":
            write(table, rows)
            connection.execute(f"CREATE TEMP VIEW {table} AS FROM '{options.out}/{table}.parquet'")
        elif options.landing_tables == "memory" or options.database != ":memory:" or options.layout == "line":
            # A file of one line is read by one thread, which should do nothing else.
            connection.execute(f"CREATE TABLE {table} AS {rows}")
            if options.landing_tables:
                write(table, f"FROM {table}")
        else:
            connection.execute(f"CREATE TEMP VIEW {table} AS {rows}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("landing", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--layout", default="ndjson", choices=FORMATS)
    parser.add_argument("--landing-tables", choices=("memory", "parquet"))
    parser.add_argument("--database", default=":memory:")
    parser.add_argument("--append")
    parser.add_argument("--memory")
    options = parser.parse_args()
    connection = duckdb.connect(options.database, config={"threads": 2, "preserve_insertion_order": False})
    connection.execute("SET TimeZone = 'UTC'; CREATE OR REPLACE TEMP MACRO sha2(x, bits) AS sha256(x);"
                       "CREATE OR REPLACE TEMP MACRO regexp_like(x, pattern) AS regexp_matches(x, pattern);"
                       "CREATE OR REPLACE TEMP MACRO datediff(later, earlier) AS date_diff('day', earlier, later);"
                       "CREATE TEMP TABLE customers_landing_rejected (email VARCHAR, lastupdatedate BIGINT, "
                       "_source_file VARCHAR, _offset BIGINT, reason VARCHAR)")
    if options.memory:
        connection.execute(f"SET memory_limit = '{options.memory}'")

    def write(table, rows):
        connection.execute(f"COPY ({rows}) TO '{options.out}/{table}.parquet' (FORMAT parquet, CODEC zstd)")

    if options.append:
        connection.execute(f"INSERT INTO accelerometer_landing {read_feed('accelerometer', options.append, 'ndjson')}")
    else:
        load(connection, options, write)
    for table in ("consent_unclear", "customers_trusted", "accelerometer_trusted", "customers_curated", "step_trainer_trusted"):
        connection.execute(f"CREATE TEMP TABLE {table} AS {select_of(table)}")
        write(table, f"FROM {table}")
    write("machine_learning_curated", select_of("machine_learning_curated"))


if __name__ == "__main__":
    main()
