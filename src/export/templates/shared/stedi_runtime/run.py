"""One run: it loads feeds, builds tables, audits what it has staged, and then publishes all of it."""
import contextlib
import datetime
import json
import os
import pathlib
import re
import secrets
import tempfile
import time
import uuid
import zipfile

from pyspark import StorageLevel
from pyspark.sql import functions as F
from pyspark.sql.types import BinaryType, LongType, StringType, StructField, StructType

from .feed_news import find_news
from .file_names import shown_file
from .folders import are_inside_one_another
from .guards import empty_from_rows, too_many_rejected
from .lake import FILE_COLUMN, FILES, QUARANTINE, Lake, LakeError, all_columns, sql_literal
from .landing_files import LandingError, list_feed
from .landing_source import REJECTED, REJECTION, REPORT, ROW, read_landing, schema_of
from .parameters import PSEUDONYM_KEY, ParameterError, replace_parameters
from .rejected_values import rows_of_raw
from .row_json import row_json
from .withdrawal import Withdrawal

# Errors that end a run with exit status 2. The user reads their messages.
USER_ERRORS = (LakeError, LandingError, ParameterError)
_KEPT = ("fail", "warn")
# Words in the class names of Spark's errors about a value of a row.
_ROW_ERRORS = ("CAST", "OVERFLOW", "ARITHMETIC", "DIVIDE", "DATETIME", "INVALID")


class ExpectationFailed(Exception):
    """An expectation with the action fail does not hold: nothing is published, and the exit status is 1."""


