"""The Iceberg tables of one database in a Spark catalog, which are staged where no reader looks and then published.

A table that exists is staged in a branch and published by fast_forward. A table that does not exist is created in the
database <database>_ops and renamed when it is published, so that nobody sees it empty.
"""
import uuid

from pyspark.sql.functions import lit

FILE_COLUMN = "_source_file"  # every feed has it
QUARANTINE = {
    "name": "quarantine", "comment": "Every landing record and derived row that was kept out, and why.",
    "without_bounds": ["file"],
    "columns": [
        {"name": "table_name", "type": "STRING", "comment": "the landing or derived table it was kept out of"},
        {"name": "reason", "type": "STRING", "comment": "reject reason, or name of the expectation"},
        {"name": "column_name", "type": "STRING", "comment": "the column that its value does not fit"},
        {"name": "found", "type": "STRING", "comment": "what kind of value the record has there"},
        {"name": "wanted", "type": "STRING", "comment": "what the contract wants there"},
        {"name": "file", "type": "STRING", "comment": "landing file, relative to the feed's folder"},
        {"name": "byte_offset", "type": "BIGINT", "comment": "decoded bytes from the start of the file"},
        {"name": "byte_length", "type": "BIGINT", "comment": "decoded bytes"},
        {"name": "raw", "type": "BINARY", "pii": True, "comment": "the bytes (the first 64 KiB), or the row as JSON"},
        {"name": "run_id", "type": "STRING", "comment": "the run that put it here"}]}
FILES = {
    "name": "files", "comment": "What is known of each landing file.", "without_bounds": ["file"], "columns": [
        {"name": name, "type": kind, "comment": comment} for name, kind, comment in (
            ("feed", "STRING", "the landing table"), ("file", "STRING", "path relative to the feed's folder"),
            ("status", "STRING", "loaded, replaced or redelivered"), ("size_bytes", "BIGINT", "as stored"),
            ("mtime_ns", "BIGINT", "when it was written, nanoseconds since 1970"),
            ("content_hash", "STRING", "SHA-256 of the stored bytes"), ("decoded_bytes", "BIGINT", "when decoded"),
            ("records", "BIGINT", "accepted"), ("rejected", "BIGINT", "in the quarantine"),
            ("accepted_bytes", "BIGINT", "of records"), ("quarantined_bytes", "BIGINT", "of rejections"),
            ("whitespace_bytes", "BIGINT", "between them"), ("framing_bytes", "BIGINT", "brackets, commas, BOM"),
            ("run_id", "STRING", "the run that read it"), ("decoding", "STRING", "plain, gzip or zstd"))]}
_COMMITS_MAX = 10


class LakeError(Exception):
    """The lake cannot be read or written. The message is one line for the user."""


def sql_literal(text):
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _quoted(*names):
    return ".".join(f"`{name}`" for name in names)


def all_columns(definition):
    """Returns the columns of the contract or table, then those that every feed adds."""
    return list(definition["columns"]) + list(definition.get("added_columns", ()))


def table_properties(definition):
    pii = {c["name"] for c in all_columns(definition) if c.get("pii")}
    properties = {"format-version": "2", "write.parquet.compression-codec": "zstd"}
    if pii:
        properties["stedi.pii"] = ",".join(sorted(pii))
    # The names of landing files may contain e-mail addresses, too.
    files = {c["name"] for c in all_columns(definition)} & {FILE_COLUMN}
    without_bounds = pii | files | set(definition.get("without_bounds", ()))
    properties.update({f"write.metadata.metrics.column.{name}": "none" for name in sorted(without_bounds)})
    properties.update(definition.get("properties", {}))
    return properties


class StagedTable:
    """A table as this run sees it. `relation` is the name to read it by, whether it is published or staged."""

    def __init__(self, lake, name, database):
        self.lake, self.name, self.database = lake, name, database
        self.published = _quoted(lake.catalog, database, name)
        self.relation = self.published
        self.is_new = False     # created by this run, under another name
        self.branch = None      # the branch of this run in a table that exists


