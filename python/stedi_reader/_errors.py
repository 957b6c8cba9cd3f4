"""The exceptions of the package, and those that stand for a status of the library."""
from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING, NoReturn

from . import _library
from ._version import FOLDER, __version__

if TYPE_CHECKING:
    import pyarrow as pa

LIBRARY = _library.load(FOLDER / "libstedi_reader.so", __version__)


class ScanCancelled(Exception):
    """Scan.cancel() has ended the scan before all rows were read."""


class LandingFileError(ValueError):
    """Files could not be read or decoded, so that their rows do not count. `reports` is the pyarrow.Table of the reports
    of these files, whose column `problem` says why."""

    def __init__(self, reports: "pa.Table") -> None:
        self.reports = reports
        first = reports.slice(0, 1).to_pylist()[0]
        more = f" (and {len(reports) - 1} more files)" if len(reports) > 1 else ""
        super().__init__(f"{first['file']} {first['problem']}{more}")


_CLASSES: dict[int, type[Exception]] = {
    _library.INVALID: ValueError, _library.NOT_FOUND: FileNotFoundError, _library.UNAVAILABLE: OSError,
    _library.OUT_OF_MEMORY: MemoryError, _library.INTERNAL: RuntimeError}


def take_text(error: ctypes.c_void_p) -> str:
    """Returns the text of an error of the library, and frees it."""
    if not error.value:
        return "no reason was given"
    text = ctypes.string_at(error.value).decode(errors="replace")
    LIBRARY.stedi_reader_free_text(error)
    return text


def raise_status(status: int, error: ctypes.c_void_p) -> NoReturn:
    """Raises the exception for a status that is an error."""
    raise _CLASSES.get(status, RuntimeError)(take_text(error))
