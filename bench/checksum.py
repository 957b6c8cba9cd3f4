"""Prints, as one JSON object, the rows of each of the five tables and a checksum that no order of rows changes.

usage: checksum.py LAKE_OR_FOLDER      (PyIceberg of the group `pyiceberg`)

A folder with a catalog.db is read as a lake. Any other folder holds for each table <table>.parquet, a file or a folder
of files. The checksum is the sum of DuckDB's hashes of the rows, with columns cast to the types that the project
declares, so that tables of different engines can be compared.
"""
import json
import pathlib
import sys

import duckdb
from pyiceberg.catalog.sql import SqlCatalog

CUSTOMERS = ("customer VARCHAR, customername VARCHAR, email VARCHAR, phone VARCHAR, birthday DATE, "
             "serialnumber VARCHAR, registrationdate BIGINT, lastupdatedate BIGINT, sharewithresearchasofdate BIGINT, "
             "sharewithpublicasofdate BIGINT, sharewithfriendsasofdate BIGINT")
TABLES = {
    "customers_trusted": CUSTOMERS,
    "accelerometer_trusted": "user VARCHAR, timestamp BIGINT, x DOUBLE, y DOUBLE, z DOUBLE",
    "customers_curated": CUSTOMERS,
    "step_trainer_trusted": "sensorreadingtime BIGINT, serialnumber VARCHAR, distancefromobject INTEGER",
    "machine_learning_curated": "customer VARCHAR, split VARCHAR, timestamp BIGINT, distancefromobject INTEGER, "
                                "x DOUBLE, y DOUBLE, z DOUBLE",
}


def files_of(place):
    """Returns table -> its Parquet files."""
    if not (place / "catalog.db").exists():
        found = {table: place / f"{table}.parquet" for table in TABLES}
        return {table: [str(path)] if path.is_file() else sorted(map(str, path.rglob("*.parquet")))
                for table, path in found.items()}
    catalog = SqlCatalog("lake", uri=f"sqlite:///{place}/catalog.db")
    files = {}
    for table in TABLES:
        tasks = list(catalog.load_table(("stedi", table)).scan().plan_files())
        if any(task.delete_files for task in tasks):
            sys.exit(f"checksum: {table} has delete files, which this does not read")
        files[table] = [task.file.file_path.removeprefix("file://") for task in tasks]
    return files


def main():
    place = pathlib.Path(sys.argv[1]).resolve()
    sums = {}
    for table, files in files_of(place).items():
        columns = [column.split() for column in TABLES[table].split(", ")]
        row = ", ".join(f'"{name}"::{kind}' for name, kind in columns)
        count, total = duckdb.execute(f"SELECT count(*), sum(hash({row})::HUGEINT) FROM read_parquet(?)",
                                      [files]).fetchone()
        sums[table] = [count, str(total)]
    print(json.dumps(sums))


main()
