"""The commands that make a lake: sample, check, plan, run."""
from __future__ import annotations

import os
import pathlib
from typing import Any, Iterable, List, Mapping, Optional, Tuple, Union

from . import program
from .progress import Progress, listener, take_line
from .reports import (CheckReport, Diagnostic, LandingSummary, PlannedTable, PlanReport, RunReport, SampleFeed,
                      SampleReport, many, one)

Path = Union[str, "os.PathLike[str]"]
Settings = Optional[Mapping[str, Any]]


def projects() -> List[str]:
    """Returns the names of the projects that this package has, for `project`."""
    return sorted(path.parent.name for path in program.projects_folder().glob("*/spark-pipeline.yml"))


def project(name: str) -> pathlib.Path:
    """Returns the folder of the project `name` of this package: "stedi", or "stedi-as-published".

    It is part of the installation: copy it to change it. Raises KeyError for another name.
    """
    if name not in projects():
        raise KeyError(f"no project '{name}' in this package; it has: {', '.join(projects())}")
    return program.projects_folder() / name


def _option(name: str, value: Any) -> List[str]:
    """Returns the words of an option; none for None and False. Of a flag, True is the option alone."""
    if value is None or value is False:
        return []
    return [name] if value is True else [name, _text(value)]


def _text(value: Any) -> str:
    """Returns a value as the program reads it: a boolean as true or false."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _settings(values: Settings) -> List[str]:
    return [word for name, value in (values or {}).items() for word in ("--set", f"{name}={_text(value)}")]


def _place(folder: Path, landing: Optional[Path], lake: Optional[Path], catalog: Optional[Path],
           settings: Settings) -> List[str]:
    return [os.fspath(folder), *_option("--landing", landing), *_option("--lake", lake), *_option("--catalog", catalog),
            *_settings(settings)]


def sample(folder: Path, *, customers: Optional[int] = None, readings: Optional[int] = None, seed: Optional[int] = None,
           layout: Optional[str] = None, compress: Optional[str] = None, file_bytes: Optional[int] = None,
           defects: bool = False, threads: Optional[int] = None) -> SampleReport:
    """Writes demo landing data into `folder`, which is made.

    customers: persons (1000). readings: of the accelerometer, in all (81000); the step trainer has a third as many.
    seed: the same seed, the same bytes (1). layout: "ndjson", "concat", "array" or "pretty". compress: "none", "gz" or
    "zst". file_bytes: size of a file, at most (16 MiB). defects: with every known defect. threads: 0 means all.

    Raises StediError (status 2) when the folder holds landing files already.
    """
    answer = program.ask("sample", os.fspath(folder), *_option("--customers", customers),
                         *_option("--readings", readings), *_option("--seed", seed), *_option("--layout", layout),
                         *_option("--compress", compress), *_option("--file-bytes", file_bytes),
                         *_option("--defects", defects), *_option("--threads", threads))
    found = {row["defect"]: dict(row["count"]) for row in answer.get("defects", ())}
    return SampleReport(answer["seconds"], many(SampleFeed, answer["feeds"]), found)


def check(project: Path, *, landing: Optional[Path] = None, set: Settings = None) -> CheckReport:  # noqa: A002
    """Finds the mistakes in the project folder `project`, without data.

    Mistakes are no exception: they are in `diagnostics`, and `ok` is False. Raises StediError (status 2) when there is
    no project at `project`.
    """
    answer, error = program.ask("check", *_place(project, landing, None, None, set), keep_failed=True)
    if not isinstance(answer, dict) or "ok" not in answer:
        raise error
    return CheckReport(answer["ok"], {row["table"]: tuple(row["inputs"]) for row in answer["tables"]},
                       many(Diagnostic, answer["diagnostics"]))


def plan(project: Path, *, landing: Optional[Path] = None, lake: Optional[Path] = None,  # noqa: A002
         catalog: Optional[Path] = None, set: Settings = None, rebuild: Iterable[str] = (), full: bool = False,
         skip_bad_files: bool = False, allow_shrink: bool = False) -> PlanReport:
    """Tells what `run` with the same arguments would do with each table, and why. Writes nothing.

    Raises StediError (status 2) when the project has mistakes (`diagnostics`) or a folder is missing.
    """
    words = [*_place(project, landing, lake, catalog, set), *_rebuilds(rebuild), *_option("--full", full),
             *_option("--skip-bad-files", skip_bad_files), *_option("--allow-shrink", allow_shrink)]
    answer, error = program.ask("plan", *words, keep_failed=True)
    if error is not None:
        raise _with_diagnostics(error, answer)
    tables = tuple(one(PlannedTable, dict(row, if_changed=tuple(row.get("if_changed", ())))) for row in answer["tables"])
    return PlanReport(one(LandingSummary, answer["landing"]), tables, tuple(answer.get("notes", ())))


def run(project: Path, *, landing: Optional[Path] = None, lake: Optional[Path] = None,  # noqa: A002
        catalog: Optional[Path] = None, set: Settings = None, rebuild: Iterable[str] = (), full: bool = False,
        skip_bad_files: bool = False, allow_shrink: bool = False, new_key: bool = False, wait: bool = True,
        threads: Optional[int] = None, memory: Union[int, str, None] = None, progress: Progress = None) -> RunReport:
    """Loads new landing files, builds the tables of `project`, publishes all of them or none.

    project: a project folder, such as stedi.project("stedi"). landing: folder of the landing files. lake: a folder, or
    "s3://bucket/prefix" (./lake). catalog: the lake's catalog file; of a lake on S3 it must be given. set: parameters
    of the project, such as {"stedi.max_age": 3000}. rebuild: tables to make anew from nothing. full: build every
    derived table from its inputs, also if it is up to date. skip_bad_files: go on without files that cannot be read.
    allow_shrink: go on where records or rows are fewer than a guard wants. new_key: give all people new pseudonyms.
    wait: False fails (status 75) when another process writes to the lake. threads: 0 means all. memory: for the
    engine, bytes or a text such as "4GB". progress: a function that gets each ProgressEvent; True for bars of tqdm;
    False for nothing; None for bars in a terminal or notebook where tqdm is installed.

    Returns the report of a run that was published, or that had nothing to do (status "no_news"). Raises StediError:
    status 1 when an expectation or a guard failed (`report` tells which), 2 when the project or its input must be
    mended. KeyboardInterrupt stops the run, and nothing is published.
    """
    words = ["run", *_place(project, landing, lake, catalog, set), *_rebuilds(rebuild), *_option("--full", full),
             *_option("--skip-bad-files", skip_bad_files), *_option("--allow-shrink", allow_shrink),
             *_option("--new-key", new_key), *_option("--no-wait", not wait), *_option("--threads", threads),
             *_option("--memory", memory)]
    shown = listener(progress)
    if shown is None:
        answer, error = program.ask(*words, keep_failed=True)
    else:
        with shown as tell:
            answer, error = program.ask(*words, "--progress", on_line=lambda line: take_line(line, tell),
                                        keep_failed=True)
    if error is not None:
        raise _with_diagnostics(error, answer)
    return RunReport.from_json(answer)


def _rebuilds(tables: Iterable[str]) -> List[str]:
    return [word for table in ([tables] if isinstance(tables, str) else tables) for word in ("--rebuild", table)]


def _with_diagnostics(error: program.StediError, answer: Any) -> program.StediError:
    """Adds to `error` what the program's JSON says besides."""
    if isinstance(answer, dict):
        if "run_id" in answer and "tables" in answer:
            error.report = RunReport.from_json(answer)
        found: Tuple[Diagnostic, ...] = many(Diagnostic, (answer.get("error") or {}).get("diagnostics"))
        error.diagnostics = found
    return error
