"""The progress of a run: events for a function, or bars of tqdm in a terminal and in a notebook."""
from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from typing import Any, Callable, Dict, Optional, Union

from .reports import one

Progress = Union[bool, None, Callable[["ProgressEvent"], None]]


@dataclass(frozen=True)
class ProgressEvent:
    """Something that happened in a run.

    event: "wait" (pid: the process that writes to the lake), "begin" (table, kind), "progress" (table, done, total,
    rows, rejected), "end" (table, action, rows, rejected, seconds) or "note" (text). done and total are bytes for a
    feed, else per mille; total 0 means that it is unknown.
    """
    event: str
    table: str = ""
    kind: str = ""
    done: int = 0
    total: int = 0
    rows: int = 0
    rejected: int = 0
    action: str = ""
    seconds: float = 0.0
    pid: int = 0
    text: str = ""


def _is_watched() -> bool:
    """Tells whether somebody sees bars: on a terminal, or in a notebook."""
    return "ipykernel" in sys.modules or bool(getattr(sys.stderr, "isatty", lambda: False)())


class Bars:
    """A bar for each table that is being built: bytes of a feed, per mille of another table. Used as a context."""

    def __init__(self, tqdm: Any) -> None:
        self._tqdm = tqdm
        self._bars: Dict[str, Any] = {}
        self._kinds: Dict[str, str] = {}

    def __enter__(self) -> Bars:
        return self

    def __exit__(self, *_: Any) -> None:
        for bar in self._bars.values():
            bar.close()

    def __call__(self, event: ProgressEvent) -> None:
        if event.event == "begin":
            self._kinds[event.table] = event.kind
            feed = event.kind == "feed"
            self._bars[event.table] = self._tqdm(desc=event.table, total=None if feed else 1000, leave=True,
                                                 unit="B" if feed else "‰", unit_scale=feed)
        elif event.event == "progress" and event.table in self._bars:
            bar = self._bars[event.table]
            bar.total = event.total or None
            bar.n = max(bar.n, event.done)  # several statements build a table, and each counts from 0
            bar.set_postfix(rows=event.rows, rejected=event.rejected, refresh=False)
            bar.refresh()
        elif event.event == "end" and event.table in self._bars:
            bar = self._bars.pop(event.table)
            bar.n = bar.total or bar.n
            bar.set_postfix_str(f"{event.action}, {event.rows:,} rows, {event.rejected:,} rejected", refresh=False)
            bar.refresh()
            bar.close()
        elif event.event == "note":
            self._tqdm.write(event.text, file=sys.stderr)
        elif event.event == "wait":
            self._tqdm.write(f"waiting for process {event.pid}, which writes to the lake", file=sys.stderr)


class Listener:
    """A function of events, used as a context."""

    def __init__(self, function: Callable[[ProgressEvent], None]) -> None:
        self._function = function

    def __enter__(self) -> Callable[[ProgressEvent], None]:
        return self._function

    def __exit__(self, *_: Any) -> None:
        pass


def listener(progress: Progress) -> Optional[Union[Bars, Listener]]:
    """Returns what shows a run, or None. `progress`: a function of events; True for bars; False for nothing; None for
    bars if somebody sees them and tqdm is installed. Raises ImportError for True without tqdm."""
    if callable(progress):
        return Listener(progress)
    if progress is False or (progress is None and not _is_watched()):
        return None
    try:
        from tqdm.auto import tqdm
    except ImportError:
        if progress:
            raise
        return None
    return Bars(tqdm)


def take_line(line: str, tell: Callable[[ProgressEvent], None]) -> bool:
    """Tells `tell` of the event on a line of the program's standard error. Returns False when it is no event."""
    if not line.startswith('{"event":'):
        return False
    tell(one(ProgressEvent, json.loads(line)))
    return True
