"""The pipeline as a good engineer would write it for Spark in local mode: data frames, two shuffle partitions, zstd
Parquet; data that is used twice is read back from the Parquet files.

usage: spark-submit spark_script.py LANDING OUT --layout ndjson|gz

Of a `{..}{..}` line Spark's reader takes only the first record and reports nothing. No Iceberg, no quarantine, no
checks, no landing tables. When two latest records of a person differ, it takes either.
"""
import os
import sys

from pyspark.sql import SparkSession, Window
from pyspark.sql import functions as f

KEY, AS_OF = os.environ["STEDI_PSEUDONYM_KEY"], os.environ["STEDI_BENCH_AS_OF"]
CUSTOMER = ("customerName STRING, email STRING, phone STRING, birthDay STRING, serialNumber STRING, "
            "registrationDate BIGINT, lastUpdateDate BIGINT, shareWithResearchAsOfDate BIGINT, "
            "shareWithPublicAsOfDate BIGINT, shareWithFriendsAsOfDate BIGINT")
ACCELEROMETER = "user STRING, timestamp BIGINT, x DOUBLE, y DOUBLE, z DOUBLE"
STEP_TRAINER = "sensorReadingTime BIGINT, serialNumber STRING, distanceFromObject INT"


def trusted_people(records):
    """One row per person whose latest record consents: the latest row with a plausible birthday."""
    latest_first = Window.partitionBy("email").orderBy(
        f.desc_nulls_last("lastupdatedate"), f.desc_nulls_last("registrationdate"))
    known = records.where("email IS NOT NULL").select(
        "*", f.row_number().over(latest_first).alias("recency"),
        f.first("sharewithresearchasofdate").over(latest_first).alias("research"))
    dated = known.where("research > 0").withColumn("birthday_text", f.expr(
        "CASE length(birthday) WHEN 10 THEN birthday WHEN 9 THEN '1' || birthday WHEN 8 THEN '19' || birthday END"))
    dated = dated.withColumn("birthday", f.expr(
        "try_cast(CASE WHEN regexp_like(birthday_text, '^[0-9]{4}-[0-9]{2}-[0-9]{2}$') THEN birthday_text END "
        "AS DATE)"))
    age = f.expr(f"year(DATE'{AS_OF}') - year(birthday) - CASE WHEN 100 * month(birthday) + day(birthday) > "
                 f"100 * month(DATE'{AS_OF}') + day(DATE'{AS_OF}') THEN 1 ELSE 0 END")
    plausible = dated.where(age.between(0, 120)).withColumn(
        "choice", f.row_number().over(Window.partitionBy("email").orderBy("recency")))
    inner = f.sha2(f.concat(f.lit(KEY), "email"), 256)
    return plausible.where("choice = 1").select(
        f.sha2(f.concat(f.lit(KEY), inner), 256).alias("customer"), "customername", "email", "phone", "birthday",
        "serialnumber", "registrationdate", "lastupdatedate", f.col("research").alias("sharewithresearchasofdate"),
        "sharewithpublicasofdate", "sharewithfriendsasofdate")


def main():
    landing, out = sys.argv[1:3]
    spark = (SparkSession.builder.config("spark.sql.shuffle.partitions", "2").config("spark.ui.enabled", "false")
             .config("spark.sql.parquet.compression.codec", "zstd")
             .config("spark.sql.session.timeZone", "UTC").getOrCreate())
    spark.sparkContext.setLogLevel("ERROR")

    def read_feed(folder, schema):
        frame = spark.read.schema(schema).json(f"{landing}/{folder}/landing")
        return frame.toDF(*(name.lower() for name in frame.columns))

    def write(table, frame):
        frame.write.parquet(f"{out}/{table}.parquet")
        return spark.read.schema(frame.schema).parquet(f"{out}/{table}.parquet")

    people = write("customers_trusted", trusted_people(read_feed("customer", CUSTOMER)))
    readings = read_feed("accelerometer", ACCELEROMETER)
    readings = readings.join(f.broadcast(people.select(f.col("email").alias("user"))), "user", "left_semi")
    readings = write("accelerometer_trusted", readings.distinct())
    curated = people.join(readings.select(f.col("user").alias("email")), "email", "left_semi").select(people.columns)
    curated = write("customers_curated", curated)
    steps = read_feed("step_trainer", STEP_TRAINER).join(
        f.broadcast(curated.select("serialnumber")), "serialnumber", "left_semi")
    steps = write("step_trainer_trusted", steps.distinct())
    persons = curated.selectExpr(
        "serialnumber", "email AS user", "customer", "CASE WHEN substring(customer, 1, 4) < 'cccd' THEN 'train' "
        "WHEN substring(customer, 1, 4) < 'e666' THEN 'validation' ELSE 'test' END AS split")
    moments = steps.join(f.broadcast(persons), "serialnumber").withColumnRenamed("sensorreadingtime", "timestamp")
    write("machine_learning_curated", moments.join(readings, ["user", "timestamp"]).select(
        "customer", "split", "timestamp", "distancefromobject", "x", "y", "z"))


main()
