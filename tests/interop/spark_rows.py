"""Writes the rows of tables as Spark reads them, in canonical form, to FOLDER/<table>.json.

usage, in Spark's own environment: spark_rows.py FOLDER TABLE..
"""
import json
import pathlib
import sys

from pyspark.sql import SparkSession

from canonical import canonical

spark = SparkSession.builder.getOrCreate()
spark.sparkContext.setLogLevel("ERROR")
folder = pathlib.Path(sys.argv[1])
for table in sys.argv[2:]:
    rows = spark.sql(f"SELECT * FROM lake.stedi.{table}").collect()
    (folder / f"{table}.json").write_text(json.dumps([[canonical(value) for value in row] for row in rows]))
spark.stop()
