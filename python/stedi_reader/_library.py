"""The C interface of the library (src/reader/stedi_reader.h) for ctypes."""
from __future__ import annotations

import ctypes
import pathlib
from typing import Any

ABI = 1  # STEDI_READER_ABI

OK, END, CANCELLED, CALLBACK_FAILED, INVALID, NOT_FOUND, UNAVAILABLE, OUT_OF_MEMORY, INTERNAL = range(9)
ROWS, REJECTIONS, REJECTED_ROWS, REPORTS = range(4)
TYPES = {"STRING": 0, "BIGINT": 1, "INT": 2, "DOUBLE": 3, "BOOLEAN": 4}


class Column(ctypes.Structure):
    _fields_ = [("name", ctypes.c_char_p), ("type", ctypes.c_int32), ("not_null", ctypes.c_uint8),
                ("empty_is_null", ctypes.c_uint8)]


class Contract(ctypes.Structure):
    _fields_ = [("columns", ctypes.POINTER(Column)), ("column_count", ctypes.c_size_t),
                ("keep_unfit", ctypes.c_uint8), ("rejected_columns", ctypes.POINTER(ctypes.c_size_t)),
                ("rejected_column_count", ctypes.c_size_t)]


class File(ctypes.Structure):
    _fields_ = [("file", ctypes.c_char_p), ("path", ctypes.c_char_p), ("size_bytes", ctypes.c_uint64)]


READ_RANGE = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_uint64, ctypes.c_void_p,
                              ctypes.c_uint64)
CLOSE_FILE = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_size_t)


class Source(ctypes.Structure):
    _fields_ = [("context", ctypes.c_void_p), ("read_range", READ_RANGE), ("close_file", CLOSE_FILE)]


class Options(ctypes.Structure):
    _fields_ = [("threads", ctypes.c_uint32), ("block_bytes", ctypes.c_uint64), ("record_bytes_max", ctypes.c_uint64),
                ("raw_bytes_max", ctypes.c_uint64), ("without_fast_path", ctypes.c_uint8),
                ("temp_folder", ctypes.c_char_p), ("source", ctypes.POINTER(Source))]


class Object(ctypes.Structure):
    _fields_ = [("path", ctypes.c_char_p), ("size_bytes", ctypes.c_uint64), ("mtime_ns", ctypes.c_int64)]


class Folder(ctypes.Structure):
    _fields_ = [("folder", ctypes.c_char_p), ("patterns", ctypes.POINTER(ctypes.c_char_p)),
                ("pattern_count", ctypes.c_size_t), ("follow_links", ctypes.c_uint8), ("is_object_store", ctypes.c_uint8),
                ("objects", ctypes.POINTER(Object)), ("object_count", ctypes.c_size_t)]


class ArrowSchema(ctypes.Structure):
    _fields_ = [("format", ctypes.c_void_p), ("name", ctypes.c_void_p), ("metadata", ctypes.c_void_p),
                ("flags", ctypes.c_int64), ("n_children", ctypes.c_int64), ("children", ctypes.c_void_p),
                ("dictionary", ctypes.c_void_p), ("release", ctypes.c_void_p), ("private_data", ctypes.c_void_p)]


class ArrowArray(ctypes.Structure):
    _fields_ = [("length", ctypes.c_int64), ("null_count", ctypes.c_int64), ("offset", ctypes.c_int64),
                ("n_buffers", ctypes.c_int64), ("n_children", ctypes.c_int64), ("buffers", ctypes.c_void_p),
                ("children", ctypes.c_void_p), ("dictionary", ctypes.c_void_p), ("release", ctypes.c_void_p),
                ("private_data", ctypes.c_void_p)]


_TEXT = ctypes.POINTER(ctypes.c_void_p)  # of an error: freed by stedi_reader_free_text
_SCAN = ctypes.c_void_p
_SIGNATURES: dict[str, tuple[Any, list[Any]]] = {
    "version": (ctypes.c_char_p, []),
    "open": (ctypes.c_int, [ctypes.POINTER(Contract), ctypes.POINTER(File), ctypes.c_size_t, ctypes.POINTER(Options),
                            ctypes.POINTER(_SCAN), _TEXT]),
    "schema": (ctypes.c_int, [_SCAN, ctypes.c_int32, ctypes.POINTER(ArrowSchema), _TEXT]),
    "next": (ctypes.c_int, [_SCAN, ctypes.c_int32, ctypes.POINTER(ArrowArray), _TEXT]),
    "progress": (None, [_SCAN] + [ctypes.POINTER(ctypes.c_uint64)] * 3),
    "cancel": (None, [_SCAN]),
    "free": (None, [_SCAN]),
    "list": (ctypes.c_int, [ctypes.POINTER(Folder), ctypes.POINTER(ArrowSchema), ctypes.POINTER(ArrowArray), _TEXT]),
    "free_text": (None, [ctypes.c_void_p]),
}


def load(path: pathlib.Path, version: str) -> ctypes.CDLL:
    """Returns the library at `path`, whose functions release Python's lock while they run. Raises ImportError when it
    is not there, cannot be loaded on this machine, or is not of this version."""
    try:
        library = ctypes.CDLL(str(path))
        library.stedi_reader_abi.restype = ctypes.c_uint32
        found = library.stedi_reader_abi()
    except (OSError, AttributeError) as error:
        raise ImportError(f"stedi_reader cannot load its library: {error}; install a wheel for this machine") from error
    if found != ABI:
        raise ImportError(f"stedi_reader needs a library with ABI {ABI}, but {path.name} has {found}: install it again")
    for name, (result, arguments) in _SIGNATURES.items():
        function = getattr(library, f"stedi_reader_{name}")
        function.restype, function.argtypes = result, arguments
    built = library.stedi_reader_version().decode()
    if built != version:
        raise ImportError(f"stedi_reader {version} found the library of {built}: install it again")
    return library
