"""What the program reports, as frozen dataclasses. Times are milliseconds since 1970, UTC, unless a name says seconds;
sizes are bytes; a snapshot id is Iceberg's. A key that a later program adds is left out."""
from __future__ import annotations

import dataclasses
import datetime
from dataclasses import dataclass
from typing import Any, Dict, Mapping, Optional, Tuple, Type, TypeVar

T = TypeVar("T")


def one(kind: Type[T], row: Mapping[str, Any]) -> T:
    """Returns the dataclass `kind` of a JSON object. Fields without a value get their default."""
    names = {field.name for field in dataclasses.fields(kind)}  # type: ignore[arg-type]
    return kind(**{name: value for name, value in row.items() if name in names})


def many(kind: Type[T], rows: Any) -> Tuple[T, ...]:
    """Returns the dataclasses of a JSON array, or () when there is none."""
    return tuple(one(kind, row) for row in rows or ())


def moment(milliseconds: int) -> datetime.datetime:
    """Returns a time of the program as a datetime in UTC."""
    return datetime.datetime.fromtimestamp(milliseconds / 1000, datetime.timezone.utc)


@dataclass(frozen=True)
class LandingSummary:
    """What a run found in the landing folder.

    files, bytes: new files and their decoded bytes. redelivered: files that had been loaded before, not loaded again.
    records, rejected: of the new files. skipped: files that could not be read (skip_bad_files). passed_over: files
    whose names are not those of landing data.
    """
    files: int = 0
    redelivered: int = 0
    records: int = 0
    rejected: int = 0
    bytes: int = 0
    skipped: int = 0
    passed_over: int = 0


@dataclass(frozen=True)
class TableReport:
    """What a run did with one table.

    action: "created", "appended", "replaced", "updated", "unchanged", .. as the program says it. rows_in: rows of each
    input, or {"files": n} of a feed. rows_out: rows that the table has now. rejected: records that became no row.
    snapshot_id: None when the table did not change. unknown_keys: keys that the contract does not name -> in how many
    records.
    """
    table: str
    action: str
    rows_in: Dict[str, int]
    rows_out: int
    rejected: int = 0
    snapshot_id: Optional[int] = None
    seconds: float = 0.0
    unknown_keys: Dict[str, int] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True)
class ExpectationReport:
    """How many rows break an expectation (failed), up to a few of them, and a SELECT of all."""
    table: str
    name: str
    action: str
    failed: int
    kind: Optional[str] = None
    examples: Tuple[str, ...] = ()
    query: str = ""
    detail: str = ""


@dataclass(frozen=True)
class RowsTakenOut:
    """Rows of people who withdrew, which left a table although the run failed."""
    table: str
    rows: int


@dataclass(frozen=True)
class BadFile:
    """A landing file that could not be read. is_skipped: the run went on without it."""
    table: str
    file: str
    problem: str
    is_skipped: bool


@dataclass(frozen=True)
class RunReport:
    """The report of one run.

    status: "ok", "no_news", "failed", "cancelled" or "unknown". seconds: wall time of the run.
    """
    run_id: str
    status: str
    seconds: float
    landing: LandingSummary
    tables: Tuple[TableReport, ...]
    expectations: Tuple[ExpectationReport, ...]
    taken_out: Tuple[RowsTakenOut, ...] = ()
    bad_files: Tuple[BadFile, ...] = ()
    notes: Tuple[str, ...] = ()

    def table(self, name: str) -> TableReport:
        """Returns the report of the table `name`. Raises KeyError when the run had no such table."""
        for table in self.tables:
            if table.table == name:
                return table
        raise KeyError(name)

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> RunReport:
        return cls(run_id=row["run_id"], status=row["status"], seconds=row["seconds"],
                   landing=one(LandingSummary, row["landing"]), tables=many(TableReport, row["tables"]),
                   expectations=many(ExpectationReport, row["expectations"]),
                   taken_out=many(RowsTakenOut, row.get("taken_out")), bad_files=many(BadFile, row.get("bad_files")),
                   notes=tuple(row.get("notes", ())))


@dataclass(frozen=True)
class Diagnostic:
    """A mistake or a hint in a project. line, column: from 1; line 0 means the file as a whole. text: the line."""
    severity: str
    path: str
    line: int
    column: int
    message: str
    hint: str = ""
    text: str = ""

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}:{self.column}" if self.line else self.path
        return f"{place}: {self.severity}: {self.message}" + (f"\n  hint: {self.hint}" if self.hint else "")