class Lake:
    def __init__(self, spark, catalog, database, run_id):
        self.spark, self.catalog, self.database, self.run_id = spark, catalog, database, run_id
        self.ops_database = f"{database}_ops"
        self.branch = f"stedi_{uuid.UUID(run_id).hex}"
        # For statements such as DELETE, which take no options.
        spark.conf.set("spark.sql.iceberg.snapshot-property.stedi.run-id", run_id)
        for name in (database, self.ops_database):
            found = spark.sql(f"SHOW NAMESPACES IN {_quoted(catalog)}").collect()
            if name not in {row[0].strip("`") for row in found}:
                spark.sql(f"CREATE NAMESPACE IF NOT EXISTS {_quoted(catalog, name)}")

    def open(self, name, database=None):
        return StagedTable(self, name, database or self.database)

    def exists(self, table):
        return self.spark.catalog.tableExists(table.relation)

    def refresh(self, table):
        self.spark.sql(f"REFRESH TABLE {table.published}")

    def location_of(self, table):
        """Returns the location that the table has under its own name."""
        rows = self.spark.sql(f"DESCRIBE NAMESPACE EXTENDED {_quoted(self.catalog, table.database)}").collect()
        for row in rows:
            if row[0] == "Location" and row[1]:
                return f"{row[1].rstrip('/')}/{table.name}"
        warehouse = self.spark.conf.get(f"spark.sql.catalog.{self.catalog}.warehouse")
        return f"{warehouse.rstrip('/')}/{table.database}/{table.name}"

    def stage(self, table, definition, is_feed=False):
        """Makes the table ready for writing: `relation` becomes a branch, or a new table that no reader looks at."""
        if table.is_new or table.branch:
            return
        if self.spark.catalog.tableExists(table.published):
            self.refresh(table)
            self._align(table, definition, is_feed)
            self.spark.sql(f"ALTER TABLE {table.published} CREATE OR REPLACE BRANCH {_quoted(self.branch)}")
            table.branch = self.branch
            table.relation = f"{table.published}.{_quoted('branch_' + self.branch)}"
            return
        columns = all_columns(definition)
        table.is_new = True
        table.relation = _quoted(self.catalog, self.ops_database, f"{table.name}_{self.branch}")
        listed = ", ".join(f"{_quoted(c['name'])} {c['type']} COMMENT {sql_literal(c.get('comment') or '')}" if
                           c.get("comment") else f"{_quoted(c['name'])} {c['type']}" for c in columns)
        properties = ", ".join(f"{sql_literal(key)} = {sql_literal(value)}"
                               for key, value in table_properties(definition).items())
        comment = f"COMMENT {sql_literal(definition['comment'])}" if definition.get("comment") else ""
        self.spark.sql(f"CREATE TABLE {table.relation} ({listed}) USING iceberg {comment} "
                       f"LOCATION {sql_literal(self.location_of(table))} TBLPROPERTIES ({properties})")

    def _align(self, table, definition, is_feed):
        """Gives a table the columns, comments and properties of its definition. Readers see this at once."""
        alter = f"ALTER TABLE {table.published}"
        columns = all_columns(definition)
        fields = {field.name: field for field in self.spark.table(table.published).schema.fields}
        before = None
        for column in columns:
            name, kind, comment = column["name"], column["type"].upper(), column.get("comment") or ""
            place = f"AFTER {_quoted(before)}" if before else "FIRST"
            field = fields.get(name)
            old = field and _sql_type(field.dataType)
            if field and old != kind and (old, kind) not in (("INT", "BIGINT"), ("FLOAT", "DOUBLE")):
                if is_feed:
                    raise LakeError(f"table {table.name}: column {name} is {old}, not {kind}: drop the table and "
                                    "its rows in the files table to load it anew")
                self.spark.sql(f"{alter} DROP COLUMN {_quoted(name)}")
                field = None
            if not field:
                about = f"COMMENT {sql_literal(comment)}" if comment else ""
                self.spark.sql(f"{alter} ADD COLUMN {_quoted(name)} {kind} {about} {place}")
            elif old != kind:
                self.spark.sql(f"{alter} ALTER COLUMN {_quoted(name)} TYPE {kind}")
            if field and (field.metadata.get("comment") or "") != comment:
                self.spark.sql(f"{alter} ALTER COLUMN {_quoted(name)} COMMENT {sql_literal(comment)}")
            before = name
        names = [column["name"] for column in columns]
        if not is_feed:
            for name in set(fields) - set(names):
                self.spark.sql(f"{alter} DROP COLUMN {_quoted(name)}")
            before = None
            for position, name in enumerate(names):
                if self.spark.table(table.published).columns[position] != name:
                    place = f"AFTER {_quoted(before)}" if before else "FIRST"
                    self.spark.sql(f"{alter} ALTER COLUMN {_quoted(name)} {place}")
                before = name
        self._align_properties(table, definition)

    def _align_properties(self, table, definition):
        wanted = table_properties(definition)
        if definition.get("comment"):
            wanted["comment"] = definition["comment"]
        found = {row[0]: row[1] for row in self.spark.sql(f"SHOW TBLPROPERTIES {table.published}").collect()}
        changed = {key: value for key, value in wanted.items()
                   if key != "format-version" and found.get(key) != value}
        if changed:
            listed = ", ".join(f"{sql_literal(key)} = {sql_literal(value)}" for key, value in changed.items())
            self.spark.sql(f"ALTER TABLE {table.published} SET TBLPROPERTIES ({listed})")

    def append(self, table, frame, **summary):
        self._writer(table, frame, summary).append()

    def overwrite(self, table, frame, **summary):
        """Replaces all rows of the table in one snapshot."""
        self._writer(table, frame, summary).overwrite(lit(True))

    def _writer(self, table, frame, summary):
        writer = frame.writeTo(table.relation).option("snapshot-property.stedi.run-id", self.run_id)
        for key, value in summary.items():
            writer = writer.option(f"snapshot-property.stedi.{key}", value)
        return writer

    def delete(self, table, condition):
        self.spark.sql(f"DELETE FROM {table.relation} WHERE {condition}")

    def summary(self, table, key):
        """Returns a value from the summary of the current published snapshot, or None."""
        rows = self.spark.sql(f"SELECT s.summary['{key}'] FROM {table.published}.refs r JOIN {table.published}"
                              ".snapshots s ON s.snapshot_id = r.snapshot_id WHERE r.name = 'main'").collect()
        return rows[0][0] if rows else None

    def publish(self, table):
        """Shows what is staged to all readers, at once. Raises LakeError when another program changed the table
        first."""
        if table.is_new:
            if self.spark.catalog.tableExists(table.published):
                raise LakeError(f"table {table.name} was made by another program meanwhile: run again")
            self.spark.sql(f"ALTER TABLE {table.relation} RENAME TO {_quoted(table.database, table.name)}")
            table.is_new, table.relation = False, table.published
        elif table.branch:
            try:
                self.spark.sql(f"CALL {_quoted(self.catalog)}.system.fast_forward("
                               f"{sql_literal(f'{table.database}.{table.name}')}, 'main', {sql_literal(self.branch)})")
            except Exception as error:
                if "fast-forward" not in str(error) and "ancestor" not in str(error):
                    raise
                raise LakeError(f"table {table.name}: another program changed it during the run: its change stays, "
                                "this run's is not published for it and the tables after it: run again") from error
            self._drop_branch(table)
            table.relation = table.published

    def discard(self, table):
        """Drops what is staged. Its data files stay behind, unreferenced."""
        if table.is_new:
            self.spark.sql(f"DROP TABLE IF EXISTS {table.relation}")
        elif table.branch:
            self._drop_branch(table)
        table.is_new, table.relation = False, table.published

    def _drop_branch(self, table):
        self.spark.sql(f"ALTER TABLE {table.published} DROP BRANCH IF EXISTS {_quoted(self.branch)}")
        table.branch = None

    def change_log(self, definition, database, changes):
        """Publishes `changes` of a table that several jobs write: a list of (condition of rows to delete or None, frame
        of rows to add or None). When another job publishes first, the changes are made again on its result."""
        for attempt in range(_COMMITS_MAX):
            table = self.open(definition["name"], database)
            self.stage(table, definition)
            for condition, frame in changes:
                if condition and not table.is_new:
                    if self.spark.table(table.relation).where(condition).limit(1).count():
                        self.delete(table, condition)
                if frame is not None:
                    self.append(table, frame)
            try:
                return self.publish(table)
            except LakeError:
                self.discard(table)
                if attempt + 1 == _COMMITS_MAX:
                    raise


def _sql_type(data_type):
    return data_type.simpleString().upper()
