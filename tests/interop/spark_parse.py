"""Parses SQL with Spark's parser, running nothing: FILE holds a JSON list of statements; beside it, in
FILE.errors, come null for each that is accepted, else the first line of the error.

usage, in Spark's own environment: spark_parse.py FILE
"""
import json
import pathlib
import sys

from pyspark.sql import SparkSession

# Spark 4.1 keeps the property table_type, which Athena wants, for itself.
spark = SparkSession.builder.config("spark.sql.legacy.notReserveProperties", "true").getOrCreate()
spark.sparkContext.setLogLevel("OFF")
parser = spark._jsparkSession.sessionState().sqlParser()  # pyspark has no way of its own


def error_of(statement):
    try:
        parser.parsePlan(statement)
    except Exception as error:  # the result that was asked for
        return (str(error).strip() or "error").split("\n")[0]
    return None


file = pathlib.Path(sys.argv[1])
file.with_name(file.name + ".errors").write_text(json.dumps([error_of(s) for s in json.loads(file.read_text())]))
spark.stop()