@dataclass(frozen=True)
class CheckReport:
    """What `check` found. ok: the project can be run. inputs: table -> the tables that it reads."""
    ok: bool
    inputs: Dict[str, Tuple[str, ...]]
    diagnostics: Tuple[Diagnostic, ...]


@dataclass(frozen=True)
class PlannedTable:
    """What a run would do with one table.

    way: "unchanged", "load", "rebuild", "update", .. as the program says it; why: in words. if_changed: inputs whose
    change would make it do so. read_bytes, write_bytes: estimates; None when unknown.
    """
    table: str
    kind: str
    way: str
    why: str = ""
    if_changed: Tuple[str, ...] = ()
    read_bytes: Optional[int] = None
    write_bytes: Optional[int] = None


@dataclass(frozen=True)
class PlanReport:
    """What a run would do. landing: files, bytes and redelivered are known, records are not."""
    landing: LandingSummary
    tables: Tuple[PlannedTable, ...]
    notes: Tuple[str, ...] = ()


@dataclass(frozen=True)
class SampleFeed:
    """What was written of one feed. bytes: decoded; stored_bytes: on disk."""
    feed: str
    files: int
    records: int
    bytes: int
    stored_bytes: int


@dataclass(frozen=True)
class SampleReport:
    """What `sample` wrote. defects: name of a defect -> feed -> how many records or files have it."""
    seconds: float
    feeds: Tuple[SampleFeed, ...]
    defects: Dict[str, Dict[str, int]]


@dataclass(frozen=True)
class TableInfo:
    """A table of a lake. bytes: of its data files. left_project: the newest run had no such table any more."""
    table: str
    rows: int
    files: int
    bytes: int
    snapshots: int
    last_updated_ms: int
    last_run_id: str
    metadata_location: str
    comment: str = ""
    left_project: bool = False

    @property
    def last_updated(self) -> datetime.datetime:
        return moment(self.last_updated_ms)


@dataclass(frozen=True)
class RunRecord:
    """A run as the lake's catalog keeps it. finished_ms: 0 when it was not finished. parameters: secrets are shown as
    fingerprints. message: why it failed."""
    run_id: str
    project: str
    database: str
    status: str
    started_ms: int
    finished_ms: int
    message: str
    parameters: Dict[str, str]
    tables: Tuple[TableReport, ...]
    expectations: Tuple[ExpectationReport, ...]
    bad_files: Tuple[BadFile, ...] = ()

    @property
    def started(self) -> datetime.datetime:
        return moment(self.started_ms)

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> RunRecord:
        return one(cls, dict(row, tables=many(TableReport, row["tables"]),
                             expectations=many(ExpectationReport, row["expectations"]),
                             bad_files=many(BadFile, row.get("bad_files"))))


@dataclass(frozen=True)
class QuarantinedRecord:
    """A landing record, or a derived row, that was kept out.

    offset, length: in bytes, of the decoded file; None for a derived row. column, found, wanted: what did not fit.
    """
    id: int
    table: str
    reason: str
    column: Optional[str]
    found: Optional[str]
    wanted: Optional[str]
    file: Optional[str]
    offset: Optional[int]
    length: Optional[int]
    run_id: str


@dataclass(frozen=True)
class QuarantineGroup:
    """How many records of a table were kept out for one reason. bytes: of these records."""
    table: str
    reason: str
    column: Optional[str]
    found: Optional[str]
    wanted: Optional[str]
    records: int
    files: int
    bytes: int


@dataclass(frozen=True)
class LandingFile:
    """A landing file and where every byte of it went.

    status: "loaded", or "redelivered" when its rows were there already, so that it was not read. Of a loaded file,
    accepted_bytes + quarantined_bytes + whitespace_bytes + framing_bytes = decoded_bytes. size_bytes: as it is stored.
    """
    feed: str
    file: str
    status: str
    size_bytes: int
    decoded_bytes: int
    accepted_bytes: int
    quarantined_bytes: int
    whitespace_bytes: int
    framing_bytes: int
    records: int
    rejected: int
    content_hash: str
    decoding: str
    run_id: str
