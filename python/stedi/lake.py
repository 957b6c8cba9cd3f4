"""A lake from Python: its tables by PyIceberg, and what the program knows of runs, files and quarantine."""
from __future__ import annotations

import contextlib
import os
import pathlib
import sqlite3
import tempfile
from typing import TYPE_CHECKING, Any, List, Optional, Sequence, Tuple, Union

from . import program
from .reports import LandingFile, QuarantinedRecord, QuarantineGroup, RunRecord, TableInfo, many

if TYPE_CHECKING:
    import duckdb
    import pandas
    import polars
    import pyarrow
    from pyiceberg.catalog.sql import SqlCatalog
    from pyiceberg.table import DataScan, Table

Path = Union[str, "os.PathLike[str]"]


class LakeTable:
    """A table of a lake, as it was when `Lake.table` was called.

    Reading is PyIceberg's: `iceberg` is its Table, and everything that a Table has (`schema()`, `scan()`,
    `snapshots()`, `inspect`, `history()` ..) can be called here. The to_* functions are short forms of `scan`.

    They take the same arguments. columns: names; all of them when left out. where: a filter as PyIceberg writes it,
    such as "split = 'train' AND x > 0.5", or one of its expressions. snapshot_id: rows as of that snapshot. limit: that
    many rows at most.
    """

    def __init__(self, iceberg: Table) -> None:
        self.iceberg = iceberg

    def __getattr__(self, name: str) -> Any:
        if name == "iceberg":
            raise AttributeError(name)
        return getattr(self.iceberg, name)

    def __repr__(self) -> str:
        return f"<stedi.LakeTable {'.'.join(self.iceberg.name())}>"

    def _scan(self, columns: Optional[Sequence[str]], where: Any, snapshot_id: Optional[int],
              limit: Optional[int]) -> DataScan:
        words = {} if where is None else {"row_filter": where}
        return self.iceberg.scan(selected_fields=tuple(columns) if columns else ("*",), snapshot_id=snapshot_id,
                                 limit=limit, **words)

    def to_arrow(self, columns: Optional[Sequence[str]] = None, where: Any = None, *,
                 snapshot_id: Optional[int] = None, limit: Optional[int] = None) -> pyarrow.Table:
        """Returns the rows as a pyarrow.Table: all of them are in memory."""
        return self._scan(columns, where, snapshot_id, limit).to_arrow()

    def to_batches(self, columns: Optional[Sequence[str]] = None, where: Any = None, *,
                   snapshot_id: Optional[int] = None, limit: Optional[int] = None) -> pyarrow.RecordBatchReader:
        """Returns the rows as a pyarrow.RecordBatchReader: a batch at a time is in memory, and it is read once."""
        return self._scan(columns, where, snapshot_id, limit).to_arrow_batch_reader()

    def to_pandas(self, columns: Optional[Sequence[str]] = None, where: Any = None, *,
                  snapshot_id: Optional[int] = None, limit: Optional[int] = None) -> pandas.DataFrame:
        """Returns the rows as a pandas.DataFrame."""
        return self._scan(columns, where, snapshot_id, limit).to_pandas()

    def to_polars(self, columns: Optional[Sequence[str]] = None, where: Any = None, *,
                  snapshot_id: Optional[int] = None, limit: Optional[int] = None) -> polars.DataFrame:
        """Returns the rows as a polars.DataFrame."""
        import polars
        frame = polars.from_arrow(self.to_arrow(columns, where, snapshot_id=snapshot_id, limit=limit))
        assert isinstance(frame, polars.DataFrame)
        return frame

    def to_duckdb(self, columns: Optional[Sequence[str]] = None, where: Any = None, *,
                  snapshot_id: Optional[int] = None, limit: Optional[int] = None,
                  connection: Optional[duckdb.DuckDBPyConnection] = None) -> duckdb.DuckDBPyConnection:
        """Makes the rows a view of the table's name in `connection`, or in a new one. Returns the connection."""
        import duckdb
        into = connection if connection is not None else duckdb.connect()
        into.register(self.iceberg.name()[-1], self.to_arrow(columns, where, snapshot_id=snapshot_id, limit=limit))
        return into


