"""Runs SELECTs on Spark. FILE holds a JSON list of statements. FILE.rows gets a list with their rows in canonical form,
or with the first line of the error as a text.

usage, in Spark's own environment: spark_statements.py FILE
"""
import json
import pathlib
import sys

from pyspark.sql import SparkSession

from canonical import canonical

spark = SparkSession.builder.getOrCreate()
spark.sparkContext.setLogLevel("OFF")


def rows_of(statement):
    try:
        return [[canonical(value) for value in row] for row in spark.sql(statement).collect()]
    except Exception as error:  # an error is a result, too
        return str(error).split("\n")[0]


file = pathlib.Path(sys.argv[1])
results = [rows_of(statement) for statement in json.loads(file.read_text())]
file.with_name(file.name + ".rows").write_text(json.dumps(results))
spark.stop()
