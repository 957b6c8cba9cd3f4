"""Runs many scripts on many lakes in one Spark session, since a session costs ten seconds. Each line of standard input
is a JSON object {catalog, lake, script, arguments}. For each, runs the script as the main program, with the lake as a
catalog of that name, and writes a line RESULT {"status", "output"}.

usage, in Spark's own environment: spark_driver.py
"""
import contextlib
import io
import json
import runpy
import sys
import traceback

from pyspark.sql import SparkSession

spark = SparkSession.builder.getOrCreate()
spark.sparkContext.setLogLevel("ERROR")


def use_lake(catalog, lake):
    settings = {"": "org.apache.iceberg.spark.SparkCatalog", ".type": "jdbc", ".uri": f"jdbc:sqlite:{lake}/catalog.db",
                ".warehouse": f"file://{lake}", ".jdbc.schema-version": "V1"}
    for key, value in settings.items():
        spark.conf.set(f"spark.sql.catalog.{catalog}{key}", value)


def run(script, arguments):
    """Runs a script. Returns its exit status and what it printed."""
    sys.argv = [script, *arguments]
    path = list(sys.path)
    output = io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        try:
            runpy.run_path(script, run_name="__main__")
            status = 0
        except SystemExit as end:
            status = end.code or 0
        except BaseException:  # as an interpreter would end
            traceback.print_exc()
            status = 70
    sys.path[:] = path
    return {"status": status, "output": output.getvalue()}


for line in sys.stdin:
    job = json.loads(line)
    use_lake(job["catalog"], job["lake"])
    print("RESULT " + json.dumps(run(job["script"], job["arguments"])), flush=True)
spark.stop()