def new_run_id():
    """Returns a UUIDv7. These sort by time."""
    value = (time.time_ns() // 1_000_000 << 80) | secrets.randbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    return str(uuid.UUID(int=value & ~(0x3 << 62) | 0x2 << 62))


def today():
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d")


def prepare_session(spark, secret=None):
    """Makes the settings that a project's SQL is written for, and keeps a secret in the SQL out of plans and logs."""
    spark.conf.set("spark.sql.ansi.enabled", "true")
    spark.conf.set("spark.sql.ansi.doubleQuotedIdentifiers", "true")
    spark.conf.set("spark.sql.session.timeZone", "UTC")
    if secret:
        # The word "secret" in the value makes Spark redact this setting itself where it lists settings.
        spark.conf.set("spark.sql.redaction.string.regex", f"(?:secret){{0}}\\Q{secret}\\E")
    _ship_package(spark)


def _ship_package(spark):
    """Sends this package to the executors. On Glue, --extra-py-files has already done so."""
    package = pathlib.Path(__file__).parent
    if not package.is_dir() or getattr(spark.sparkContext, "_stedi_runtime", False):
        return
    archive = pathlib.Path(tempfile.mkdtemp(prefix="stedi-")) / "stedi_runtime.zip"
    with zipfile.ZipFile(archive, "w") as out:
        for file in package.glob("*.py"):
            out.write(file, f"stedi_runtime/{file.name}")
    spark.sparkContext.addPyFile(str(archive))
    spark.sparkContext._stedi_runtime = True


def masked(message):
    """Returns the first line of an error without the values that it quotes."""
    return re.sub(r"'[^']*'|\"[^\"]*\"", "'***'", str(message).split("\n")[0])


class Run:
    """`parameters`: name -> value of all parameters. `tell` prints a line for the user. `allow_shrink`: guards only
    warn."""

    def __init__(self, spark, catalog, database, parameters, tell=print, allow_shrink=False):
        self.spark, self.parameters, self.tell, self.allow_shrink = spark, parameters, tell, allow_shrink
        self.run_id = new_run_id()
        prepare_session(spark, parameters.get(PSEUDONYM_KEY))
        self.lake = Lake(spark, catalog, database, self.run_id)
        self._staged = []       # in the order in which they are published
        self._logs = []         # (definition, database, condition, frame), published after the tables
        self._cached = []
        self._broken = []
        self._errors = []       # of tables that could not be made; tables that read these are not made either
        self._failed = set()
        self._definitions = []  # of the tables that were built
        self._parents = []      # derived tables that are only read
        self._seen = {}         # plain name -> StagedTable

    def show_published(self, names, derived=()):
        """Makes tables that this run does not build readable by their plain names. `derived`: those that have a
        SELECT."""
        self._parents += derived
        for name in names:
            table = self.lake.open(name)
            if not self.lake.exists(table):
                raise LakeError(f"table {name} is not there yet: run what makes it first")
            self.lake.refresh(table)
            self._show(table)

    def _show(self, table):
        self._seen[table.name] = table
        self.spark.table(table.relation).createOrReplaceTempView(table.name)

    def attempt(self, definition, action):
        """Loads or builds a table. If something cannot be read, the run ends only after the other tables were tried, so
        that people who withdrew are found in any case."""
        names = {definition["name"]} | ({definition["rejected"]["name"]} if definition.get("rejected") else set())
        if self._failed & set(definition.get("depends_on", ())):
            self._failed |= names
            return
        try:
            action()
        except USER_ERRORS as error:
            self._failed |= names
            self._errors.append(error)

    def load_feed(self, feed, folder):
        """Stages the rows and the rejections of the new files of a feed below `folder`."""
        table = self.lake.open(feed["name"])
        files_folder = self.lake.location_of(table)
        if are_inside_one_another(files_folder, folder):
            raise LandingError(f"the lake's files ({files_folder}) and the landing folder of {feed['name']} ({folder}) "
                               "are inside one another: name another warehouse or --landing")
        passed_over = []
        filesystem, files = list_feed(folder, feed.get("files", ()), feed.get("follow_links", False), passed_over,
                                      _has_personal_files(feed))
        known = self._known_files(feed["name"]) if self.lake.exists(table) else {}
        news = find_news(feed["name"], filesystem, files, known)
        is_new = not self.lake.exists(table)
        self._tell_passed_over(feed, folder, files, passed_over, is_new)
        records = [{"run_id": self.run_id, **record} for record in news.settled]
        replaced = set(news.outdated) | {file.file for file in news.to_load}
        rows = rejected = 0
        if news.to_load or news.outdated or is_new or self._is_redefined(feed):
            items = self._keep(self._items(feed, folder, news.to_load))
            reports = self._reports(feed, folder, items)
            records += [self._record(feed, file, reports[file.file], file.file in news.outdated)
                        for file in news.to_load]
            rows, rejected = (sum(reports[f.file][key] for f in news.to_load) for key in ("records", "rejected"))
            self.lake.stage(table, feed, is_feed=True)
            self._staged.append(table)
            self._replace_rows(table, feed, items, replaced, is_new, rows)
            self._replace_rejected(feed, items, replaced, rejected)
            self._log_rejections(feed, items, replaced, rejected)
        if records or is_new:
            self._log_files(feed, records, is_new)
        self._show(table)
        if feed.get("rejected") and feed["rejected"]["name"] not in self._seen:
            self._show(self.lake.open(feed["rejected"]["name"]))
        redelivered = sum(record["status"] == "redelivered" for record in news.settled)
        self.tell(f"{feed['name']}: {len(news.to_load)} files, {rows} rows, {rejected} rejected, "
                  f"{redelivered} re-delivered")
        if line := too_many_rejected(feed, known, records, rows, rejected):
            self._guard(line)
        self._audit(feed)

    def _guard(self, line, is_by_withdrawal=lambda: False):
        if self.allow_shrink:
            self.tell(f"{line}; --allow-shrink lets it through")
        elif is_by_withdrawal():
            self.tell(f"{line}; it is so because people withdrew")
        else:
            self.tell(line)
            self._broken.append(f"{line} (--allow-shrink lets it through once)")

    def _tell_passed_over(self, feed, folder, files, passed_over, is_new):
        if not passed_over:
            return
        first = shown_file(passed_over[0], _has_personal_files(feed))
        if is_new and not files:
            raise LandingError(f"{feed['name']}: no file in {folder} has a name that is read, such as x.json "
                               f"({len(passed_over)} passed over, the first is {first}): name them in 'feed.files', or "
                               "put the landing files there")
        self.tell(f"{feed['name']}: {len(passed_over)} files passed over for their names (the first is {first}): "
                  "'feed.files' says which are read")

    def _items(self, feed, folder, files):
        if not files:
            return self.spark.createDataFrame([], schema_of(feed["columns"]))
        return read_landing(self.spark, folder, feed, files)

    def _keep(self, frame):
        self._cached.append(frame.persist(StorageLevel.DISK_ONLY))
        return frame

    def _known_files(self, feed):
        files = self.lake.open(FILES["name"], self.lake.ops_database)
        if not self.lake.exists(files):
            return {}
        self.lake.refresh(files)
        rows = self.spark.table(files.relation).where(F.col("feed") == feed).collect()
        return {row["file"]: row.asDict() for row in rows}

    @staticmethod
    def _reports(feed, folder, items):
        reports = {row[0]: json.loads(row[1]) for row in
                   items.where(F.col("_item") == REPORT).select("_source_file", "_detail").collect()}
        is_personal = _has_personal_files(feed)
        bad = [f"{feed['name']}: {folder}/{shown_file(file, is_personal)} {report['problem']}"
               for file, report in sorted(reports.items()) if report["problem"]]
        if bad:
            raise LandingError("\n".join(bad))
        return reports

    def _record(self, feed, file, report, is_replaced):
        report = {key: value for key, value in report.items() if key != "problem"}
        return {"feed": feed["name"], "file": file.file, "status": "replaced" if is_replaced else "loaded",
                "size_bytes": file.size_bytes, "mtime_ns": file.mtime_ns,
                "run_id": self.run_id, **report}

    def _replace_rows(self, table, feed, items, replaced, is_new, rows):
        """Stages the rows of the new files. Rows of these files that are already in the table, from older content or
        from a run that ended halfway, are deleted."""
        if not is_new and replaced:
            condition = _file_condition("_source_file", replaced)
            if self.spark.table(table.relation).where(condition).limit(1).count():
                self.lake.delete(table, condition)
        if rows or is_new:
            names = [c["name"] for c in all_columns(feed)]
            frame = items.where(F.col("_item") == ROW).withColumnRenamed("_detail", "_rescued").select(*names)
            current = self.spark.table(table.relation)
            for field in current.schema.fields:  # columns that the contract no longer names
                if field.name not in names:
                    frame = frame.withColumn(field.name, F.lit(None).cast(field.dataType))
            self.lake.append(table, frame)

    def _is_redefined(self, feed):
        """Whether a table of the feed lacks a column or does not exist."""
        definitions = [feed, feed["rejected"]] if feed.get("rejected") else [feed]
        for definition in definitions:
            table = self.lake.open(definition["name"])
            if not self.lake.exists(table):
                return True
            self.lake.refresh(table)
            if not {c["name"] for c in all_columns(definition)} <= set(self.spark.table(table.relation).columns):
                return True
        return False

    def _replace_rejected(self, feed, items, replaced, rejected):
        """Stages the table of the feed's rejected records. Its rows are replaced together with those of their files. If
        the table is new or has other columns, the rows for earlier rejections are made from the quarantine."""
        definition = feed.get("rejected")
        if not definition:
            return
        table, names = self.lake.open(definition["name"]), [c["name"] for c in definition["columns"]]
        is_new, other_columns = not self.lake.exists(table), False
        if not is_new:
            self.lake.refresh(table)
            other_columns = self.spark.table(table.relation).columns != names
        condition = _file_condition("_source_file", replaced) if replaced else None
        is_outdated = bool(not is_new and condition
                           and self.spark.table(table.relation).where(condition).limit(1).count())
        if is_new or other_columns or is_outdated or rejected:
            self.lake.stage(table, definition)
            self._staged.append(table)
            frame = (items.where(F.col("_item") == REJECTED).withColumnRenamed("_detail", "reason").select(*names))
            if is_new or other_columns:
                self.lake.overwrite(table, frame.unionByName(self._earlier_rejections(feed, replaced)))
            else:
                if is_outdated:
                    self.lake.delete(table, condition)
                if rejected:
                    self.lake.append(table, frame)
        self._show(table)

    def _earlier_rejections(self, feed, replaced):
        """Returns rows for the feed's rejections in the quarantine, except those of the files `replaced`. The
        quarantine keeps only the first bytes of a long rejection, so values behind them are not found."""
        columns = feed["rejected"]["columns"]
        rows, table = [], self.lake.open(QUARANTINE["name"])
        if self.lake.exists(table):
            self.lake.refresh(table)
            found = self.spark.table(table.relation).where(F.col("table_name") == feed["name"])
            if replaced:
                found = found.where(~F.expr(_file_condition("file", replaced)))
            for row in found.select("file", "byte_offset", "byte_length", "reason", "raw").toLocalIterator():
                is_whole = row["byte_length"] == len(row["raw"])
                rows += [(*values, row["file"], row["byte_offset"], row["reason"])
                         for values in rows_of_raw(feed, bytes(row["raw"]), row["reason"], is_whole)]
        return self.spark.createDataFrame(rows, ", ".join(f"`{c['name']}` {c['type']}" for c in columns))

    def _log_rejections(self, feed, items, replaced, rejected):
        of_feed = f"table_name = {sql_literal(feed['name'])}"
        frame = None
        if rejected:
            frame = items.where(F.col("_item") == REJECTION).select(
                F.lit(feed["name"]).alias("table_name"), F.col("_detail").alias("reason"),
                F.col("_column").alias("column_name"), F.col("_found").alias("found"),
                F.col("_wanted").alias("wanted"),
                F.col("_source_file").alias("file"), F.col("_offset").alias("byte_offset"),
                F.col("_length").alias("byte_length"), F.col("_raw").alias("raw"),
                F.lit(self.run_id).alias("run_id"))
        condition = f"{of_feed} AND {_file_condition('file', replaced)}" if replaced else None
        self._logs.append((QUARANTINE, self.lake.database, condition, frame))

    def _log_files(self, feed, records, is_new):
        """Logs the records of files. If the feed's table is new, all earlier records of the feed are deleted, since the
        table has no rows of those files."""
        names = [c["name"] for c in FILES["columns"]]
        types = {"STRING": StringType(), "BIGINT": LongType()}
        schema = StructType([StructField(c["name"], types[c["type"]]) for c in FILES["columns"]])
        frame = self.spark.createDataFrame([tuple(record.get(name) for name in names) for record in records], schema)
        condition = f"feed = {sql_literal(feed['name'])}"
        if not is_new:
            condition += " AND " + _file_condition("file", {record["file"] for record in records})
        self._logs.append((FILES, self.lake.ops_database, condition, frame))

    def build_table(self, definition):
        """Stages the rows that the SELECT of a table gives, unless the table has the same rows already."""
        name, columns = definition["name"], definition["columns"]
        table = self.lake.open(name)
        try:
            frame = self.spark.sql(self._sql(definition["select"]))
            names = [c["name"] for c in columns]
            if frame.columns != names:
                raise LakeError(f"table {name}: its SELECT gives {frame.columns}, its columns are {names}")
            frame = frame.select([F.col(f"`{c['name']}`").cast(c["type"]).alias(c["name"]) for c in columns])
            frame = self._take_rows_out(definition, self._keep(frame))
            checksum = _checksum(frame)
        except USER_ERRORS:
            raise
        except Exception as error:
            if _is_row_error(error):
                raise LakeError(f"table {name}: a row breaks its SELECT: {masked(error)}") from None
            raise
        rows = int(checksum.split(":")[1])
        is_same = had_rows = False
        if self.lake.exists(table):
            self.lake.refresh(table)
            is_same = (self.lake.summary(table, "stedi.checksum") == checksum
                       and self.spark.table(table.relation).columns == names)
            had_rows = self.spark.table(table.relation).limit(1).count() > 0
        if not is_same:
            self.lake.stage(table, definition)
            self._staged.append(table)
            self.lake.overwrite(table, frame, checksum=checksum)
        self._show(table)
        self._definitions.append(definition)
        self.tell(f"{name}: {rows} rows, {'unchanged' if is_same else 'replaced'}")
        if not is_same and not rows and (line := empty_from_rows(self.spark, definition, had_rows)):
            self._guard(line, lambda: self._withdrawal().explains_empty(name))
        self._audit(definition)
        self._note(definition)

    def _withdrawal(self):
        return Withdrawal(self.spark, self.lake, self._definitions, self._parents)

    def _sql(self, text):
        return replace_parameters(text, self.parameters)

    def _take_rows_out(self, definition, frame):
        news, has_quarantine = None, False
        name = definition["name"]
        for expectation in definition.get("expectations", []):
            if expectation["action"] in _KEPT:
                continue
            frame.createOrReplaceTempView(name)
            broken = self.spark.sql(self._sql(expectation["sql"]))
            count = broken.count()
            self._report(definition, expectation, count)
            if expectation["action"] == "quarantine":
                has_quarantine = True
                rows = self._quarantine_rows(name, expectation["name"], broken)
                news = rows if news is None else news.unionAll(rows)
            if count:
                frame = frame.where(F.expr(f"coalesce(({self._sql(expectation['condition'])}), true)"))
        if has_quarantine:
            # The rows are computed now: they are read only after the tables are published, when a new table no longer
            # has the name by which it is read here.
            self._log_rows_out(name, news.localCheckpoint())
        return frame

    def _log_rows_out(self, name, news):
        """Replaces what the quarantine has of a table, unless it is the same."""
        condition = f"table_name = {sql_literal(name)}"
        table = self.lake.open(QUARANTINE["name"])
        if self.lake.exists(table):
            self.lake.refresh(table)
            old = self.spark.table(table.relation).where(condition).drop("run_id")
            new = news.drop("run_id")
            if old.exceptAll(new).limit(1).count() == new.exceptAll(old).limit(1).count() == 0:
                return
        self._logs.append((QUARANTINE, self.lake.database, condition, news))

    def _quarantine_rows(self, table, reason, rows):
        names, types = rows.columns, [kind for _, kind in rows.dtypes]
        as_json = F.udf(lambda row: row_json(names, types, row).encode(), BinaryType())
        return rows.select(
            F.lit(table).alias("table_name"), F.lit(reason).alias("reason"),
            *[F.lit(None).cast("string").alias(name) for name in ("column_name", "found", "wanted", "file")],
            F.lit(None).cast("bigint").alias("byte_offset"), F.lit(None).cast("bigint").alias("byte_length"),
            as_json(F.struct(*[F.col(f"`{name}`") for name in names])).alias("raw"),
            F.lit(self.run_id).alias("run_id"))

    def _audit(self, definition):
        """Counts the rows, as staged, that break the expectations of a table."""
        for expectation in definition.get("expectations", []):
            if expectation["action"] in _KEPT:
                count = self.spark.sql(self._sql(expectation["sql"])).count()
                self._report(definition, expectation, count)

    def _note(self, definition):
        """Tells the note that the project defines for a table, unless it is NULL."""
        if definition.get("note"):
            line = self.spark.sql(self._sql(f"SELECT ({definition['note']}) FROM {definition['name']}")).head()[0]
            if line is not None:
                self.tell(line)

    def _report(self, definition, expectation, count):
        if not count:
            return
        if expectation.get("kind") == "covers" and expectation["action"] == "fail":
            return self._guard(f"{definition['name']}: {count} rows of {expectation['references_table']} find no "
                               f"partner here, more than {expectation['name']} allows",
                               lambda: self._withdrawal().explains_broken(definition, self._sql(expectation["sql"])))
        line = f"{definition['name']}: expectation {expectation['name']} ({expectation['action']}): {count} rows"
        self.tell(line)
        if expectation["action"] == "fail":
            self._broken.append(line)

    def publish(self):
        """Publishes the tables of this run, each in one step, in the order in which they were staged. Raises
        ExpectationFailed, and publishes nothing, when an expectation or a guard failed; raises the error of a table
        that could not be made."""
        if self._errors:
            raise self._errors[0]
        if self._broken:
            raise ExpectationFailed("; ".join(self._broken) + ": nothing was published")
        for table in self._staged:
            self.lake.publish(table)
        for definition, database in ((QUARANTINE, self.lake.database), (FILES, self.lake.ops_database)):
            changes = [(condition, frame) for of, _, condition, frame in self._logs if of is definition]
            if changes or (definition is QUARANTINE and not self.lake.exists(self.lake.open(definition["name"]))):
                self.lake.change_log(definition, database, changes)
        self.tell("published" if self._staged or self._logs else "no news")

    @contextlib.contextmanager
    def whole(self):
        """Publishes what the block has staged when it ends. Nothing of it is published when the block raises."""
        try:
            yield self
            self.publish()
        except BaseException as error:
            self._end(isinstance(error, Exception))
            raise
        finally:
            for frame in self._cached:
                frame.unpersist()
            for name in self._seen:
                self.spark.catalog.dropTempView(name)


    def _end(self, takes_out):
        """Drops what a failed run has staged. With `takes_out`, people who withdrew leave the published tables
        anyway."""
        withdrawal = None
        with contextlib.suppress(Exception):  # only the first error is told
            withdrawal = self._withdrawal() if takes_out else None
        for table in self._staged:
            with contextlib.suppress(Exception):
                self.lake.discard(table)
        if withdrawal is None:
            return
        try:
            for name, rows in withdrawal.take_out(_checksum):
                self.tell(f"{name}: {rows} rows of people who withdrew were taken out, though the run failed")
        except Exception as error:  # only the first error is raised
            self.tell(f"who withdrew since the last run is still in the tables: {masked(error)}")


def _has_personal_files(feed):
    return FILE_COLUMN in feed.get("pii", ())


def _file_condition(column, files):
    return f"{column} IN ({', '.join(sql_literal(file) for file in sorted(files))})"


def _checksum(frame):
    """Returns a checksum of the multiset of rows. It does not depend on their order."""
    cells = []
    for name in frame.columns:
        cells += [F.col(f"`{name}`"), F.col(f"`{name}`").isNull()]  # xxhash64 ignores NULLs
    total = [F.coalesce(F.sum(F.xxhash64(*seed, *cells).cast("decimal(38,0)")), F.lit(0)) for seed in
             ([], [F.lit("stedi")])]
    count, first, second = frame.agg(F.count(F.lit(1)), *total).first()
    return f"xxhash64:{count}:{int(first) % (1 << 64):016x}{int(second) % (1 << 64):016x}"


def _is_row_error(error):
    kind = getattr(error, "getErrorClass", lambda: None)()
    return bool(kind) and any(word in kind for word in _ROW_ERRORS)


def exit_status(action, tell=print):
    """Runs `action()` and returns the exit status: 0, 1 (an expectation failed) or 2 (input or environment)."""
    try:
        action()
        return 0
    except ExpectationFailed as error:
        tell(f"stedi: {error}")
        return 1
    except USER_ERRORS as error:
        tell(f"stedi: {error}")
        return 2


def pseudonym_key():
    """Returns the pseudonym key of the environment. Raises ParameterError if there is none."""
    key = os.environ.get("STEDI_PSEUDONYM_KEY", "")
    if not key:
        raise ParameterError(f"{PSEUDONYM_KEY} is not set: export STEDI_PSEUDONYM_KEY; the same key gives the same "
                             "pseudonyms")
    return key
