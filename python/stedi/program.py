"""The program `stedi` of this package: where it is, how it is started, what it means when it fails."""
from __future__ import annotations

import json
import os
import pathlib
import signal
import subprocess
import tempfile
from typing import IO, Any, Callable, List, Optional, Sequence

# Names another build of the program, for those who change stedi itself.
OTHER_PROGRAM = "STEDI_PROGRAM"
INSTALLED = pathlib.Path(__file__).resolve().parent / "program"
SOURCE_TREE = pathlib.Path(__file__).resolve().parents[2]  # when this file is in one


class StediError(Exception):
    """The program ended with another exit status than 0.

    str(error) and `line` are the program's last line, which says what failed, on what, and what to do.

    Attributes:
        line: the last line that it printed, without "stedi: ".
        status: its exit status: 1 an expectation or a guard failed, 2 the command, its input or the environment must
            be mended, 70 a bug of stedi, 75 another process writes to the lake, 129, 130 and 143 a signal stopped it.
        code: the kind of error as a word, such as "invalid" or "locked"; None when it told none.
        lines: all lines that it printed as errors, the last one included.
        report: of a run that began and failed, its RunReport; else None. Nothing was published, or nothing but
            withdrawals (`report.taken_out`).
        diagnostics: of a project with mistakes, each of them as a Diagnostic; else ().
    """

    def __init__(self, line: str, status: int, code: Optional[str] = None, lines: Sequence[str] = ()) -> None:
        super().__init__(line)
        self.line = line
        self.status = status
        self.code = code
        self.lines = tuple(lines)
        self.report: Any = None
        self.diagnostics: Sequence[Any] = ()


StediError.__module__ = "stedi"  # as people import it, and as a traceback names it


def program_path() -> pathlib.Path:
    """Returns the path of the program that this module starts."""
    named = os.environ.get(OTHER_PROGRAM)
    if named:
        return pathlib.Path(named)
    return INSTALLED / "stedi" if INSTALLED.exists() else SOURCE_TREE / "build/release/stedi"


def projects_folder() -> pathlib.Path:
    """Returns the folder of the projects that come with the program."""
    return (INSTALLED if INSTALLED.exists() else SOURCE_TREE) / "pipelines"


def start(words: Sequence[Any], output: IO[bytes]) -> subprocess.Popen[str]:
    """Starts the program with these words. Its standard output goes to the file `output`."""
    path = program_path()
    try:
        return subprocess.Popen([str(path), *(str(word) for word in words)], stdin=subprocess.DEVNULL, stdout=output,
                                stderr=subprocess.PIPE, encoding="utf-8", errors="replace")
    except OSError as error:
        raise StediError(f"{path}: {error.strerror}; install the package stedi again", 2) from error


def finish(process: subprocess.Popen[str], on_line: Optional[Callable[[str], bool]] = None) -> List[str]:
    """Waits for the program and returns the lines of its standard error that `on_line` did not take (by returning
    True). Whatever is raised here, such as KeyboardInterrupt in a notebook, stops the program as Ctrl-C does, and it
    has ended when the exception leaves."""
    lines = []
    assert process.stderr is not None
    try:
        for line in process.stderr:
            if on_line is None or not on_line(line):
                lines.append(line.rstrip("\n"))
        process.wait()
    except BaseException:
        process.send_signal(signal.SIGINT)
        process.stderr.read()
        process.wait()
        raise
    finally:
        process.stderr.close()
    return lines


def failure(status: int, lines: Sequence[str], answer: Any = None) -> StediError:
    """Returns the error of a program that ended with `status`, after it printed `lines` and the JSON `answer`."""
    if status < 0:  # a signal that it did not handle; the shell's number for it
        status = 128 - status
    told = answer.get("error") if isinstance(answer, dict) else None
    own = [line[len("stedi: "):] for line in lines if line.startswith("stedi: ")]
    line = own[-1] if own else (told or {}).get("message") or f"ended with status {status}"
    return StediError(line, status, (told or {}).get("code"), lines)


def ask(*words: Any, on_line: Optional[Callable[[str], bool]] = None, keep_failed: bool = False) -> Any:
    """Runs a command with --json and returns what it printed.

    Raises StediError when it fails. `keep_failed`: returns (answer, None) or (answer, error) instead.
    """
    with tempfile.TemporaryFile() as output:
        process = start([*words, "--json"], output)
        lines = finish(process, on_line)
        output.seek(0)
        text = output.read().decode("utf-8", errors="replace")
    answer = None
    try:
        answer = json.loads(text) if text.strip() else None
    except ValueError:
        if process.returncode == 0:
            raise
    error = None if process.returncode == 0 else failure(process.returncode, lines, answer)
    if keep_failed:
        return answer, error
    if error is not None:
        raise error
    return answer
