"""Runs one AWS Glue job of the export: one feed or one table, from staging to publishing.

A job script holds its definition as a Python literal and ends in one call:

    from stedi_runtime.glue import landing_job, table_job
    landing_job(FEED)      # or table_job(TABLE)
"""
import datetime
import os
import re
import sys

from awsglue.utils import getResolvedOptions
from pyspark.sql import SparkSession

from .folders import feed_folder
from .parameters import AS_OF, LANDING, PSEUDONYM_KEY, ParameterError, check_rules, check_value
from .run import Run, exit_status, today

_WORKFLOW = ("WORKFLOW_NAME", "WORKFLOW_RUN_ID")  # Glue gives both to the jobs of a workflow


def landing_job(feed):
    """Loads the new files of a feed below the argument --landing into its table, and publishes them.

    feed: a feed as pipeline.json has it, without the keys that no job reads.
    Raises SystemExit with status 1 when an expectation failed and nothing was published, 2 for faults of the input or
    the environment.
    """
    def load(run, options):
        run.load_feed(feed, feed_folder(options["landing"], feed["folder"]))

    _job(feed, ["landing"], load)


def table_job(table):
    """Builds a table from the published tables that it reads, audits and publishes it.

    table: a table as pipeline.json has it, without the keys that no job reads.
    """
    def build(run, _):
        names = [name for name in table["depends_on"] if name != table["name"]]
        run.show_published(names, table.get("derived", ()))
        run.build_table(table)

    _job(table, [], build)


def argument_of(parameter):
    """Returns the name of the job argument for a parameter: max_age for stedi.max_age."""
    return re.sub(r"[^A-Za-z0-9_]", "_", parameter.rsplit(".", 1)[-1])


def _job(definition, arguments, work):
    wanted = ["catalog", "database", *arguments]
    names = [name for name in definition.get("parameters", []) if name not in (AS_OF, PSEUDONYM_KEY, LANDING)]
    wanted += [argument_of(name) for name in names]
    if LANDING in definition.get("parameters", []):
        wanted.append("landing")
    # getResolvedOptions has no optional arguments.
    wanted += [name for name in ("as_of", "allow_shrink", "pseudonym_key_secret_id", *_WORKFLOW) if _is_given(name)]
    options = getResolvedOptions(sys.argv, list(dict.fromkeys(wanted)))

    def whole():
        values = {name: check_value(name, options[argument_of(name)]) for name in names}
        if AS_OF in definition.get("parameters", []):
            values[AS_OF] = check_value(AS_OF, options.get("as_of") or _day_of_workflow(options))
        if LANDING in definition.get("parameters", []):
            values[LANDING] = check_value(LANDING, options["landing"])
        for name, value in values.items():
            check_rules(name, value, definition.get("parameter_rules", {}).get(name, {}))
        if PSEUDONYM_KEY in definition.get("parameters", []):
            values[PSEUDONYM_KEY] = check_value(PSEUDONYM_KEY, _secret(options))
        run = Run(SparkSession.builder.getOrCreate(), options["catalog"], options["database"], values,
                  allow_shrink=options.get("allow_shrink") == "true")
        with run.whole():
            work(run, options)

    status = exit_status(whole)
    if status:
        sys.exit(status)


def _is_given(argument):
    return any(word == f"--{argument}" or word.startswith(f"--{argument}=") for word in sys.argv)


def _day_of_workflow(options):
    """Returns the day, UTC, on which the workflow run started. All jobs of the run use this day."""
    if not options.get("WORKFLOW_RUN_ID"):
        return today()
    import boto3  # Glue has it; the tests do not
    run = boto3.client("glue").get_workflow_run(Name=options["WORKFLOW_NAME"], RunId=options["WORKFLOW_RUN_ID"])
    return run["Run"]["StartedOn"].astimezone(datetime.timezone.utc).strftime("%Y-%m-%d")


def _secret(options):
    key = os.environ.get("STEDI_PSEUDONYM_KEY")
    if key:
        return key
    import boto3
    if not options.get("pseudonym_key_secret_id"):
        raise ParameterError(f"{PSEUDONYM_KEY} is not set: give the job --pseudonym_key_secret_id")
    client = boto3.client("secretsmanager")
    return client.get_secret_value(SecretId=options["pseudonym_key_secret_id"])["SecretString"]
