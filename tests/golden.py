"""Runs golden tests. Each file tells in one story what a user does and sees. Needs nothing but Python 3.

usage: golden.py --stedi PROGRAM FILE.test ...

Each line is a directive; the lines that belong to it follow up to an empty line. `#` begins a comment.
  landing PATH [gz|zst] [hex] [noeol]   + lines: a file of the landing folder
  landing-append PATH    + lines        landing-remove PATH
  landing-copy FROM TO                  landing-tree FOLDER: copies all files in it
  landing-move FROM TO                  keeps the file's time; also to and from $TMP
  link PATH TARGET       a symbolic link below $TMP; TARGET may be relative
  file PATH              + lines: a file below $TMP
  use project FOLDER     a project below $TMP or of the repository; `copy-of FOLDER`: a copy of it at $TMP/project
  set NAME VALUE         adds --set NAME=VALUE to later runs
  env NAME [VALUE]       sets a variable for later commands; without a value it is unset
  run [ARGUMENTS]        + lines: `stedi run PROJECT --landing .. --lake ..`, exit status 0
  run error STATUS [ARGUMENTS]   + lines: the same with another exit status
  run-unread [ARGUMENTS] a run whose output nobody reads after the first line: exit status 0
  kill-at POINT          a run that kills itself with SIGKILL at this fail point
  hold-lock, release-lock    holds the lock, like another process that writes to the lake
  hold-catalog, release-catalog    locks catalog.db, like another program that writes to it
  file-limit [BYTES]     like ulimit -f: no later command can write a longer file
  damage GLOB gone|cut|replace OLD NEW   removes, truncates or edits the files below $LAKE that match
  lake NAME              from now on $LAKE is $TMP/NAME
  lake-to NAME, lake-copy NAME, lake-link NAME    moves or copies the lake there, or makes a link to it
  remember FOLDER, untouched FOLDER    below $TMP: every file is as it was when it was remembered
  lacks GLOB TEXT        no file below $LAKE that matches holds TEXT
  sqlite                 + SQL: changes the lake's catalog.db from outside
  stedi ARGUMENTS [error STATUS] + lines: any command (-9: it kills itself)
  statement              + SQL: `stedi query` succeeds
  query TYPES [rowsort]  + SQL, `----`, rows: tab-separated, NULL, (empty); types T, I, R
  require sample-2023    skips the file unless the data are there; sets $SAMPLE
In files a line (empty) stands for an empty line, and (70000 x) for that many x.
Lines after run and stedi must occur in the output; `= text` must be a whole line, `! text` must not
occur, and the regular expression of `~ expression` must match.
$LANDING $LAKE $PROJECT $TMP $ROOT $SAMPLE are replaced.
"""
import argparse
import fcntl
import gzip
import json
import os
import pathlib
import re
import resource
import shlex
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile

COMMAND_SECONDS_MAX = 300
FAULTS_MAX = 20
SKIPPED = 77  # ctest's SKIP_RETURN_CODE
ROOT = pathlib.Path(__file__).resolve().parent.parent
WITH_BODY = {"landing", "landing-append", "file", "run", "kill-at", "stedi", "statement", "query", "sqlite"}


class Fault(Exception):
    """Something is not as the test says; the message tells expected and got."""


class Skip(Exception):
    """The test needs something that is not there."""


class Directive:
    """One directive with the lines that belong to it."""

    def __init__(self, line_number, text, body):
        self.line_number = line_number
        self.verb, _, self.argument = text.partition(" ")
        self.argument = self.argument.strip()
        self.body = body


def parse(text):
    """Returns the directives of a test file."""
    lines = text.split("\n")
    directives = []
    at = 0
    while at < len(lines):
        line = lines[at]
        at += 1
        if not line.strip() or line.startswith("#"):
            continue
        first = at
        verb = line.split(" ")[0]
        if verb in WITH_BODY:
            while at < len(lines) and lines[at] != "":
                at += 1
        directives.append(Directive(first, line.rstrip(), lines[first:at]))
    return directives


