"""Reads landing files as rows of a Spark job: on Spark 4 by a Python data source, `stedi_landing`; on Spark 3.5, which
has no Python data sources, by mapInArrow over the list of files. Both give, for each file, its rows, its rejections and
one report."""
import json

import pyarrow as pa
from pyspark.sql.types import (BinaryType, BooleanType, DoubleType, IntegerType, LongType, StringType, StructField,
                               StructType)

from .decoder import DamagedFile, DecodedFile
from .landing_files import LandingFile, filesystem_of, list_feed
from .record_parser import Contract
from .record_reader import RecordReader, Row

ROW, REJECTION, REJECTED, REPORT = "row", "rejection", "rejected", "report"
_SPARK_TYPES = {"STRING": StringType, "BIGINT": LongType, "INT": IntegerType, "DOUBLE": DoubleType,
                "BOOLEAN": BooleanType}
_ARROW_TYPES = {"STRING": pa.string(), "BIGINT": pa.int64(), "INT": pa.int32(), "DOUBLE": pa.float64(),
                "BOOLEAN": pa.bool_()}
# The fields of each item, before the columns of the contract. `_detail` is the reason of a rejection or of a row of the
# table of rejected records, the JSON text of a report, or the rescued keys of a row. `_column`, `_found` and `_wanted`
# tell more about a rejection.
_FRAME = (("_item", "STRING"), ("_source_file", "STRING"), ("_offset", "BIGINT"), ("_length", "BIGINT"),
          ("_detail", "STRING"), ("_unfit", "STRING"), ("_column", "STRING"), ("_found", "STRING"), ("_wanted", "STRING"))
_BATCH_ROWS = 8192
_BATCH_RAW_BYTES = 16 << 20
_TASK_BYTES = 64 << 20  # small files share a task; a file is never split


def schema_of(columns):
    fields = [StructField(name, _SPARK_TYPES[kind]()) for name, kind in _FRAME]
    fields.append(StructField("_raw", BinaryType()))
    fields += [StructField(c["name"], _SPARK_TYPES[c["type"]]()) for c in columns]
    return StructType(fields)


def _arrow_schema(columns):
    fields = [(name, _ARROW_TYPES[kind]) for name, kind in _FRAME] + [("_raw", pa.binary())]
    return pa.schema(fields + [(c["name"], _ARROW_TYPES[c["type"]]) for c in columns])


def tasks_of(files):
    """Returns the files of each task, as lists of (path, file, size)."""
    tasks, size = [], 0
    for file in files:
        if not tasks or size + file.size_bytes > _TASK_BYTES:
            tasks.append([])
            size = 0
        tasks[-1].append((file.path, file.file, file.size_bytes))
        size += file.size_bytes
    return tasks


def contract_of(feed):
    """Returns the part of a feed that a reader needs, as a JSON value."""
    columns = [{key: c[key] for key in ("name", "type", "not_null", "empty_is_null") if key in c}
               for c in feed["columns"]]
    return {"columns": columns, "keep_unfit": feed.get("keep_unfit", False),
            "rejected_columns": feed.get("rejected_columns", [])}


def read_batches(folder, feed, files):
    """Yields record batches of the files [(path, file, size)] below `folder` (a path or URI)."""
    filesystem, _ = filesystem_of(folder)
    contract, schema = Contract.of(feed), _arrow_schema(feed["columns"])
    for path, file, size_bytes in files:
        yield from _read_file(filesystem, contract, schema, LandingFile(file, path, size_bytes, 0))


def _read_file(filesystem, contract, schema, file):
    width = len(contract.columns)
    nothing, no_misfit = (None,) * width, (None,) * 3
    items, raw_bytes = [], 0
    report = {"problem": None}
    try:
        with DecodedFile(filesystem, file.path, file.size_bytes) as decoded:
            reader = RecordReader(contract, decoded.read)
            for item in reader:
                if isinstance(item, Row):
                    items.append((ROW, file.file, item.offset, None, item.rescued, item.unfit, *no_misfit, None,
                                  *item.values))
                else:
                    items.append((REJECTION, file.file, item.offset, item.length, item.reason, None, *item.misfit,
                                  item.raw, *nothing))
                    items += [(REJECTED, file.file, item.offset, None, item.reason, None, *no_misfit, None,
                               *_placed(contract, row)) for row in item.rows]
                    raw_bytes += len(item.raw)
                if len(items) >= _BATCH_ROWS or raw_bytes > _BATCH_RAW_BYTES:
                    yield _batch(items, schema)
                    items, raw_bytes = [], 0
            counts = reader.counts
            report.update(content_hash=decoded.content_hash(), decoding=decoded.decoding,
                          decoded_bytes=counts.decoded, records=counts.records,
                          rejected=counts.rejected, accepted_bytes=counts.accepted, framing_bytes=counts.framing,
                          quarantined_bytes=counts.quarantined, whitespace_bytes=counts.whitespace)
    except (DamagedFile, OSError) as error:
        report["problem"] = str(error)
    items.append((REPORT, file.file, None, None, json.dumps(report), None, *no_misfit, None, *nothing))
    yield _batch(items, schema)


def _placed(contract, row):
    """Returns a value for each column of the contract: those of contract.rejected from `row`, None for all others."""
    values = [None] * len(contract.columns)
    for column, value in zip(contract.rejected, row):
        values[column] = value
    return values


def _batch(items, schema):
    return pa.RecordBatch.from_arrays([pa.array(values, field.type) for values, field in zip(zip(*items), schema)],
                                      schema=schema)


def read_landing(spark, folder, feed, files):
    """Returns the items of these LandingFiles of a folder as a frame, whose schema is schema_of(the feed's columns)."""
    feed = contract_of(feed)
    tasks = tasks_of(files)
    try:
        from pyspark.sql.datasource import DataSource  # noqa: F401, Spark 4 has it
    except ImportError:
        return _by_arrow(spark, folder, feed, tasks)
    register(spark)
    return (spark.read.format("stedi_landing").option("folder", folder).option("contract", json.dumps(feed))
            .option("tasks", json.dumps(tasks)).load())


def _by_arrow(spark, folder, feed, tasks):
    def read(batches):
        for batch in batches:
            for text in batch.column(0).to_pylist():
                yield from read_batches(folder, feed, json.loads(text))

    rows = [(json.dumps(task),) for task in tasks]
    listed = spark.sparkContext.parallelize(rows, max(len(rows), 1)).toDF("files string")
    return listed.mapInArrow(read, schema_of(feed["columns"]))


def register(spark):
    """Registers the format stedi_landing with Spark. Its options are folder (path or URI), contract (JSON, from
    contract_of), and tasks (JSON, from tasks_of; without it, all files of the folder are read)."""
    from pyspark.sql.datasource import DataSource, DataSourceReader, InputPartition

    class LandingReader(DataSourceReader):
        def __init__(self, folder, feed, tasks):
            self.folder, self.feed, self.tasks = folder, feed, tasks

        def partitions(self):
            return [InputPartition(json.dumps(task)) for task in self.tasks]

        def read(self, partition):
            return read_batches(self.folder, self.feed, json.loads(partition.value))

    class LandingSource(DataSource):
        @classmethod
        def name(cls):
            return "stedi_landing"

        def schema(self):
            return schema_of(json.loads(self.options["contract"])["columns"])

        def reader(self, schema):
            folder = self.options["folder"]
            tasks = self.options.get("tasks")
            tasks = json.loads(tasks) if tasks is not None else tasks_of(list_feed(folder)[1])
            return LandingReader(folder, json.loads(self.options["contract"]), tasks)

    spark.dataSource.register(LandingSource)
