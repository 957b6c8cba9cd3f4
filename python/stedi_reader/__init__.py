"""Reads landing files (JSON records, damaged or not) into Arrow batches, by the rules and with the code of stedi's runs.

    import stedi_reader
    rows = stedi_reader.read_landing("landing/accelerometer", {"user": "STRING", "x": "DOUBLE"})
    table = rows.read_all()                        # pyarrow.Table

Every byte of a file is a row, a rejection, white space or framing: Scan gives the rejections and the reports, too.
"""
from ._columns import Column
from ._errors import LandingFileError, ScanCancelled
from ._files import LandingFile, Listing, list_landing
from ._scan import Scan, read_landing
from ._version import __version__

__all__ = ["Column", "LandingFile", "LandingFileError", "Listing", "Scan", "ScanCancelled", "__version__",
           "list_landing", "read_landing"]
