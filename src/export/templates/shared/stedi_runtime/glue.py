"""What an AWS Glue job of the export does: one feed or one table, from staging to publishing.

A job script holds its definition as a Python literal and ends in one call:

    from stedi_runtime.glue import landing_job, table_job
    landing_job(FEED)      # or table_job(TABLE)
"""


def landing_job(feed):
    """Loads the new files of a feed below the argument --landing into its table, and exits.

    feed: name, folder, comment, columns, pii, properties, expectations, parameters, as in pipeline.json.
    """
    raise NotImplementedError


def table_job(table):
    """Builds a table from the published tables that it reads, audits and publishes it, and exits.

    table: name, comment, select, columns, pii, properties, expectations, inputs, depends_on, parameters.
    """
    raise NotImplementedError