class Lake:
    """An existing lake, read only.

    path: its folder, or "s3://bucket/prefix". catalog: its catalog file, when it is not catalog.db in the folder; of a
    lake on S3 it must be given. database: the database in it, when there are several. properties: for PyIceberg, such
    as "s3.endpoint".

    Nothing is read before a function is called; each call sees the lake as it is then. All raise StediError (status 2)
    when there is no lake, or no such table.
    """

    def __init__(self, path: Path = "lake", *, catalog: Optional[Path] = None, database: Optional[str] = None,
                 **properties: str) -> None:
        self.path = os.fspath(path)
        self._catalog = pathlib.Path(catalog) if catalog is not None else pathlib.Path(self.path) / "catalog.db"
        self._words = ["--lake", self.path]
        if catalog is not None:
            self._words += ["--catalog", os.fspath(catalog)]
        if database is not None:
            self._words += ["--database", database]
        self._database = database
        self._properties = properties

    def __repr__(self) -> str:
        return f"stedi.Lake({self.path!r})"

    def tables(self) -> Tuple[TableInfo, ...]:
        """Returns the tables, sorted by name."""
        return many(TableInfo, program.ask("tables", *self._words))

    def catalog(self) -> SqlCatalog:
        """Returns the catalog as PyIceberg opens it. Close it when it is no longer needed: `catalog.close()`."""
        from pyiceberg.catalog.sql import SqlCatalog
        name, _ = self._names()
        return SqlCatalog(name, uri=f"sqlite:///{self._catalog.resolve()}", init_catalog_tables="false",
                          **self._properties)

    def table(self, name: str) -> LakeTable:
        """Returns the table `name`, or "database.name". Needs PyIceberg: pip install 'stedi[arrow]'."""
        _, database = self._names()
        if "." not in name:
            # One answer for all mistakes: the program's, which names the nearest table.
            known = [table.table for table in self.tables()]
            if name not in known:
                program.ask("show", name, *self._words)
            name = f"{database}.{name}"
        catalog = self.catalog()
        try:
            return LakeTable(catalog.load_table(name))
        finally:
            # A connection that stays open would not see the file that a later run puts in its place.
            catalog.engine.dispose()

    def _names(self) -> Tuple[str, str]:
        """Returns the names of the catalog and of the database."""
        path = self._catalog
        if not path.exists():
            program.ask("tables", *self._words)  # says what is missing
        with contextlib.closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as database:
            rows = sorted(set(database.execute("SELECT catalog_name, table_namespace FROM iceberg_tables")))
        names = [namespace for _, namespace in rows]
        if not names:
            program.ask("tables", *self._words)
        chosen = self._database or (names[0] if len(names) == 1 else "stedi")
        return rows[0][0], chosen

    def query(self, sql: str, *, memory: Union[int, str, None] = None) -> pyarrow.Table:
        """Runs a SELECT over the lake's tables and ops.runs, ops.steps, ops.files, ops.expectations. Returns its rows
        with the types that DuckDB gives them; sums of integers are decimal128(38, 0).

        memory: for the engine, bytes or a text such as "4GB". Needs PyArrow. Raises StediError (status 2) when the
        statement is wrong or reads anything else.
        """
        import pyarrow.parquet
        with tempfile.TemporaryFile() as output:
            words = ["--memory", str(memory)] if memory is not None else []
            process = program.start(["query", sql, *self._words, *words, "--format", "parquet"], output)
            lines = program.finish(process)
            if process.returncode != 0:
                raise program.failure(process.returncode, lines)
            output.seek(0)
            return pyarrow.parquet.read_table(output)

    def runs(self, limit: int = 20) -> Tuple[RunRecord, ...]:
        """Returns the newest runs, the newest first."""
        return tuple(RunRecord.from_json(row) for row in program.ask("runs", "--limit", limit, *self._words))

    def files(self) -> Tuple[LandingFile, ...]:
        """Returns the landing files and where every byte of them went."""
        return many(LandingFile, program.ask("files", *self._words))

    def quarantine(self, *, table: Optional[str] = None, reason: Optional[str] = None, file: Optional[str] = None,
                   limit: int = 100, skip: int = 0) -> Tuple[QuarantinedRecord, ...]:
        """Returns what was kept out, of a table, for a reason, or of a landing file; all of it when left out. limit,
        skip: that many records, after the first ones. Values of records are not shown."""
        return many(QuarantinedRecord, program.ask("quarantine", *self._filters(table, reason, file), "--limit", limit,
                                                   "--skip", skip, *self._words))

    def quarantine_groups(self, *, table: Optional[str] = None, reason: Optional[str] = None,
                          file: Optional[str] = None) -> Tuple[QuarantineGroup, ...]:
        """Returns how much was kept out by table, reason and column."""
        return many(QuarantineGroup, program.ask("quarantine", "--groups", *self._filters(table, reason, file),
                                                 *self._words))

    @staticmethod
    def _filters(table: Optional[str], reason: Optional[str], file: Optional[str]) -> List[str]:
        return [word for name, value in (("--table", table), ("--reason", reason), ("--file", file))
                if value is not None for word in (name, value)]
