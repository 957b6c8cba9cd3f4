"""The same pipeline as a person would write it for DuckDB alone: read_json into three tables, the
project's own SELECTs into five more, all eight written as zstd Parquet. No Iceberg, no quarantine, no
checks, no file and offset of a row. Prints the rows of each table as JSON.

usage: plain_duckdb.py PROJECT LANDING OUT AS_OF KEY
"""
import json
import pathlib
import re
import sys

import duckdb

project, landing, out, as_of, key = sys.argv[1:]
parameters = {"stedi.as_of": as_of, "stedi.pseudonym_key": key, "stedi.max_age": "120",
              "stedi.only_after_consent": "false"}
FEEDS = {  # table -> folder, keys and their types
    "customers_landing": ("customer", {
        "customerName": "VARCHAR", "email": "VARCHAR", "phone": "VARCHAR", "birthDay": "VARCHAR",
        "serialNumber": "VARCHAR", "registrationDate": "BIGINT", "lastUpdateDate": "BIGINT",
        "shareWithResearchAsOfDate": "BIGINT", "shareWithPublicAsOfDate": "BIGINT",
        "shareWithFriendsAsOfDate": "BIGINT"}),
    "accelerometer_landing": ("accelerometer", {
        "user": "VARCHAR", "timestamp": "BIGINT", "x": "DOUBLE", "y": "DOUBLE", "z": "DOUBLE"}),
    "step_trainer_landing": ("step_trainer", {
        "sensorReadingTime": "BIGINT", "serialNumber": "VARCHAR", "distanceFromObject": "INTEGER"}),
}
ORDER = ["customers_trusted", "accelerometer_trusted", "customers_curated", "step_trainer_trusted",
         "machine_learning_curated"]


def select_of(table):
    """The SELECT of the project's table, parameters replaced."""
    path = next(pathlib.Path(project).glob(f"transformations/*/{table}.sql"))
    text = re.split(r"^AS\b", path.read_text(), maxsplit=1, flags=re.MULTILINE)[1].rstrip().rstrip(";")
    return re.sub(r"\$\{([\w.]+)\}", lambda name: parameters[name[1]], text)


connection = duckdb.connect()
connection.execute("SET TimeZone = 'UTC'; SET preserve_insertion_order = false;"
                   "CREATE MACRO sha2(x, bits) AS sha256(x);"
                   "CREATE MACRO regexp_like(x, pattern) AS regexp_matches(x, pattern)")
selects = {table: f"SELECT *, 0::BIGINT AS _offset, '' AS _source_file FROM read_json('{landing}/{folder}/landing/*', "
                  f"columns = {keys})" for table, (folder, keys) in FEEDS.items()}
selects.update({table: select_of(table) for table in ORDER})
rows = {}
for table, select in selects.items():
    connection.execute(f"CREATE TABLE {table} AS {select}")
    connection.execute(f"COPY {table} TO '{out}/{table}.parquet' (FORMAT parquet, CODEC zstd)")
    rows[table] = connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
print(json.dumps(rows))
