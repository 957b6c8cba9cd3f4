"""Parses SQL with Spark's parser and runs nothing. FILE holds a JSON list of statements. FILE.errors gets a list with
null for each statement that is accepted, else with the first line of the error.

usage, in Spark's own environment: spark_parse.py FILE
"""
import json
import pathlib
import sys

from pyspark.sql import SparkSession

# Spark 4.1 reserves the property table_type, which Athena needs.
spark = SparkSession.builder.config("spark.sql.legacy.notReserveProperties", "true").getOrCreate()
spark.sparkContext.setLogLevel("OFF")
parser = spark._jsparkSession.sessionState().sqlParser()  # pyspark has no API for it


def error_of(statement):
    try:
        parser.parsePlan(statement)
    except Exception as error:  # the error is the result
        return (str(error).strip() or "error").split("\n")[0]
    return None


file = pathlib.Path(sys.argv[1])
file.with_name(file.name + ".errors").write_text(json.dumps([error_of(s) for s in json.loads(file.read_text())]))
spark.stop()
