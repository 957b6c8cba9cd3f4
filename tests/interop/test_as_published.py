"""The rules of pipelines/stedi-as-published, written a second time in plain SQL over the landing tables, give the rows
of its five tables: on the 2023 sample, where it is at hand, and on made-up people who have several records each.
Breaking any of the rules on purpose gives other rows, so each of them matters."""
import json
import random

import lakes

PROJECT = lakes.ROOT / "pipelines/stedi-as-published"
AS_OF = "2026-06-01"
PEOPLE = 150

# Table -> a SELECT of its rows, which reads the landing tables c, a and s and the tables above it.
ORACLE = {
    "customers_trusted": """
        WITH distinct_records AS (
            SELECT DISTINCT customername, email, phone, birthday, serialnumber, registrationdate, lastupdatedate,
                   sharewithresearchasofdate AS research, sharewithpublicasofdate AS public, sharewithfriendsasofdate
            FROM c),
        repaired AS (
            SELECT * REPLACE (left('19', 10 - length(birthday)) || birthday AS birthday)
            FROM distinct_records WHERE length(birthday) IN (8, 9, 10)),
        aged AS (
            SELECT *, round((DATE '{as_of}' - CAST(try_strptime(birthday, '%Y-%m-%d') AS DATE)) / 365.0) AS age
            FROM repaired WHERE strftime(try_strptime(birthday, '%Y-%m-%d'), '%Y-%m-%d') = birthday AND birthday >= '0001')
        SELECT customername, email, phone, max(birthday), serialnumber, min(registrationdate), max(lastupdatedate),
               max(research), max(public)
        FROM aged WHERE age < {max_age} AND research >= 1 GROUP BY serialnumber, email, customername, phone""",
    "accelerometer_trusted": """
        SELECT a.user, a.timestamp, a.x, a.y, a.z FROM a, customers_trusted t WHERE t.email = a.user""",
    "customers_curated": """
        SELECT DISTINCT t.* FROM customers_trusted t, accelerometer_trusted r WHERE r.user = t.email""",
    "step_trainer_trusted": """
        SELECT DISTINCT s.sensorreadingtime, s.serialnumber, s.distancefromobject
        FROM s, customers_curated u WHERE u.serialnumber = s.serialnumber""",
    "machine_learning_curated": """
        SELECT r.user, d.serialnumber, r.timestamp, d.distancefromobject, r.x, r.y, r.z
        FROM step_trainer_trusted d, accelerometer_trusted r WHERE d.sensorreadingtime = r.timestamp""",
}
COLUMNS = {"customers_trusted": "customername, email, phone, birthday, serialnumber, registrationdate, lastupdatedate, "
                                "sharewithresearchasofdate, sharewithpublicasofdate",
           "accelerometer_trusted": "user, timestamp, x, y, z",
           "step_trainer_trusted": "sensorreadingtime, serialnumber, distancefromobject",
           "machine_learning_curated": "user, serialnumber, timestamp, distancefromobject, x, y, z"}
COLUMNS["customers_curated"] = COLUMNS["customers_trusted"]

# A table, a part of its rule, and a wrong text in place of that part.
BROKEN = (
    ("customers_trusted", "AND research >= 1 GROUP BY serialnumber, email, customername, phone",
     "GROUP BY serialnumber, email, customername, phone HAVING max(research) >= 1"),
    ("customers_trusted", "age < {max_age} AND", "age <= {max_age} AND"),
    ("customers_trusted", "round((", "floor(("),
    ("customers_trusted", "min(registrationdate)", "max(registrationdate)"),
    ("customers_trusted", "max(birthday)", "min(birthday)"),
    ("customers_trusted", "max(lastupdatedate)", "min(lastupdatedate)"),
    ("customers_trusted", "IN (8, 9, 10)", "IN (9, 10)"),
    ("customers_trusted", "max(public)", "min(public)"),
    ("accelerometer_trusted", "SELECT a", "SELECT DISTINCT a"),
    ("customers_curated", "DISTINCT", ""),
    ("step_trainer_trusted", "DISTINCT", ""),
    ("machine_learning_curated", "SELECT r", "SELECT DISTINCT r"),
)


def write_feed(landing, name, records):
    folder = landing / name / "landing"
    folder.mkdir(parents=True)
    (folder / "made_up.json").write_text("".join(json.dumps(record) + "\n" for record in records))


