"""The pipeline as a good engineer would write it for polars: lazy frames on the streaming engine, zstd Parquet.

usage: polars_script.py LANDING OUT --layout ndjson|gz      (`{..}{..}` is an error to scan_ndjson)

No Iceberg, no quarantine, no checks, no landing tables. When two latest records of a person differ, it takes either.
polars has no SHA-256, so the pseudonym is computed by hashlib, once per person.
"""
import datetime
import hashlib
import os
import pathlib
import sys

os.environ["POLARS_MAX_THREADS"] = "2"
import polars as pl  # noqa: E402  (reads the number of threads when it is imported)

KEY, AS_OF = os.environ["STEDI_PSEUDONYM_KEY"], datetime.date.fromisoformat(os.environ["STEDI_BENCH_AS_OF"])
CUSTOMER = {"customerName": pl.String, "email": pl.String, "phone": pl.String, "birthDay": pl.String,
            "serialNumber": pl.String, "registrationDate": pl.Int64, "lastUpdateDate": pl.Int64,
            "shareWithResearchAsOfDate": pl.Int64, "shareWithPublicAsOfDate": pl.Int64,
            "shareWithFriendsAsOfDate": pl.Int64}
ACCELEROMETER = {"user": pl.String, "timestamp": pl.Int64, "x": pl.Float64, "y": pl.Float64, "z": pl.Float64}
STEP_TRAINER = {"sensorReadingTime": pl.Int64, "serialNumber": pl.String, "distanceFromObject": pl.Int32}


def pseudonym(email):
    inner = hashlib.sha256((KEY + email).encode()).hexdigest()
    return hashlib.sha256((KEY + inner).encode()).hexdigest()


def read_feed(landing, folder, schema):
    """All records of a feed, with column names in lower case."""
    records = pl.scan_ndjson(f"{landing}/{folder}/landing/*", schema=schema)
    return records.rename({name: name.lower() for name in schema})


def trusted_people(records):
    """One row per person whose latest record consents: the latest row with a plausible birthday."""
    order = ["lastupdatedate", "registrationdate"]
    latest = records.drop_nulls("email").sort(order, descending=True, nulls_last=True, maintain_order=True)
    text = pl.col("birthday")
    whole = pl.when(text.str.len_chars() == 10).then(text).when(text.str.len_chars() == 9).then("1" + text).when(
        text.str.len_chars() == 8).then("19" + text)
    day = pl.when(whole.str.contains("^[0-9]{4}-[0-9]{2}-[0-9]{2}$")).then(whole).str.to_date("%Y-%m-%d", strict=False)
    of_year = [100 * date.dt.month().cast(pl.Int32) + date.dt.day() for date in (pl.col("birthday"), pl.lit(AS_OF))]
    age = AS_OF.year - pl.col("birthday").dt.year() - (of_year[0] > of_year[1]).cast(pl.Int32)
    research = pl.col("sharewithresearchasofdate")
    return (latest.with_columns(research.first().over("email"), birthday=day).filter(research > 0)
            .filter(age.is_between(0, 120)).unique("email", keep="first", maintain_order=True)
            .with_columns(customer=pl.col("email").map_elements(pseudonym, return_dtype=pl.String)))


def main():
    landing, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])

    def write(table, frame):
        frame.write_parquet(out / f"{table}.parquet", compression="zstd")

    people = trusted_people(read_feed(landing, "customer", CUSTOMER)).collect()
    people = people.select("customer", *(name.lower() for name in CUSTOMER))
    write("customers_trusted", people)
    readings = (read_feed(landing, "accelerometer", ACCELEROMETER)
                .join(people.lazy().select("email"), left_on="user", right_on="email", how="semi")
                .unique().collect(engine="streaming"))
    write("accelerometer_trusted", readings)
    curated = people.join(readings.select(pl.col("user").unique()), left_on="email", right_on="user", how="semi")
    write("customers_curated", curated)
    steps = (read_feed(landing, "step_trainer", STEP_TRAINER)
             .join(curated.lazy().select("serialnumber"), on="serialnumber", how="semi")
             .unique().collect(engine="streaming"))
    write("step_trainer_trusted", steps)
    first = pl.col("customer").str.slice(0, 4)
    split = pl.when(first < "cccd").then(pl.lit("train")).when(first < "e666").then(pl.lit("validation"))
    persons = curated.lazy().select("customer", "serialnumber", user="email", split=split.otherwise(pl.lit("test")))
    paired = (steps.lazy().join(persons, on="serialnumber")
              .join(readings.lazy(), left_on=["user", "sensorreadingtime"], right_on=["user", "timestamp"])
              .select("customer", "split", pl.col("sensorreadingtime").alias("timestamp"), "distancefromobject",
                      "x", "y", "z"))
    paired.sink_parquet(out / "machine_learning_curated.parquet", compression="zstd", engine="streaming")


main()
