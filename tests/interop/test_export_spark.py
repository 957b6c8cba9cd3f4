"""The project exported for Spark, run by its run.py on Spark 4.1.1, makes the tables that stedi makes."""
import json
import pathlib
import shutil
import sqlite3
import sys

import exports
import lakes

sys.path.insert(0, str(lakes.ROOT / "tests/property"))
import consent


def setUpModule():
    exports.skip_without("4.1")


# Two runs stage rows of one table, and the second publishes first. Prints what happens to the first.
RACE = """
import sys
folder, catalog = sys.argv[1:]
sys.path.insert(0, folder)
from pyspark.sql import SparkSession
from stedi_runtime.lake import Lake, LakeError, QUARANTINE
from stedi_runtime.run import new_run_id
spark = SparkSession.builder.getOrCreate()
definition = {"name": "t", "columns": [{"name": "n", "type": "BIGINT"}]}
rows = spark.range(3).selectExpr("id AS n")
first, second = (Lake(spark, catalog, "race", new_run_id()) for _ in range(2))
made = first.open("t")
first.stage(made, definition)
first.append(made, rows)
first.publish(made)
tables = []
for lake in (first, second):
    tables.append(lake.open("t"))
    lake.stage(tables[-1], definition)
    lake.append(tables[-1], rows)
second.publish(tables[1])
try:
    first.publish(tables[0])
except LakeError as error:
    print("REFUSED", error)
print("ROWS", spark.table(f"{catalog}.race.t").count())
# A table that several jobs write: the one that was late begins again.
entry = spark.sql("SELECT 'f' AS table_name, 'malformed' AS reason, 'x' AS file, 0L AS byte_offset, 1L AS byte_length, "
                  "cast('a' AS BINARY) AS raw, 'r' AS run_id")
first.change_log(QUARANTINE, "race", [(None, entry)])
publish, between = first.publish, [True]
def late(table):
    if between.pop() if between else False:
        second.change_log(QUARANTINE, "race", [(None, entry)])
    publish(table)
first.publish = late
first.change_log(QUARANTINE, "race", [(None, entry)])
print("ENTRIES", spark.table(f"{catalog}.race.quarantine").count())
"""


