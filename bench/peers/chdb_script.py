"""The pipeline as a good engineer would write it for chdb (ClickHouse in a process): tables of the Memory engine
for data that is read twice, joins with the smaller table on the right, zstd Parquet.

usage: chdb_script.py LANDING OUT --layout ndjson|line|gz

No Iceberg, no quarantine, no checks, no landing tables. When two latest records of a person differ, it takes either.
"""
import os
import pathlib
import sys

from chdb.session import Session

KEY, AS_OF = os.environ["STEDI_PSEUDONYM_KEY"], os.environ["STEDI_BENCH_AS_OF"]
CUSTOMER = ("customerName Nullable(String), email Nullable(String), phone Nullable(String), birthDay Nullable(String), "
            "serialNumber Nullable(String), registrationDate Nullable(Int64), lastUpdateDate Nullable(Int64), "
            "shareWithResearchAsOfDate Nullable(Int64), shareWithPublicAsOfDate Nullable(Int64), "
            "shareWithFriendsAsOfDate Nullable(Int64)")
ACCELEROMETER = "user String, timestamp Int64, x Float64, y Float64, z Float64"
STEP_TRAINER = "sensorReadingTime Int64, serialNumber String, distanceFromObject Int32"
CUSTOMERS_TRUSTED = f"""
WITH records AS (
  SELECT *, multiIf(length(birthDay) = 10, birthDay, length(birthDay) = 9, '1' || birthDay,
      length(birthDay) = 8, '19' || birthDay, NULL) AS birthday_text,
    row_number() OVER latest_first AS recency,
    first_value(shareWithResearchAsOfDate) RESPECT NULLS OVER latest_first AS research
  FROM {{customer}} WHERE email IS NOT NULL
  WINDOW latest_first AS (PARTITION BY email
    ORDER BY lastUpdateDate DESC NULLS LAST, registrationDate DESC NULLS LAST)),
dated AS (
  SELECT *, toDate32OrNull(
      if(match(birthday_text, '^[0-9]{{{{4}}}}-[0-9]{{{{2}}}}-[0-9]{{{{2}}}}$'), birthday_text, NULL)) AS birthday
  FROM records WHERE research > 0),
plausible AS (
  SELECT *, row_number() OVER (PARTITION BY email ORDER BY recency) AS choice FROM dated
  -- Its dates begin in 1900: what is earlier became 1900-01-01, unlike the text.
  WHERE toString(birthday) = birthday_text
    AND age('year', birthday, toDate32('{AS_OF}')) BETWEEN 0 AND 120 AND birthday <= toDate32('{AS_OF}'))
SELECT lower(hex(SHA256('{KEY}' || lower(hex(SHA256('{KEY}' || assumeNotNull(email))))))) AS customer,
  customerName AS customername, assumeNotNull(email) AS email, phone, birthday,
  assumeNotNull(serialNumber) AS serialnumber, registrationDate AS registrationdate, lastUpdateDate AS lastupdatedate,
  research AS sharewithresearchasofdate, shareWithPublicAsOfDate AS sharewithpublicasofdate,
  shareWithFriendsAsOfDate AS sharewithfriendsasofdate
FROM plausible WHERE choice = 1"""


def main():
    landing, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    session = Session()
    for setting in ("max_threads = 2", "output_format_parquet_compression_method = 'zstd'",
                    "output_format_parquet_string_as_string = 1", "input_format_parallel_parsing = 1"):
        session.query(f"SET {setting}")
    session.query("CREATE DATABASE bench")

    def feed(folder, columns):
        return f"file('{landing}/{folder}/landing/*', JSONEachRow, '{columns}')"

    def make(table, select):
        session.query(f"CREATE TABLE bench.{table} ENGINE = Memory AS {select}")
        write(table, f"SELECT * FROM bench.{table}")

    def write(table, select):
        session.query(f"INSERT INTO FUNCTION file('{out}/{table}.parquet', Parquet) {select}")

    make("customers_trusted", CUSTOMERS_TRUSTED.format(customer=feed("customer", CUSTOMER)))
    make("accelerometer_trusted", f"""SELECT DISTINCT user, timestamp, x, y, z
      FROM {feed("accelerometer", ACCELEROMETER)} WHERE user IN (SELECT email FROM bench.customers_trusted)""")
    make("customers_curated", """SELECT * FROM bench.customers_trusted
      WHERE email IN (SELECT user FROM bench.accelerometer_trusted)""")
    make("step_trainer_trusted", f"""SELECT DISTINCT sensorReadingTime AS sensorreadingtime,
        serialNumber AS serialnumber, distanceFromObject AS distancefromobject
      FROM {feed("step_trainer", STEP_TRAINER)}
      WHERE serialnumber IN (SELECT serialnumber FROM bench.customers_curated)""")
    write("machine_learning_curated", """
      SELECT s.customer AS customer, multiIf(substring(s.customer, 1, 4) < 'cccd', 'train',
          substring(s.customer, 1, 4) < 'e666', 'validation', 'test') AS split,
        a.timestamp AS timestamp, s.distancefromobject AS distancefromobject, a.x AS x, a.y AS y, a.z AS z
      FROM bench.accelerometer_trusted a JOIN (
        SELECT c.customer, c.email, t.sensorreadingtime, t.distancefromobject
        FROM bench.step_trainer_trusted t JOIN bench.customers_curated c ON c.serialnumber = t.serialnumber) s
      ON s.email = a.user AND s.sensorreadingtime = a.timestamp""")


main()
