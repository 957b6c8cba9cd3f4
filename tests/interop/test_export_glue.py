"""The exported AWS Glue 5.1 job scripts, run on Spark 3.5.6 with the real awsglue argument parser, make the tables that
stedi makes. Glue's own runtime and catalog are not here: an Iceberg JDBC catalog takes the place of the catalog."""
import json

import exports
import lakes


def setUpModule():
    exports.skip_without("3.5")


class GlueExportTest(exports.ExportTest):
    version = "3.5"

    def run_jobs(self, folder, project, landing, catalog, lake):
        """Runs all jobs in the order of the graph, as the workflow starts them."""
        model = json.loads((folder / "pipeline.json").read_text())
        values = {p["argument"]: exports.settings(project).get(p["name"], p["value"]) for p in model["parameters"]
                  if not p["secret"] and p["name"] != "stedi.landing"}
        words = [word for name, value in values.items() for word in (f"--{name}", value)]
        scripts = [f"landing_{feed['name']}.py" for feed in model["feeds"]]
        scripts += [f"{table['name']}.py" for table in model["tables"]]
        for script in scripts:
            path = folder / "glue-5.1" / script
            self.run_script(catalog, lake, path, "--JOB_NAME", script, "--catalog", catalog, "--database",
                            exports.database_of(project), "--landing", str(landing), *words)

    def test_all_tables_equal_the_embedded_run(self):
        for name, landing in exports.landings():
            for project in exports.PROJECTS:
                with self.subTest(f"{name} {project.name}"):
                    ours, (catalog, theirs) = lakes.scratch_folder() / "lake", self.new_lake()
                    exports.run_embedded(project, landing, ours)
                    self.run_jobs(exports.export("aws", project), project, landing, catalog, theirs)
                    self.assert_equal_lakes(project, ours, theirs)


if __name__ == "__main__":
    lakes.main()
