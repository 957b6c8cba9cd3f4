"""The project exported for Spark, run by its run.py on Spark 4.1.1, makes the tables that stedi makes."""
import json
import pathlib
import shutil
import sqlite3

import exports
import lakes


def setUpModule():
    exports.skip_without("4.1")


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
        """News, no news, and a broken promise."""
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

    @staticmethod
    def metadata(lake):
        with sqlite3.connect(f"file:{lake}/catalog.db?mode=ro", uri=True) as database:
            rows = database.execute("SELECT table_namespace || '.' || table_name, metadata_location"
                                    " FROM iceberg_tables")
            return {name: json.loads(pathlib.Path(lakes.local_path(path)).read_text()) for name, path in rows}

    def states(self, lake):
        """table -> its current snapshot."""
        return {name: metadata["current-snapshot-id"] for name, metadata in self.metadata(lake).items()}


if __name__ == "__main__":
    lakes.main()
