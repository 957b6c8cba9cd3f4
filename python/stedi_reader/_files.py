"""Which files of a folder are landing files, and where their bytes come from."""
from __future__ import annotations

import ctypes
import dataclasses
import os
import threading
from collections.abc import Iterable, Sequence
from typing import Any, Optional, Union

import pyarrow as pa
import pyarrow.fs

from . import _library
from ._errors import LIBRARY, raise_status

Source = Union[str, "os.PathLike[str]", Iterable[Union[str, "os.PathLike[str]", "LandingFile"]]]


@dataclasses.dataclass(frozen=True)
class LandingFile:
    """A file of a feed.

    file: its path relative to the feed's folder, which is the value of _source_file.
    path: the path that opens it, in the file system of the scan. Its extension says how it is compressed (.gz, .zst or
        not) unless its first bytes tell otherwise.
    size_bytes: how many bytes to read, as stored; None: as many as it has.
    mtime_ns: when it was changed last, in nanoseconds since 1970, UTC; 0 when it is not known.
    """
    file: str
    path: str
    size_bytes: Optional[int] = None
    mtime_ns: int = 0


@dataclasses.dataclass(frozen=True)
class Listing:
    """What is in a folder: the landing files, the files that cannot be read, with the reason, and the files whose names
    are not those of landing data. All are sorted by name. Hidden files are in none of them."""
    files: list[LandingFile]
    bad_files: list[tuple[str, str]]
    passed_over: list[str]


def _texts(texts: Sequence[str]) -> Any:
    return (ctypes.c_char_p * len(texts))(*(text.encode() for text in texts))


def _list_objects(folder: str, filesystem: pa.fs.FileSystem) -> Any:
    found = [info for info in filesystem.get_file_info(pa.fs.FileSelector(folder, recursive=True))
             if info.type == pa.fs.FileType.File]
    top = "" if folder else "/"  # below the root of a file system, too, a path is the folder, '/', and the rest
    return (_library.Object * len(found))(*(
        _library.Object(os.fsencode(top + info.path), info.size, info.mtime_ns or 0) for info in found))


def list_landing(folder: Union[str, "os.PathLike[str]"], *, filesystem: Optional[pa.fs.FileSystem] = None,
                 patterns: Sequence[str] = (), follow_links: bool = False) -> Listing:
    """Lists the landing files below a folder by the rules of stedi's runs.

    filesystem: where the folder is; None: the operating system. With one, `folder` is a path in it (S3: bucket/folder),
        and links are whatever the file system makes of them.
    patterns: names of the files that count (* and ?); none: names of landing data (.json, .jsonl, .ndjson, part-00000,
        .gz and .zst of these).
    follow_links: also follow links that leave the folder.

    Raises ValueError when the folder is not there, and what the file system raises.
    """
    schema, array, error = _library.ArrowSchema(), _library.ArrowArray(), ctypes.c_void_p()
    names = _texts(patterns)
    root = os.fspath(folder) if filesystem is None else os.fspath(folder).rstrip("/")
    objects = _list_objects(root, filesystem) if filesystem is not None else None
    status = LIBRARY.stedi_reader_list(
        _library.Folder(os.fsencode(root), names, len(names), follow_links, filesystem is not None, objects,
                        len(objects or ())), schema, array, error)
    if status != _library.OK:
        raise_status(status, error)
    listing = Listing([], [], [])
    for row in pa.RecordBatch._import_from_c(ctypes.addressof(array), ctypes.addressof(schema)).to_pylist():
        if row["kind"] == "file":
            path = os.fsdecode(row["path"]).removeprefix("" if filesystem is None or root else "/")
            listing.files.append(LandingFile(row["file"], path, row["size_bytes"], row["mtime_ns"]))
        elif row["kind"] == "bad":
            listing.bad_files.append((row["file"], row["problem"]))
        else:
            listing.passed_over.append(row["file"])
    return listing


def files_of(source: Source, filesystem: Optional[pa.fs.FileSystem], patterns: Sequence[str],
             follow_links: bool) -> list[LandingFile]:
    """Returns the files of a folder, or those that the caller has listed, each with its size.

    Raises ValueError when the folder has files that cannot be read.
    """
    if isinstance(source, (str, os.PathLike)):
        listing = list_landing(source, filesystem=filesystem, patterns=patterns, follow_links=follow_links)
        if listing.bad_files:
            file, problem = listing.bad_files[0]
            raise ValueError(f"{os.fspath(source)}/{file} {problem}")
        return listing.files
    files = [file if isinstance(file, LandingFile) else LandingFile(os.fspath(file), os.fspath(file))
             for file in source]
    return [file if file.size_bytes is not None else dataclasses.replace(file, size_bytes=_size_of(file, filesystem))
            for file in files]


def _size_of(file: LandingFile, filesystem: Optional[pa.fs.FileSystem]) -> int:
    if filesystem is None:
        return os.stat(file.path).st_size
    info = filesystem.get_file_info(file.path)
    if info.type == pa.fs.FileType.NotFound:
        raise FileNotFoundError(f"{file.path} does not exist")
    return info.size


class FilesystemSource:
    """Reads ranges of files of a PyArrow file system for the library, on any of its threads. `failure` is the first
    exception that reading has raised."""

    def __init__(self, filesystem: pa.fs.FileSystem, files: Sequence[LandingFile]) -> None:
        self.failure: Optional[BaseException] = None
        self._filesystem = filesystem
        self._paths = [file.path for file in files]
        self._open: dict[int, pa.NativeFile] = {}
        self._lock = threading.Lock()
        self._functions = _library.READ_RANGE(self._read_range), _library.CLOSE_FILE(self._close_file)
        self.struct = _library.Source(None, *self._functions)

    def _opened(self, index: int) -> pa.NativeFile:
        with self._lock:
            file = self._open.get(index)
            if file is None:
                file = self._open[index] = self._filesystem.open_input_file(self._paths[index])
            return file

    def _read_range(self, _context: Any, index: int, offset: int, buffer: int, length: int) -> int:
        try:
            read = self._opened(index).read_at(length, offset)
            ctypes.memmove(buffer, read, len(read))
            return len(read)
        except BaseException as error:  # noqa: BLE001, Scan raises it
            with self._lock:
                self.failure = self.failure or error
            return -1

    def _close_file(self, _context: Any, index: int) -> None:
        with self._lock:
            file = self._open.pop(index, None)
        try:
            if file is not None:
                file.close()
        except Exception:  # noqa: BLE001, what was read is complete
            pass
