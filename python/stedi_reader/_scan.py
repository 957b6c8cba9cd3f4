"""A scan of landing files: its rows, then what was rejected and accounted for."""
from __future__ import annotations

import ctypes
import os
import threading
import weakref
from collections.abc import Callable, Iterator, Sequence
from types import TracebackType
from typing import Any, Optional, Union

import pyarrow as pa
import pyarrow.compute
import pyarrow.fs

from . import _library
from ._columns import Column, Columns, columns_of
from ._errors import LIBRARY, LandingFileError, ScanCancelled, raise_status, take_text
from ._files import FilesystemSource, LandingFile, Source, files_of


class _Handle:
    """A scan of the library. Readers of its batches hold it, and not the Scan that holds the readers: PyArrow hides such
    a circle from Python, which would never free it."""

    def __init__(self, contract: _library.Contract, files: Any, options: _library.Options,
                 source: Optional[FilesystemSource]) -> None:
        handle, error = ctypes.c_void_p(), ctypes.c_void_p()
        status = LIBRARY.stedi_reader_open(contract, files, len(files), options, handle, error)
        if status != _library.OK:
            raise_status(status, error)
        self._value: Optional[ctypes.c_void_p] = handle
        self._source = source
        self._lock = threading.Lock()  # of cancel() and close()
        # The functions of the source must live until the library has freed the scan.
        self._free = weakref.finalize(self, _free, handle, source)
        self.schemas = [self._import_schema(part) for part in range(4)]

    @property
    def value(self) -> ctypes.c_void_p:
        if self._value is None:
            raise ValueError("the scan is closed")
        return self._value

    def cancel(self) -> None:
        with self._lock:
            if self._value is not None:
                LIBRARY.stedi_reader_cancel(self._value)

    def close(self) -> None:
        with self._lock:
            self._value = None
        self._free()

    def _import_schema(self, part: int) -> pa.Schema:
        schema, error = _library.ArrowSchema(), ctypes.c_void_p()
        status = LIBRARY.stedi_reader_schema(self.value, part, schema, error)
        if status != _library.OK:
            raise_status(status, error)
        return pa.Schema._import_from_c(ctypes.addressof(schema))

    def batches(self, part: int) -> Iterator[pa.RecordBatch]:
        while True:
            array, error = _library.ArrowArray(), ctypes.c_void_p()
            status = LIBRARY.stedi_reader_next(self.value, part, array, error)
            if status == _library.OK:
                yield pa.RecordBatch._import_from_c(ctypes.addressof(array), self.schemas[part])
            elif status == _library.END:
                return
            elif status == _library.CANCELLED:
                raise ScanCancelled("the scan was cancelled")
            elif status == _library.CALLBACK_FAILED and self._source and self._source.failure:
                take_text(error)
                raise self._source.failure
            else:
                raise_status(status, error)


def _free(handle: ctypes.c_void_p, _source: Optional[FilesystemSource]) -> None:
    LIBRARY.stedi_reader_free(handle)


