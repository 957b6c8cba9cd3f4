"""Guards end a run although no row breaks an expectation: they find disasters that nobody would notice."""

_REJECTED_OF_NEW_FILES_MIN = 10


def too_many_rejected(feed, known, records, rows, rejected):
    """Returns a message when more records of the new files are rejected than feed.max_rejected allows, else None. Fewer
    than ten rejected records count only if the share in all known files is too large as well."""
    share = feed.get("max_rejected", 1)
    if rejected <= share * (rows + rejected):
        return None
    files = {**known, **{record["file"]: record for record in records}}
    loaded = [file for file in files.values() if file["status"] != "redelivered"]
    all_rejected = sum(file["rejected"] for file in loaded)
    if (rejected < _REJECTED_OF_NEW_FILES_MIN
            and all_rejected <= share * (all_rejected + sum(file["records"] for file in loaded))):
        return None
    return (f"{feed['name']}: {rejected} of {rows + rejected} records in new files rejected, more than the share of "
            f"{share:g} that feed.max_rejected allows")


def empty_from_rows(spark, definition, had_rows):
    """Returns a message when a table has no row though every table that it reads has some, else None. If the table had
    no rows before, each table that it reads must have at least `may_be_empty_below` rows for that."""
    below, inputs = definition.get("may_be_empty_below", 0), definition.get("counted_inputs", ())
    if below is None or not inputs:
        return None
    least = 1 if had_rows else max(1, below)
    if any(spark.table(name).limit(least).count() < least for name in inputs):
        return None
    return (f"{definition['name']}: no row, though {', '.join(inputs)} have some; a table that may have none says "
            "'may_be_empty' = 'true'")
