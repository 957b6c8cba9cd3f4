"""Makes lakes to read: by stedi, from demo data and, where it is at hand, from the 2023 sample."""
import argparse
import atexit
import collections
import contextlib
import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import unittest

import duckdb

from canonical import canonical

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROJECT = ROOT / "pipelines/stedi"
KEY = "0123456789abcdef"  # for tests only
DERIVED = ["customers_trusted", "accelerometer_trusted", "customers_curated", "step_trainer_trusted",
           "machine_learning_curated"]
# Fixed, so that two engines that run on two days agree; 3000 keeps the sample's implausible birthdays.
PARAMETERS = {"stedi.as_of": "2026-06-01", "stedi.max_age": "3000"}

# --spark -> (environment, folder of jars, file that set-up leaves when it has fetched them, group of tools/setup.sh);
# the first three are in deps.
SPARKS = {"4.1": ("venv-spark", "jars", "spark.pins", "spark"),
          "3.5": ("venv-spark35", "jars-3.5", "spark35.pins", "spark35")}

arguments = argparse.Namespace(stedi=None, deps=None, spark="4.1")


def main():
    """Reads --stedi, --deps and --spark, then runs the tests of the calling module."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--spark", choices=SPARKS, default="4.1")
    parser.add_argument("--stedi", required=True, type=pathlib.Path)
    parser.add_argument("--deps", required=True, type=pathlib.Path)
    _, rest = parser.parse_known_args(namespace=arguments)
    arguments.stedi, arguments.deps = arguments.stedi.resolve(), arguments.deps.resolve()
    unittest.main(module=sys.modules["__main__"], argv=[sys.argv[0], *rest])


def scratch_folder():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="stedi-interop-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def run_stedi(*words, status=0):
    """Runs stedi and returns what it printed. Raises AssertionError, with the last lines of the output, when it ends
    with another status."""
    done = subprocess.run([arguments.stedi, *map(str, words)], capture_output=True, text=True,
                          env=dict(os.environ, STEDI_PSEUDONYM_KEY=KEY))
    if done.returncode != status:
        raise AssertionError(f"stedi {words[0]}: status {done.returncode}\n{done.stdout[-1000:]}{done.stderr[-1000:]}")
    return done.stdout


def landing_folders():
    """Yields (name, folder) of each set of landing files to test with."""
    sample = scratch_folder() / "landing"
    run_stedi("sample", sample, "--customers", 200, "--readings", 4000, "--seed", 7, "--defects")
    yield "demo", sample
    real = pathlib.Path(os.environ.get("STEDI_SAMPLE_2023", ROOT.parent / "shared/data/stedi-2023"))
    if real.is_dir():
        yield "2023", real


def refresh(lake, landing, project=PROJECT, **parameters):
    """Runs the project once more into `lake`. Returns the report of `run --json`."""
    values = PARAMETERS | {f"stedi.{name}": value for name, value in parameters.items()}
    sets = [word for name, value in values.items() for word in ("--set", f"{name}={value}")]
    return json.loads(run_stedi("run", project, "--landing", landing, "--lake", lake, "--json", *sets))


def all_lakes():
    """Yields (name, landing, lake) of a lake made from each set of landing files."""
    for name, landing in landing_folders():
        lake = scratch_folder() / "lake"
        refresh(lake, landing)
        yield name, landing, lake


def catalog_rows(lake, catalog="catalog.db", namespace="stedi"):
    """Returns table -> location of its current metadata.json, straight from the SQLite file."""
    # Closed at once: a connection that stays open in this process would not notice what stedi does to the file.
    with contextlib.closing(sqlite3.connect(f"file:{lake}/{catalog}?mode=ro", uri=True)) as database:
        return dict(database.execute("SELECT table_name, metadata_location FROM iceberg_tables"
                                     " WHERE catalog_name = 'lake' AND table_namespace = ?", [namespace]))


def duckdb_connection():
    """Returns a connection to DuckDB of the tests' own Python package, with the extension files that stedi ships."""
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    for extension in ("avro", "iceberg"):
        connection.execute(f"LOAD '{arguments.deps}/extensions/{extension}.duckdb_extension'")
    return connection


def local_path(location):
    """Returns the path /x for a location that a writer spells /x, file:/x or file:///x."""
    return "/" + location.removeprefix("file:").lstrip("/")


def column_names(metadata):
    """Returns the columns of a table's current schema, in order. `metadata` is its metadata.json, parsed."""
    schema = next(s for s in metadata["schemas"] if s["schema-id"] == metadata["current-schema-id"])
    return [field["name"] for field in schema["fields"]]