class Scan:
    """Reads landing files once. Read `rows` to the end first; then rejections(), rejected_rows() and reports() tell the
    rest. Close it, or use it in a `with` statement; batches stay valid after that. One thread at a time may use it,
    except that any thread may call cancel() and progress().

    source: a folder, whose files list_landing() chooses, or a list of paths or LandingFile.
    columns: what a record must fit: {"user": "STRING", "t": "BIGINT"}, a list of Column, or a pyarrow.Schema. Types are
        STRING, BIGINT, INT, DOUBLE and BOOLEAN.
    filesystem: a pyarrow.fs.FileSystem that has the files; None: the operating system. An exception that it raises ends
        the scan, and reading the rows raises it.
    threads: how many threads read; None: one for each processor. With 1, batches come in the order of the files and of
        their bytes; with more, in any order.
    keep_unfit: a value that its nullable column cannot hold becomes NULL and part of _rescued, and _unfit names the
        column; else the record is rejected.
    rejected_columns: names of columns whose values are searched for in rejected records (rejected_rows()); the first is
        the key.
    patterns, follow_links: as for list_landing(), if source is a folder.
    block_bytes, record_bytes_max, raw_bytes_max: bytes of a file that are read at a time (1 MiB); of the longest record
        (16 MiB); kept of a rejected record (64 KiB).
    fast_path: False: the full parser reads every record; the result is the same.
    temp_folder: where rejections wait, in a file without a name; None: $TMPDIR, or /tmp.

    Raises ValueError, FileNotFoundError or OSError. A file that cannot be read or decoded raises nothing: its report has
    a problem, and its rows do not count.
    """

    def __init__(self, source: Source, columns: Columns, *, filesystem: Optional[pa.fs.FileSystem] = None,
                 threads: Optional[int] = None, keep_unfit: bool = False, rejected_columns: Sequence[str] = (),
                 patterns: Sequence[str] = (), follow_links: bool = False, block_bytes: int = 0,
                 record_bytes_max: int = 0, raw_bytes_max: int = 0, fast_path: bool = True,
                 temp_folder: Union[str, "os.PathLike[str]", None] = None) -> None:
        if threads is not None and threads < 1:
            raise ValueError(f"threads is {threads}, at least 1 is needed")
        self.columns: list[Column] = columns_of(columns)
        self.files: list[LandingFile] = files_of(source, filesystem, patterns, follow_links)
        source_of_bytes = FilesystemSource(filesystem, self.files) if filesystem is not None else None
        options = _library.Options(threads or 0, block_bytes, record_bytes_max, raw_bytes_max, not fast_path,
                                   None if temp_folder is None else os.fsencode(temp_folder),
                                   ctypes.pointer(source_of_bytes.struct) if source_of_bytes else None)
        files = (_library.File * len(self.files))(*(
            _library.File(file.file.encode(), os.fsencode(file.path), file.size_bytes) for file in self.files))
        self._handle = _Handle(_contract(self.columns, keep_unfit, rejected_columns), files, options, source_of_bytes)
        self._rows: Optional[pa.RecordBatchReader] = None
        self._parts: dict[int, pa.Table] = {}

    @property
    def schema(self) -> pa.Schema:
        """The schema of the rows: the columns, then _source_file (dictionary of strings), _offset (int64, of the
        record's first byte in the decoded file), _rescued (string, JSON object of the keys that the columns do not
        name), and with keep_unfit _unfit (string, names of columns, separated by commas)."""
        return self._handle.schemas[_library.ROWS]

    @property
    def rows(self) -> pa.RecordBatchReader:
        """The rows, of which there are about block_bytes of a file in a batch. Each call gives the same reader. Raises
        while it is read: the exception of the file system, ScanCancelled, OSError or MemoryError."""
        if self._rows is None:
            self._rows = pa.RecordBatchReader.from_batches(self.schema, self._handle.batches(_library.ROWS))
        return self._rows

    def rejections(self) -> pa.Table:
        """Returns the ranges of bytes that did not become rows: file, byte_offset and byte_length (bytes of the decoded
        file), fault_offset, reason, column_name, found, wanted, raw (binary, the first raw_bytes_max bytes),
        is_one_record (the bytes are one record, which other columns may accept). Their order is not defined. Reads the
        rest of the rows first."""
        return self._part(_library.REJECTIONS)

    def rejection_batches(self) -> Iterator[pa.RecordBatch]:
        """Yields the same in batches, once, for rejections that do not fit into memory."""
        self._read_rows()
        return self._handle.batches(_library.REJECTIONS)

    def rejected_rows(self) -> pa.Table:
        """Returns what was found in rejected records: the rejected_columns, then _source_file, _offset, _reason. Has no
        rows without rejected_columns. Reads the rest of the rows first."""
        return self._part(_library.REJECTED_ROWS)

    def rejected_row_batches(self) -> Iterator[pa.RecordBatch]:
        """Yields the same in batches, once."""
        self._read_rows()
        return self._handle.batches(_library.REJECTED_ROWS)

    def reports(self) -> pa.Table:
        """Returns one row for each file, in their order: file, size_bytes, decoded_bytes, accepted_bytes,
        quarantined_bytes, whitespace_bytes, framing_bytes, records, rejected, decoding (plain, gzip, zstd), content_hash
        (of the stored bytes), problem (None, or why the file could not be read: its rows do not count). Reads the rest
        of the rows first."""
        return self._part(_library.REPORTS)

    def progress(self) -> tuple[int, int, int]:
        """Returns how many stored bytes were read so far, how many records became rows, and how many were rejected."""
        counts = [ctypes.c_uint64() for _ in range(3)]
        LIBRARY.stedi_reader_progress(self._handle.value, *counts)
        return counts[0].value, counts[1].value, counts[2].value

    def cancel(self) -> None:
        """Makes reading the rows raise ScanCancelled soon. Does nothing when they are all read or the scan is closed."""
        self._handle.cancel()

    def close(self) -> None:
        """Ends the scan and frees what it holds. Batches stay valid."""
        self._handle.close()

    def __enter__(self) -> "Scan":
        return self

    def __exit__(self, kind: Optional[type[BaseException]], error: Optional[BaseException],
                 traceback: Optional[TracebackType]) -> None:
        self.close()

    def _read_rows(self) -> None:
        for _ in self.rows:
            pass
        for _ in self._handle.batches(_library.ROWS):  # after an error the reader is empty; this raises it again
            pass

    def _part(self, part: int) -> pa.Table:
        if part not in self._parts:
            self._read_rows()
            self._parts[part] = pa.Table.from_batches(self._handle.batches(part), self._handle.schemas[part])
        return self._parts[part]


def _contract(columns: Sequence[Column], keep_unfit: bool, rejected_columns: Sequence[str]) -> _library.Contract:
    names = [column.name for column in columns]
    unknown = [name for name in rejected_columns if name not in names]
    if unknown:
        raise ValueError(f"the rejected column {unknown[0]} is not one of the columns")
    structs = (_library.Column * len(columns))(*(
        _library.Column(column.name.encode(), _library.TYPES[column.type], column.not_null, column.empty_is_null)
        for column in columns))
    rejected = (ctypes.c_size_t * len(rejected_columns))(*map(names.index, rejected_columns))
    return _library.Contract(structs, len(structs), keep_unfit, rejected, len(rejected))


def read_landing(source: Source, columns: Columns, *, skip_bad_files: bool = False,
                 on_scan: Optional[Callable[[Scan], None]] = None, **options: Any) -> pa.RecordBatchReader:
    """Reads landing files and returns their rows as a pyarrow.RecordBatchReader. Arguments and columns are those of
    Scan; the scan is closed after the last batch.

    A file that could not be read or decoded makes the reader raise LandingFileError after the last batch, because rows
    of it may have been handed out; with skip_bad_files, these rows stay and nothing is raised.
    on_scan is called with the Scan when all rows are read, before it is closed: for its rejections and reports.
    """
    scan = Scan(source, columns, **options)

    def batches() -> Iterator[pa.RecordBatch]:
        with scan:
            yield from scan.rows
            reports = scan.reports()
            bad = reports.filter(pa.compute.is_valid(reports["problem"]))
            if on_scan is not None:
                on_scan(scan)
            if len(bad) and not skip_bad_files:
                raise LandingFileError(bad)

    return pa.RecordBatchReader.from_batches(scan.schema, batches())