def zstd_frame(data):
    """Returns a Zstandard frame (RFC 8878) of raw blocks, which are stored without compression."""
    block_bytes = 128 << 10
    out = bytearray(b"\x28\xb5\x2f\xfd\xe0" + len(data).to_bytes(8, "little"))
    starts = list(range(0, len(data), block_bytes)) or [0]
    for start in starts:
        block = data[start:start + block_bytes]
        header = len(block) << 3 | (start == starts[-1])
        out += header.to_bytes(3, "little") + block
    return bytes(out)


class Story:
    """Runs one test file in a folder of its own."""

    def __init__(self, path, program, folder):
        self.path = path
        self.program = program
        self.folder = folder
        self.landing = folder / "landing"
        self.lake = folder / "lake"
        self.landing.mkdir()
        own = [p for p in path.parents if (p / "spark-pipeline.yml").exists()]
        self.project = own[0] if own else ROOT / "pipelines" / "stedi"
        self.sample = None
        self.lock = None
        self.catalog = None
        self.remembered = {}
        self.file_bytes_max = resource.RLIM_INFINITY
        self.settings = []
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("STEDI_")}
        # Nothing outside the folder may matter, such as a key file or the time zone of the user.
        self.environment |= {"HOME": str(folder), "XDG_CONFIG_HOME": str(folder / "config"),
                             "XDG_DATA_HOME": str(folder / "data"), "XDG_STATE_HOME": str(folder / "state"),
                             "TZ": "America/St_Johns", "LC_ALL": "C.UTF-8"}

    def replace(self, text):
        """Returns `text` with the variables replaced by names of folders."""
        for name, value in (("$LANDING", self.landing), ("$LAKE", self.lake), ("$TMP", self.folder),
                            ("$PROJECT", self.project), ("$ROOT", ROOT), ("$SAMPLE", self.sample)):
            text = text.replace(name, str(value))
        return text

    def execute(self, arguments, more_environment=None):
        """Runs the program in the test's folder. Returns its exit status, stdout and stderr."""
        try:
            done = subprocess.run([self.program, *arguments], cwd=self.folder, capture_output=True,
                                  env=self.environment | (more_environment or {}), check=False,
                                  stdin=subprocess.DEVNULL, timeout=COMMAND_SECONDS_MAX,
                                  preexec_fn=self.limit_files if self.has_file_limit() else None)
        except subprocess.TimeoutExpired:
            raise Fault(f"expected: an end within {COMMAND_SECONDS_MAX} s\n"
                        f"got:      none, of stedi {shlex.join(arguments)}") from None
        return done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")

    def has_file_limit(self):
        return self.file_bytes_max != resource.RLIM_INFINITY

    def limit_files(self):
        """Called in the process of a command before the program begins."""
        resource.setrlimit(resource.RLIMIT_FSIZE, (self.file_bytes_max, resource.RLIM_INFINITY))

    def expect_output(self, arguments, status, lines, more_environment=None):
        """Runs the program and compares exit status and output with what the test says."""
        got, stdout, stderr = self.execute(arguments, more_environment)
        output = stdout + stderr
        if got != status:
            raise Fault(f"expected: exit status {status} of stedi {shlex.join(arguments)}\n"
                        f"got:      {got} and\n{output}")
        for line in lines:
            sign, text = line[:2], self.replace(line[2:])
            if sign == "= ":
                holds = text in output.split("\n")
            elif sign == "! ":
                holds = text not in output
            elif sign == "~ ":
                holds = re.search(text, output, re.MULTILINE) is not None
            else:
                holds = self.replace(line) in output
            if not holds:
                raise Fault(f"expected: {self.replace(line)}\ngot:      {output}")

    def landing_path(self, name):
        path = self.landing / self.replace(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def do_landing(self, directive):
        name, *ways = directive.argument.split()
        data = content(directive.body).encode()
        if "hex" in ways:
            data = bytes.fromhex("".join(directive.body))
        elif directive.body and "noeol" not in ways:
            data += b"\n"
        if "gz" in ways:
            data = gzip.compress(data, mtime=0)
        if "zst" in ways:
            data = zstd_frame(data)
        self.landing_path(name).write_bytes(data)

    def do_landing_append(self, directive):
        with open(self.landing_path(directive.argument), "ab") as file:
            file.write((content(directive.body) + "\n").encode())

    def do_landing_remove(self, directive):
        path = self.landing_path(directive.argument)
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()

    def do_landing_copy(self, directive):
        source, target = directive.argument.split()
        shutil.copyfile(self.landing_path(source), self.landing_path(target))

    def do_landing_move(self, directive):
        source, target = directive.argument.split()
        self.landing_path(source).rename(self.landing_path(target))

    def do_link(self, directive):
        name, target = directive.argument.split()
        path = self.folder / self.replace(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.symlink_to(self.replace(target))

    def do_landing_tree(self, directive):
        source = pathlib.Path(self.replace(directive.argument))
        # copyfile does not copy permissions: the source may be read-only, the copy must be writable.
        for path in sorted(p for p in source.rglob("*") if p.is_file()):
            shutil.copyfile(path, self.landing_path(str(path.relative_to(source))))

    def do_file(self, directive):
        path = self.folder / self.replace(directive.argument)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content(directive.body) + "\n")

    def do_use(self, directive):
        what, _, name = directive.argument.partition(" ")
        if what != "project":
            raise Fault(f"expected: use project ..\ngot:      use {directive.argument}")
        if name.startswith("copy-of "):
            self.project = self.folder / "project"
            shutil.copytree(ROOT / name.split(" ", 1)[1], self.project)
        else:
            inside = self.folder / self.replace(name)
            self.project = inside if inside.exists() else ROOT / name

    def do_set(self, directive):
        name, _, value = directive.argument.partition(" ")
        self.settings = [s for s in self.settings if not s.startswith(name + "=")]
        self.settings.append(f"{name}={self.replace(value)}")

    def do_env(self, directive):
        name, _, value = directive.argument.partition(" ")
        self.environment.pop(name, None)
        if value:
            self.environment[name] = self.replace(value)

    def run_arguments(self, more):
        settings = [word for setting in self.settings for word in ("--set", setting)]
        return ["run", str(self.project), "--landing", str(self.landing), "--lake", str(self.lake),
                *settings, *shlex.split(self.replace(more))]

    def do_run(self, directive):
        status, more = 0, directive.argument
        error = re.match(r"error (\d+) ?(.*)", more)
        if error:
            status, more = int(error[1]), error[2]
        self.expect_output(self.run_arguments(more), status, directive.body)

    def do_kill_at(self, directive):
        point, _, number = directive.argument.partition(":")
        fail_point = f"{point}:kill" + (f":{number}" if number else "")
        self.expect_output(self.run_arguments(""), -signal.SIGKILL, directive.body,
                           {"STEDI_FAIL_POINT": fail_point})

    def do_run_unread(self, directive):
        """Runs the project and reads only the first line of its output, as `head -n 1` does."""
        process = subprocess.Popen([self.program, *self.run_arguments(directive.argument)], cwd=self.folder,
                                   env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE)
        process.stdout.readline()
        process.stdout.close()
        error = process.stderr.read().decode(errors="replace")
        process.stderr.close()
        status = process.wait(COMMAND_SECONDS_MAX)
        if status != 0 or error:
            raise Fault(f"expected: exit status 0 and nothing on stderr\ngot:      {status} and {error}")

    def do_hold_lock(self, _):
        self.lake.mkdir(exist_ok=True)
        self.lock = open(self.lake / "lock", "w")
        fcntl.flock(self.lock, fcntl.LOCK_EX)
        self.lock.write(f"{os.getpid()}\n")
        self.lock.flush()

    def do_release_lock(self, _):
        self.lock.close()

    def do_hold_catalog(self, _):
        self.catalog = sqlite3.connect(self.lake / "catalog.db", isolation_level=None)
        self.catalog.execute("BEGIN EXCLUSIVE")

    def do_release_catalog(self, _):
        self.catalog.close()

    def do_lake(self, directive):
        self.lake = self.folder / directive.argument

    def do_lake_to(self, directive):
        target = self.folder / directive.argument
        target.parent.mkdir(parents=True, exist_ok=True)
        self.lake.rename(target)

    def do_lake_copy(self, directive):
        shutil.copytree(self.lake, self.folder / directive.argument, symlinks=True)

    def do_lake_link(self, directive):
        (self.folder / directive.argument).symlink_to(self.lake)

    def files_below(self, name):
        return {str(path.relative_to(self.folder)): path.read_bytes()
                for path in sorted((self.folder / name).rglob("*")) if path.is_file()}

    def do_remember(self, directive):
        self.remembered[directive.argument] = self.files_below(directive.argument)

    def do_untouched(self, directive):
        before, now = self.remembered[directive.argument], self.files_below(directive.argument)
        changed = sorted(name for name in before.keys() | now.keys() if before.get(name) != now.get(name))
        if changed:
            raise Fault(f"expected: no change below {directive.argument}\ngot:      {changed}")

    def do_sqlite(self, directive):
        self.lake.mkdir(exist_ok=True)
        database = sqlite3.connect(self.lake / "catalog.db")
        database.executescript("\n".join(directive.body))
        database.close()

    def do_file_limit(self, directive):
        self.file_bytes_max = int(directive.argument) if directive.argument else resource.RLIM_INFINITY

    def do_damage(self, directive):
        pattern, way, *texts = shlex.split(directive.argument)
        files = sorted(self.lake.glob(pattern))
        if not files:
            raise Fault(f"expected: a file {pattern} in the lake\ngot:      none")
        for file in files:
            data = file.read_bytes()
            if way == "gone":
                file.unlink()
            elif way == "cut":
                file.write_bytes(data[:-10])
            elif way == "replace" and texts[0].encode() in data:
                file.write_bytes(data.replace(*(text.encode() for text in texts)))
            else:
                raise Fault(f"expected: gone, cut, or replace with a text of {file.name}\ngot:      {way} {texts}")

    def do_lacks(self, directive):
        pattern, text = shlex.split(directive.argument)
        files = sorted(self.lake.glob(pattern))
        if not files:
            raise Fault(f"expected: a file {pattern} in the lake\ngot:      none")
        for file in files:
            if text.encode() in file.read_bytes():
                raise Fault(f"expected: no {text}\ngot:      {file} with it")

    def do_stedi(self, directive):
        status, arguments = 0, directive.argument
        error = re.match(r"(.*) error (-?\d+)$", arguments)
        if error:
            arguments, status = error[1], int(error[2])
        self.expect_output(shlex.split(self.replace(arguments)), status, directive.body)

    def query(self, sql):
        """Returns the rows of a statement, each a list of texts; None is NULL."""
        status, stdout, stderr = self.execute(
            ["query", sql, "--lake", str(self.lake), "--format", "json"])
        if status != 0:
            raise Fault(f"expected: a result\ngot:      exit status {status} and\n{stdout}{stderr}")
        rows = json.loads(stdout, object_pairs_hook=list, parse_int=str, parse_float=str)
        return [[value for _, value in row] for row in rows]

    def do_statement(self, directive):
        self.query("\n".join(directive.body))

    def do_query(self, directive):
        types, *ways = directive.argument.split()
        if "----" not in directive.body:
            raise Fault("expected: ---- between the SQL and its rows\ngot:      none")
        cut = directive.body.index("----")
        expected = directive.body[cut + 1:]
        rows = self.query(self.replace("\n".join(directive.body[:cut])))
        got = []
        for row in rows:
            if len(row) != len(types):
                raise Fault(f"expected: {len(types)} columns\ngot:      {len(row)}")
            got.append("\t".join(map(shown, row, types)))
        if "rowsort" in ways:
            expected, got = sorted(expected), sorted(got)
        if expected != got:
            missing = "\n".join(f"  - {line}" for line in expected if line not in got)
            surplus = "\n".join(f"  + {line}" for line in got if line not in expected)
            raise Fault(f"expected: {len(expected)} rows (- not there)\n{missing}\n"
                        f"got:      {len(got)} rows (+ not expected)\n{surplus or '  (another order)'}")

    def do_require(self, directive):
        if directive.argument != "sample-2023":
            raise Fault(f"expected: require sample-2023\ngot:      require {directive.argument}")
        named = os.environ.get("STEDI_SAMPLE_2023")
        beside = ROOT.parent / "shared" / "data" / "stedi-2023"
        self.sample = pathlib.Path(named) if named else beside
        if not self.sample.is_dir():
            raise Skip("the 2023 data are not there; STEDI_SAMPLE_2023 can name their folder")

    def tell(self):
        """Runs all directives; prints and counts the faults."""
        faults = 0
        for directive in parse(self.path.read_text()):
            act = getattr(self, "do_" + directive.verb.replace("-", "_"), None)
            try:
                if act is None:
                    raise Fault(f"expected: a directive\ngot:      {directive.verb}")
                try:
                    act(directive)
                except (OSError, ValueError, re.error, sqlite3.Error) as mistake:
                    raise Fault(f"expected: a directive that can be followed\ngot:      {mistake}") from mistake
            except Fault as fault:
                faults += 1
                print(f"{self.path}:{directive.line_number}: {directive.verb} {directive.argument}\n{fault}\n")
                if faults == FAULTS_MAX or directive.verb in ("run", "run-unread", "use", "kill-at"):
                    print(f"{self.path}: the rest was not run")
                    break
        return faults


def content(lines):
    """Returns what a file gets from the lines of a test, without the last end of line."""
    text = "\n".join("" if line == "(empty)" else line for line in lines)
    return re.sub(r"\(([0-9]{4,}) (.)\)", lambda repeated: int(repeated[1]) * repeated[2], text)


def shown(value, kind):
    """Returns a value as tests write it. Raises Fault if it is not of this kind."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        value = "true" if value else "false"
    if kind == "I" and not re.fullmatch(r"-?\d+", value):
        raise Fault(f"expected: a whole number\ngot:      {value}")
    if kind == "R":
        try:
            float(value)
        except ValueError:
            raise Fault(f"expected: a number\ngot:      {value}") from None
    return value.replace("\t", "\\t").replace("\n", "\\n") if value else "(empty)"


def main():
    parser = argparse.ArgumentParser(description="Runs golden tests.")
    parser.add_argument("--stedi", required=True, type=pathlib.Path)
    parser.add_argument("--keep", action="store_true", help="keep the folders of the tests")
    parser.add_argument("tests", nargs="+", type=pathlib.Path)
    options = parser.parse_args()
    faults, skipped = 0, 0
    for test in options.tests:
        folder = pathlib.Path(tempfile.mkdtemp(prefix=f"stedi-golden-{test.stem}-"))
        try:
            found = Story(test.resolve(), options.stedi.resolve(), folder).tell()
            faults += found
            print(f"{test}: {'ok' if found == 0 else f'{found} faults'}")
        except Skip as reason:
            skipped += 1
            print(f"SKIPPED {test}: {reason}")
        finally:
            if options.keep:
                print(f"{test}: ran in {folder}")
            else:
                shutil.rmtree(folder, ignore_errors=True)
    sys.exit(1 if faults else SKIPPED if skipped == len(options.tests) else 0)


if __name__ == "__main__":
    main()