def stored_rows(metadata_location):
    """Returns the rows in the live data files of a table's current snapshot, found by the simplest reading of its
    manifests. Every reader of the table must give these rows."""
    metadata = json.loads(pathlib.Path(local_path(metadata_location)).read_text())
    snapshot = next(s for s in metadata["snapshots"] if s["snapshot-id"] == metadata["current-snapshot-id"])
    connection = duckdb_connection()
    manifests = connection.execute("SELECT manifest_path FROM read_avro(?)",
                                   [local_path(snapshot["manifest-list"])]).fetchall()
    files = [local_path(file) for (manifest,) in manifests for (file,) in connection.execute(
        "SELECT data_file.file_path FROM read_avro(?) WHERE status <> 2", [local_path(manifest)]).fetchall()]
    if not files:
        return collections.Counter()
    columns = ", ".join(f'"{name}"' for name in column_names(metadata))
    return canonical_rows(connection.execute(f"SELECT {columns} FROM read_parquet(?)", [files]).fetchall())


def spark_environment(lake):
    """Returns a new folder with Spark's settings for `lake`, and the environment to start Spark with them. Only a
    spark-defaults.conf reaches both the driver's class path and the catalog. It must not name a master, because
    spark-pipelines does not start with one."""
    folder = scratch_folder()
    jars = sorted((arguments.deps / SPARKS[arguments.spark][1]).glob("*.jar"))
    settings = {
        "spark.driver.memory": "4g",  # spark-pipelines hangs instead of failing when 1 GB is not enough
        "spark.jars": ",".join(map(str, jars)),
        "spark.driver.extraClassPath": ":".join(map(str, jars)),
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.ansi.enabled": "true",
        "spark.sql.ansi.doubleQuotedIdentifiers": "true",
        "spark.sql.extensions": "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions",
        "spark.sql.catalog.lake": "org.apache.iceberg.spark.SparkCatalog",
        "spark.sql.catalog.lake.type": "jdbc",
        "spark.sql.catalog.lake.uri": f"jdbc:sqlite:{lake}/catalog.db",
        "spark.sql.catalog.lake.warehouse": f"file://{lake}",
        "spark.sql.catalog.lake.jdbc.schema-version": "V1",
    }
    (folder / "spark-defaults.conf").write_text("".join(f"{name} {value}\n" for name, value in settings.items()))
    venv = arguments.deps / SPARKS[arguments.spark][0]
    # Spark's scripts find Spark by the first python on PATH. SPARK_TESTING makes spark-pipelines take a free port;
    # otherwise it would talk to any other Spark on this machine that has the usual port.
    return folder, dict(os.environ, PATH=f"{venv}/bin:{os.environ['PATH']}", SPARK_CONF_DIR=str(folder),
                        SPARK_LOCAL_IP="127.0.0.1", SPARK_TESTING="1", TZ="UTC",
                        PYTHONPATH=str(pathlib.Path(__file__).parent))


def skip_without_spark():
    """Ends the process as skipped when set-up could not fetch Spark."""
    _, _, pins, group = SPARKS[arguments.spark]
    if not (arguments.deps / pins).exists():
        print(f"SKIPPED: Spark {arguments.spark} is not there; tools/setup.sh {group} fetches it when the network allows")
        sys.exit(77)


def spark_python():
    """Returns the Python of Spark's environment."""
    return arguments.deps / SPARKS[arguments.spark][0] / "bin/python"


def run_spark(environment, seconds, *words):
    """Runs a command of Spark's environment and returns its output. Raises AssertionError, with the last lines of the
    output, when it fails."""
    try:
        done = subprocess.run([str(word) for word in words], env=environment, timeout=seconds, text=True,
                              cwd=environment["SPARK_CONF_DIR"],  # it makes a spark-warehouse in its working directory
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    except subprocess.TimeoutExpired as late:
        raise AssertionError(f"{words[0]}: not done after {seconds} s\n{str(late.stdout)[-3000:]}") from late
    if done.returncode != 0:
        raise AssertionError(f"{words[0]}: status {done.returncode}\n{done.stdout[-3000:]}")
    return done.stdout


def canonical_rows(rows):
    """Returns rows (sequences of values) as a multiset: order does not count, duplicates do."""
    return collections.Counter(tuple(canonical(value) for value in row) for row in rows)


class LakeTest(unittest.TestCase):
    def assert_same_rows(self, table, expected, found):
        """Compares two multisets of rows; shows counts and a few differing rows."""
        if expected == found:
            return
        missing, added = expected - found, found - expected
        self.fail(f"{table}: {expected.total()} rows expected, {found.total()} found; "
                  f"missing {missing.total()}, e.g. {list(missing)[:2]}; "
                  f"not expected {added.total()}, e.g. {list(added)[:2]}")