def made_up_people(seed):
    """Makes a landing folder of people with several records, devices that change hands, and equal times of readings."""
    choice = random.Random(seed)
    birthdays = ["1980-02-29", "985-05-17", "90-05-17", "2001-12-31", "1399-01-01", "1990-02-30", "1990-5-17", "",
                 "unknown", "0000-01-01", "2030-01-01", "1906-12-31", "1907-01-01", "1906-09-01", None]
    dates = [None, -1, 0, 1, 1_655_000_000_000, 1_660_000_000_000, 1_670_000_000_000, 1_690_000_000_000]
    landing = lakes.scratch_folder() / "landing"
    customers = []
    for person in range(PEOPLE):
        device = choice.randint(0, PEOPLE // 2)
        for _ in range(choice.randint(1, 6)):
            record = {"customerName": f"Person {person}", "email": f"p{person}@example.com", "phone": choice.choice(["1", "2"]),
                      "birthDay": choice.choice(birthdays), "serialNumber": f"s{device + choice.randint(0, 1)}",
                      "registrationDate": choice.choice(dates), "lastUpdateDate": choice.choice(dates),
                      "shareWithResearchAsOfDate": choice.choice(dates), "shareWithPublicAsOfDate": choice.choice(dates),
                      "shareWithFriendsAsOfDate": choice.choice(dates)}
            for key in ("email", "phone", "serialNumber", "customerName"):
                if choice.random() < 0.03:
                    record[key] = None
            customers += [record] * choice.choice([1, 1, 1, 2])
    write_feed(landing, "customer", customers)
    write_feed(landing, "accelerometer", [
        {"user": f"p{choice.randint(0, PEOPLE * 5 // 4)}@example.com", "timestamp": choice.randint(1, 400),
         "x": choice.choice([0.5, -0.0, 0.0, None]), "y": 1, "z": choice.randint(0, 1)} for _ in range(3000)])
    write_feed(landing, "step_trainer", [
        {"sensorReadingTime": choice.randint(1, 400), "serialNumber": f"s{choice.randint(0, PEOPLE)}",
         "distanceFromObject": choice.choice([1, 2, None])} for _ in range(3000)])
    return landing


def oracle_rows(tables, max_age, broken=(None, None, None)):
    """Returns table -> its rows by the oracle. `broken` is one row of BROKEN; `tables` comes from catalog_rows."""
    connection = lakes.duckdb_connection()
    for name, landing in (("c", "customers"), ("a", "accelerometer"), ("s", "step_trainer")):
        connection.execute(f"CREATE TABLE {name} AS SELECT * FROM iceberg_scan('{tables[landing + '_landing']}')")
    rows = {}
    for table, sql in ORACLE.items():
        if table == broken[0]:
            assert broken[1] in sql, broken
            sql = sql.replace(broken[1], broken[2], 1)
        connection.execute(f"CREATE TABLE {table} ({COLUMNS[table]}) AS {sql.format(as_of=AS_OF, max_age=max_age)}")
        rows[table] = lakes.canonical_rows(connection.execute(f"FROM {table}").fetchall())
    return rows


class AsPublishedTest(lakes.LakeTest):
    def made(self, landing, max_age):
        """Runs the project. Returns the tables of its lake."""
        lake = lakes.scratch_folder() / "lake"
        lakes.refresh(lake, landing, PROJECT, as_of=AS_OF, max_age=max_age)
        return lakes.catalog_rows(lake, namespace="stedi_as_published")

    def test_tables_equal_the_oracle(self):
        folders = [(f"made up, {seed}", made_up_people(seed)) for seed in (1, 2)]
        folders += lakes.landing_folders()
        for name, landing in folders:
            for max_age in (120, 3000):
                tables = self.made(landing, max_age)
                for table, rows in oracle_rows(tables, max_age).items():
                    with self.subTest(f"{name}, max_age={max_age}: {table}"):
                        self.assertGreater(rows.total(), 0)
                        self.assert_same_rows(table, rows, lakes.stored_rows(tables[table]))

    def test_a_broken_rule_is_seen(self):
        tables = self.made(made_up_people(1), 120)
        ours = {table: lakes.stored_rows(tables[table]) for table in ORACLE}
        for broken in BROKEN:
            with self.subTest(broken[2]):
                self.assertNotEqual(oracle_rows(tables, 120, broken)[broken[0]], ours[broken[0]])


if __name__ == "__main__":
    lakes.main()