class SparkExportTest(exports.ExportTest):
    version = "4.1"

    def test_all_tables_equal_the_embedded_run(self):
        for name, landing in exports.landings():
            for project in exports.PROJECTS:
                with self.subTest(f"{name} {project.name}"):
                    ours, (catalog, theirs) = lakes.scratch_folder() / "lake", self.new_lake()
                    exports.run_embedded(project, landing, ours)
                    folder = exports.export("spark", project)
                    self.run_runner(folder, project, landing, catalog, theirs)
                    self.assert_equal_lakes(project, ours, theirs)

    def test_later_runs(self):
        """A run without news, a run that breaks an expectation, and a run with news."""
        project, landing = exports.PROJECTS[0], exports.demo_landing()
        ours, (catalog, theirs) = lakes.scratch_folder() / "lake", self.new_lake()
        folder = exports.export("spark", project)
        self.run_runner(folder, project, landing, catalog, theirs)
        self.assertIn("no news", self.run_runner(folder, project, landing, catalog, theirs))
        changed = exports.change(landing)
        for step in (landing, changed):
            exports.run_embedded(project, step, ours)
        broken = shutil.copytree(folder, lakes.scratch_folder() / "broken")
        model = json.loads((broken / "pipeline.json").read_text())
        last = model["tables"][-1]
        last["expectations"].append(
            {"name": "empty", "kind": "expect", "action": "fail", "sql": f"SELECT * FROM {last['name']}"})
        (broken / "pipeline.json").write_text(json.dumps(model))
        before = self.states(theirs)
        output = self.run_runner(broken, project, changed, catalog, theirs, status=1)
        self.assertIn("expectation empty", output)
        self.assertEqual(self.states(theirs), before)
        output = self.run_runner(folder, project, changed, catalog, theirs)
        self.assertIn("accelerometer_landing: 1 files", output)
        self.assertIn("1 re-delivered", output)
        self.assert_equal_lakes(project, ours, theirs)
        for metadata in self.metadata(theirs).values():
            self.assertEqual(list(metadata["refs"]), ["main"], "a branch was left behind")

    def test_consent_of_random_persons(self):
        """Fifty steps of the property test in one run: stedi gives what its model says, and Spark the same."""
        lake = consent.Lake(lakes.arguments.stedi, lakes.scratch_folder())
        files = consent.draw_many(seed=1, steps=50)
        for name, data in files.items():
            (lake.customers / name).write_bytes(data)
        lake.run()
        inside, held_back = consent.check(lake, files)
        self.assertGreater(min(inside, held_back), 20)
        project, (catalog, theirs) = exports.PROJECTS[0], self.new_lake()
        output = self.run_runner(exports.export("spark", project), project, lake.landing, catalog, theirs)
        self.assertIn("consent unclear: ", output)
        self.assert_equal_lakes(project, lake.lake, theirs)

    def test_another_program_was_first(self):
        catalog, lake = self.new_lake()
        script = lakes.scratch_folder() / "race.py"
        script.write_text(RACE)
        output = self.run_script(catalog, lake, script, exports.export("spark", exports.PROJECTS[0]), catalog)
        self.assertIn("REFUSED table t: another program changed it during the run", output)
        self.assertIn("ROWS 6\n", output)
        self.assertIn("ENTRIES 3\n", output)

    def test_rows_that_are_taken_out(self):
        """Expectations with the actions drop and quarantine."""
        project = shutil.copytree(exports.PROJECTS[0], lakes.scratch_folder() / "stedi")
        for table, condition, action in (("accelerometer_trusted", "x >= y", "quarantine"),
                                         ("step_trainer_trusted", "distancefromobject > 246", "drop")):
            path = next((project / "transformations").rglob(f"{table}.sql"))
            path.write_text(path.read_text().replace(
                "TBLPROPERTIES (", f"TBLPROPERTIES ('expect.out' = '{condition}', 'expect.out.action' = '{action}',", 1))
        ours, (catalog, theirs) = lakes.scratch_folder() / "lake", self.new_lake()
        landing = exports.demo_landing()
        exports.run_embedded(project, landing, ours)
        output = self.run_runner(exports.export("spark", project), project, landing, catalog, theirs)
        for action in ("quarantine", "drop"):
            self.assertRegex(output, rf"expectation out \({action}\): [1-9]")
        self.assert_equal_lakes(project, ours, theirs)

    def test_guards_hold_up_no_withdrawal(self):
        """Both engines fail for the same reasons, and take out the same people."""
        project = exports.PROJECTS[0]
        folder = exports.export("spark", project)
        ours, (catalog, theirs) = lakes.scratch_folder() / "lake", self.new_lake()
        landing = lakes.scratch_folder() / "landing"
        moment = 1655564376361

        def write(path, *records):
            (landing / path).parent.mkdir(parents=True, exist_ok=True)
            (landing / path).write_text("".join(json.dumps(record) + "\n" for record in records))

        def customer(name, **more):
            return {"email": f"{name}@example.com", "birthDay": "1990-05-17", "serialNumber": f"s-{name}",
                    "lastUpdateDate": moment, **more}

        def steps(shift):
            return [{"sensorReadingTime": moment + shift, "serialNumber": f"s-{name}", "distanceFromObject": 1}
                    for name in ("ann", "bob", "cem")]

        def run_both(*words, status):
            exports.run_embedded(project, landing, ours, *words, status=status)
            output = self.run_runner(folder, project, landing, catalog, theirs, *words, status=status)
            self.assert_equal_lakes(project, ours, theirs)
            return output

        agreed = {"shareWithResearchAsOfDate": moment}
        write("customer/landing/1.json", *(customer(name, **agreed) for name in ("ann", "bob", "cem")))
        write("accelerometer/landing/1.json", *({"user": f"{name}@example.com", "timestamp": moment, "x": 1.0, "y": 1.0,
                                                 "z": 1.0} for name in ("ann", "bob", "cem")))
        write("step_trainer/landing/1.json", *steps(0))
        run_both(status=0)
        write("customer/landing/2.json", customer("ann", lastUpdateDate=moment + 1))
        write("step_trainer/landing/1.json", *steps(3))
        output = run_both(status=1)
        self.assertIn("machine_learning_curated: no row, though", output)
        self.assertIn("machine_learning_curated: 1 rows of people who withdrew were taken out", output)
        write("step_trainer/landing/1.json", *steps(0))
        write("step_trainer/landing/2.json", *({"sensorReadingTime": True} for _ in range(10)))
        write("customer/landing/3.json", customer("bob", lastUpdateDate=moment + 1))
        output = run_both(status=1)
        self.assertIn("step_trainer_landing: 10 of 10 records in new files rejected", output)
        self.assertIn("machine_learning_curated: 1 rows of people who withdrew were taken out", output)
        run_both("--allow-shrink", status=0)
        write("customer/landing/4.json", customer("cem", lastUpdateDate=moment + 1))
        run_both(status=0)
        output = self.run_runner(folder, project, landing, catalog, theirs, "--set", "stedi.max_age=-1", status=2)
        self.assertIn("stedi.max_age = '-1' is outside 0 to 3000", output)

    @staticmethod
    def metadata(lake):
        with sqlite3.connect(f"file:{lake}/catalog.db?mode=ro", uri=True) as database:
            rows = database.execute("SELECT table_namespace || '.' || table_name, metadata_location"
                                    " FROM iceberg_tables")
            return {name: json.loads(pathlib.Path(lakes.local_path(path)).read_text()) for name, path in rows}

    def states(self, lake):
        """Returns table -> id of its current snapshot."""
        return {name: metadata["current-snapshot-id"] for name, metadata in self.metadata(lake).items()}


if __name__ == "__main__":
    lakes.main()
