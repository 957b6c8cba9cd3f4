"""Reads a lake on disk without the program: the states of its tables, and the files that no metadata names."""
import json
import pathlib
import re
import sqlite3


class NoState(Exception):
    """The catalog or a metadata file cannot be read."""


def ask(lake, sql, *values):
    """Returns rows of a catalog; none when the catalog does not exist or has no such table."""
    path = lake / "catalog.db"
    if not path.is_file() or path.stat().st_size == 0:
        return []
    try:
        with sqlite3.connect(path) as connection:
            return connection.execute(sql, values).fetchall()
    except sqlite3.Error as error:
        if "no such table" in str(error):
            return []
        raise NoState(str(error)) from error


def locations(lake):
    """Returns the location of the current metadata of each table."""
    return [location for location, in ask(lake, "SELECT metadata_location FROM iceberg_tables")]


def metadata_of(lake):
    """Returns table -> its current metadata."""
    found = {}
    for table, location in ask(lake, "SELECT table_name, metadata_location FROM iceberg_tables"):
        try:
            found[table] = json.loads(pathlib.Path(location.removeprefix("file://")).read_text())
        except (OSError, ValueError) as error:
            raise NoState(f"{table}: {error}") from error
    return found


def state(lake):
    """Returns table -> (number of rows, checksum of the rows) in its current snapshot."""
    found = {}
    for table, metadata in metadata_of(lake).items():
        for snapshot in metadata["snapshots"]:
            if snapshot["snapshot-id"] == metadata["current-snapshot-id"]:
                summary = snapshot["summary"]
                # The quarantine keeps the id of the run that rejected a record, so its checksum differs between runs.
                checksum = "" if table == "quarantine" else summary.get("stedi.checksum", "")
                found[table] = (summary["total-records"], checksum)
    return found


def published_runs(lake):
    """Returns the ids of the runs that the catalog lists as published."""
    return {run for run, in ask(lake, "SELECT run_id FROM stedi_runs WHERE status IN ('ok', 'no_news')")}


def unnamed_files(lake):
    """Returns the files below a lake that no table's metadata names, except those of the lake itself."""
    own = {"catalog.db", "catalog.db-wal", "catalog.db-shm", "lock", "stedi-lake-id"}
    named = set()
    for location in locations(lake):
        path = pathlib.Path(location.removeprefix("file://"))
        metadata = json.loads(path.read_text())
        named |= {path.name} | {pathlib.Path(entry["metadata-file"]).name for entry in metadata["metadata-log"]}
        lists = {pathlib.Path(snapshot["manifest-list"]).name for snapshot in metadata["snapshots"]}
        named |= lists
        manifests = set()
        for name in lists:
            manifests |= set(re.findall(rb"[\w-]+-m\d+\.avro", (path.parent / name).read_bytes()))
        for name in manifests:
            named.add(name.decode())
            data = (path.parent / name.decode()).read_bytes()  # stedi compresses no manifest
            named |= {found.decode() for found in re.findall(rb"[\w-]+\.parquet", data)}
    return sorted(str(path.relative_to(lake)) for path in lake.rglob("*")
                  if path.is_file() and path.name not in named and path.name not in own)
