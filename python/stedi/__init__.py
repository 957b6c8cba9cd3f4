"""stedi from Python: JSON of step trainers and a phone app to Apache Iceberg tables, in one transaction.

The work is done by the program `stedi`, which is in this package (`stedi.program_path()`) and on the path as `stedi`.
The functions here start it, wait for it, and return what it reports as frozen dataclasses. Reading a table is left to
PyIceberg. All functions raise `StediError` when the program does not end with exit status 0.

    import stedi
    stedi.sample("landing")
    report = stedi.run(stedi.project("stedi"), landing="landing", lake="lake")
    rows = stedi.Lake("lake").table("machine_learning_curated").to_arrow()

Packages that are only needed to read tables come with extras: `pip install 'stedi[arrow]'` (PyIceberg and PyArrow),
`[pandas]`, `[polars]`, `[duckdb]`, `[progress]` (tqdm), `[all]`.
"""
from .commands import check, plan, project, projects, run, sample
from .lake import Lake, LakeTable
from .program import StediError, program_path
from .progress import ProgressEvent
from .reports import (BadFile, CheckReport, Diagnostic, ExpectationReport, LandingFile, LandingSummary, PlanReport,
                      PlannedTable, QuarantinedRecord, QuarantineGroup, RowsTakenOut, RunRecord, RunReport, SampleFeed,
                      SampleReport, TableInfo, TableReport)

__all__ = [
    "BadFile", "CheckReport", "Diagnostic", "ExpectationReport", "Lake", "LakeTable", "LandingFile", "LandingSummary",
    "PlanReport", "PlannedTable", "ProgressEvent", "QuarantineGroup", "QuarantinedRecord", "RowsTakenOut", "RunRecord",
    "RunReport", "SampleFeed", "SampleReport", "StediError", "TableInfo", "TableReport", "check", "plan",
    "program_path", "project", "projects", "run", "sample",
]


def __getattr__(name: str) -> str:
    """Reads `__version__` when it is asked for; a source tree that is not installed has none."""
    if name == "__version__":
        import importlib.metadata
        return importlib.metadata.version("stedi")
    raise AttributeError(f"module 'stedi' has no attribute '{name}'")
