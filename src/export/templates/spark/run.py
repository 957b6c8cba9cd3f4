"""Runs this project on Spark: loads the new landing files, builds all tables, audits them, publishes them.

usage: spark-submit run.py [--landing DIR_OR_URI] [--set name=value].. [--allow-shrink] [--catalog NAME]
                           [--database NAME]
Exit status: 0 done, 1 an expectation failed and nothing was published, 2 input or environment.
"""
import argparse
import json
import pathlib
import sys

from pyspark.sql import SparkSession

FOLDER = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER))
from stedi_runtime.folders import feed_folder  # noqa: E402
from stedi_runtime.parameters import AS_OF, LANDING, PSEUDONYM_KEY, ParameterError, check_rules, check_value  # noqa: E402
from stedi_runtime.run import Run, exit_status, pseudonym_key, today  # noqa: E402


def read_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--landing", help="the folder or s3:// prefix that the feeds' folders are in")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="the value of a parameter")
    parser.add_argument("--allow-shrink", action="store_true",
                        help="go on where records, rows or partners of rows are fewer than a guard wants")
    parser.add_argument("--catalog", help="Spark's name of the catalog")
    parser.add_argument("--database", help="where the tables are")
    return parser.parse_args()


def parameter_values(project, arguments):
    """name -> value of each parameter that the project's SQL uses."""
    values = {p["name"]: p["value"] for p in project["parameters"]}
    for word in arguments.set:
        name, equals, value = word.partition("=")
        if not equals or name not in values:
            raise ParameterError(f"--set {word}: give it as name=value, of {', '.join(sorted(values))}")
        values[name] = value
    if arguments.landing:
        values[LANDING] = arguments.landing
    if AS_OF in values:
        values[AS_OF] = values[AS_OF] or today()
    for parameter in project["parameters"]:
        if not parameter["secret"]:
            check_rules(parameter["name"], values[parameter["name"]], parameter["rules"])
    if PSEUDONYM_KEY in values:
        values[PSEUDONYM_KEY] = pseudonym_key()
    return {name: check_value(name, value) for name, value in values.items()}


def main():
    arguments = read_arguments()
    project = json.loads((FOLDER / "pipeline.json").read_text(encoding="utf-8"))
    values = parameter_values(project, arguments)
    spark = SparkSession.builder.appName(project["name"]).getOrCreate()
    run = Run(spark, arguments.catalog or project["catalog"], arguments.database or project["database"], values,
              allow_shrink=arguments.allow_shrink)
    with run.whole():
        for feed in project["feeds"]:
            folder = feed_folder(values.get(LANDING, ""), feed["folder"])
            run.attempt(feed, lambda feed=feed, folder=folder: run.load_feed(feed, folder))
        for table in project["tables"]:
            run.attempt(table, lambda table=table: run.build_table(table))


if __name__ == "__main__":
    status = exit_status(main)
    if status:
        sys.exit(status)
