"""Kills the program, or makes a system call fail, at many system calls, and tells what was wrong afterwards.

A point is (command, system call, n, fault): strace makes the n-th such call of each thread fail with EIO or ENOSPC,
once or from then on, or kills the process at it. After a first run and after an incremental run these must hold:
- the process ended with status 0 or 2, or by the kill; never by another signal, never with the status of a bug;
- either all tables of the lake are as before the run, or all are as after it, and the program said which. It may say
  "unknown" only if the fault persisted, so that it could not find out;
- the next run succeeds, and its lake is sound (`stedi verify`), equals that of a run without a fault, and has no file
  that no metadata names.
Every other command must end with status 0 and the same output as without a fault, or with status 2 and one line. After
`stedi relocate`, the same command makes the lake sound. tests/tidy.py compares the commands here with kCommands.

usage: crash_points.py STEDI [--points N] [--seconds S] [--seed K] [--runs N] [--only TEXT]
Exit status 77 where there is no strace.
"""
import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import lake_files  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROJECT = ROOT / "pipelines/stedi"
# The leak sanitizer does not work under strace.
ENVIRONMENT = dict(os.environ, STEDI_PSEUDONYM_KEY="0123456789abcdef", ASAN_OPTIONS="detect_leaks=0")
# The calls by which a run reads, writes, and gets memory and threads.
CALLS = ("openat", "read", "pread64", "write", "pwrite64", "fsync", "fdatasync", "rename", "unlink", "mkdir", "rmdir",
         "ftruncate", "mmap", "newfstatat", "stat", "fstat", "lseek", "flock", "fcntl", "getdents64", "access",
         "readlink", "clone3", "sync_file_range", "statfs", "sched_getaffinity")
KILLED = "signal=KILL"
FAULTS = ("error=EIO", "error=ENOSPC", KILLED)
SKIPPED = 77
SECONDS_MAX = 300  # of one command
BEFORE_MAIN = 127  # the system's loader failed: nothing of the program ran
FIRST_CALL_OF_MAIN = "rt_sigaction(SIGPIPE"  # the loader and the initializers of libraries run before it


class Fault(AssertionError):
    """What was wrong after a point."""


class Point:
    """One system call of one command, and what happens there."""

    def __init__(self, command, call, number, fault, goes_on):
        self.command, self.call, self.number, self.fault, self.goes_on = command, call, number, fault, goes_on

    def __str__(self):
        return f"{self.command}: {self.call} {self.number}{'+' if self.goes_on else ''} {self.fault}"

    def injection(self):
        return f"inject={self.call}:{self.fault}:when={self.number}{'+' if self.goes_on else ''}"


class Lab:
    """A folder with landing files and a lake, and copies of both as they were before each run."""

    def __init__(self, stedi, folder):
        self.stedi, self.folder = stedi, folder
        self.lake, self.landing, self.before = folder / "lake", folder / "landing", folder / "before"
        self.moved = folder / "moved"  # a copy of the lake, for `stedi relocate`
        self.now = "first"
        self.commands = {
            "first": self.run_words(), "increment": self.run_words(), "no_news": self.run_words(),
            "tables": ["tables", "--lake", self.lake], "show": ["show", "customers_trusted", "--lake", self.lake],
            "query": ["query", "SELECT count(*) FROM machine_learning_curated", "--lake", self.lake],
            "files": ["files", "--lake", self.lake], "runs": ["runs", "--lake", self.lake],
            "quarantine": ["quarantine", "--lake", self.lake], "verify": ["verify", "--lake", self.lake],
            "check": ["check", PROJECT], "plan": ["plan", *self.run_words()[1:-2]],
            "compare": ["compare", self.lake, self.lake], "sample": ["sample", folder / "sampled"],
            "relocate": ["relocate", self.moved, "--copy"],
            "export": ["export", "spark", folder / "exported", PROJECT], "completion": ["completion", "bash"],
            "version": ["version"], "help": ["help"]}

    def run_words(self):
        return ["run", PROJECT, "--landing", self.landing, "--lake", self.lake, "--set", "stedi.as_of=2026-01-01",
                "--threads", "2"]

    def call(self, words, trace=()):
        return subprocess.run([*trace, self.stedi, *words], env=ENVIRONMENT, capture_output=True, text=True, check=False,
                              errors="replace", timeout=SECONDS_MAX, cwd=self.folder)

    def deliver(self, name):
        """Adds landing files of made-up people. In the increment, it also changes an earlier file."""
        seed = {"first": "1", "increment": "2"}[name]
        done = self.call(["sample", self.folder / name, "--customers", "12", "--readings", "300", "--seed", seed, "--defects"])
        if done.returncode != 0:
            raise Fault(f"stedi sample: {done.stderr}")
        for path in (self.folder / name).rglob("*.json"):
            place = self.landing / path.relative_to(self.folder / name).with_suffix(f".{seed}.json")
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place)
        if name == "increment":
            old = sorted((self.landing / "accelerometer/landing").glob("*.1.json"))[0]
            old.write_text(old.read_text() + "\n")

    def prepare(self):
        """Records the lakes that runs make without a fault, and the output of the other commands."""
        self.states, self.words, self.counts = {}, {}, {}
        for name in ("first", "increment"):
            self.deliver(name)
            self.keep(name)
            self.counts[name] = self.count(name)
            self.states[name] = lake_files.state(self.lake)
        self.keep("no_news")
        self.counts["no_news"] = self.count("no_news")
        self.states["no_news"] = self.states["increment"]
        for name in self.commands:
            if name in self.states:
                continue
            self.restore(name)
            self.counts[name] = self.count(name)
            self.words[name] = self.told

    def keep(self, name):
        for made in (self.lake, self.landing):
            if made.exists():
                shutil.copytree(made, self.before / name / made.name)

    def restore(self, command):
        name = command if command in self.states else "no_news"
        for made in (self.lake, self.landing, self.moved, self.folder / "sampled", self.folder / "exported"):
            shutil.rmtree(made, ignore_errors=True)
            if (self.before / name / made.name).exists():
                shutil.copytree(self.before / name / made.name, made)
        if command == "relocate":
            shutil.copytree(self.before / name / "lake", self.moved)

    def count(self, command):
        """Returns system call -> the largest number of such calls in one thread, without a fault."""
        log = self.folder / "calls"
        done = self.call(self.commands[command], ["strace", "-f", "-qq", "-o", log, "-e", f"trace={','.join(CALLS)}"])
        if done.returncode != 0:
            raise Fault(f"stedi {command} without a fault ended with status {done.returncode}: {done.stdout}{done.stderr}")
        self.told = done.stdout
        counts = collections.Counter(re.match(r"(\d+) +(?:<\.\.\. )?(\w+)", line).groups()
                                     for line in log.read_text(errors="replace").splitlines()
                                     if re.match(r"\d+ +\w+\(", line))
        most = collections.Counter()
        for (_, call), number in counts.items():
            most[call] = max(most[call], number)
        return most

    def try_point(self, point):
        """Tries one point. Returns what happened in a word or two. Raises Fault."""
        self.restore(point.command)
        before, runs = lake_files.state(self.lake), lake_files.published_runs(self.lake)
        log = self.folder / "calls"
        done = self.call(self.commands[point.command],
                         ["strace", "-f", "-qq", "-o", log, "-e", f"trace={point.call},rt_sigaction", "-e",
                          point.injection()])
        killed = point.fault == KILLED and done.returncode in (-9, 137)
        reached_main = FIRST_CALL_OF_MAIN in log.read_text(errors="replace")
        if done.returncode == BEFORE_MAIN or (done.returncode == -signal.SIGSEGV and not reached_main):
            return "before main"
        if not killed:
            self.check_end(point, done)
        if point.command == "relocate":
            self.check_moved_lake()
        if point.command not in self.states:
            return "killed" if killed else f"status {done.returncode}"
        self.check_words(point, done, before, lake_files.published_runs(self.lake) != runs)
        self.check_next_run(point)
        return "killed" if killed else f"status {done.returncode}"

    def check_end(self, point, done):
        allowed = (0, 1, 2) if point.command == "verify" else (0, 2)  # a table that cannot be read is not sound
        if done.returncode not in allowed:
            raise Fault(f"ended with status {done.returncode}:\n{done.stdout[-500:]}{done.stderr[-1500:]}")
        lines = [line for line in done.stderr.splitlines() if line.startswith("stedi: ")]
        # Calls are counted per thread, so the write of the message about the fault may be the next call that fails.
        told_nothing = point.call == "write" and not done.stderr
        # All files that cannot be read are named, one line for each.
        is_list = len(lines) > 1 and re.search(rf" {len(lines) - 1} landing files cannot be read", lines[-1]) is not None
        all_told = len(lines) == len(done.stderr.splitlines()) and (len(lines) == 1 or is_list)
        if done.returncode == 2 and not all_told and not told_nothing:
            raise Fault(f"not one line:\n{done.stderr[-1500:]}")
        if done.returncode == 0 and point.command in self.words and not same(done.stdout, self.words[point.command]):
            raise Fault(f"status 0, but other words:\n{done.stdout[-1500:]}{done.stderr[-500:]}")

    def check_words(self, point, done, before, is_published):
        try:
            now = lake_files.state(self.lake)
        except lake_files.NoState as error:
            raise Fault(f"the lake cannot be read: {error}") from error
        after = self.states[point.command]
        if now not in (before, after):
            raise Fault(f"neither the state before nor that after: {now}, before {before}, after {after}")
        text = done.stdout + done.stderr
        killed = point.fault == KILLED and done.returncode not in (0, 2)
        if "unknown" in text:
            if not point.goes_on and not killed:
                raise Fault(f"unknown, though it could be looked up: {text[-1500:]}")
            return
        if "nothing was published" in text and (is_published or (now != before)):
            raise Fault(f"\"nothing was published\", but it was: {text[-1500:]}")
        if killed:
            return
        if done.returncode == 0 and not is_published:
            raise Fault(f"status 0, but the run is not published: {text[-1500:]}")
        if done.returncode == 2 and is_published and "was published" not in text.replace("nothing was published", ""):
            raise Fault(f"published, but not told so: {text[-1500:]}")

    def check_moved_lake(self):
        """The lake can be made whole by the same command again, whatever happened to the first one."""
        for words in (self.commands["relocate"], ["verify", "--lake", self.moved]):
            done = self.call(words)
            if done.returncode != 0:
                raise Fault(f"afterwards stedi {words[0]} ended with status {done.returncode}: {done.stdout}{done.stderr}")

    def check_next_run(self, point):
        done = self.call(self.commands[point.command])
        if done.returncode != 0:
            raise Fault(f"the next run ended with status {done.returncode}: {done.stdout[-500:]}{done.stderr[-1500:]}")
        now, after = lake_files.state(self.lake), self.states[point.command]
        if now != after:
            raise Fault(f"the next run made another lake: {now}, not {after}")
        left = lake_files.unnamed_files(self.lake)
        if left:
            raise Fault(f"{len(left)} files that nothing names, such as {left[:3]}")
        done = self.call(["verify", "--lake", self.lake])
        if done.returncode != 0:
            raise Fault(f"stedi verify ended with status {done.returncode}: {done.stdout}{done.stderr}")


def same(text, expected):
    """Whether two outputs are the same without the times and ids, which differ from call to call."""
    differing = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+(\.\d+)? ?(s|ms|MB/s|GB/s)\b|\d\d:\d\d:\d\d")
    return differing.sub("", text).split() == differing.sub("", expected).split()


def choose(counts, command, number, calls, choice):
    """Returns `number` points of a command, spread over the kinds of its system calls, since most calls are of few
    kinds."""
    kinds = [call for call in calls if counts[call] > 0]
    points = []
    while len(points) < number:
        call = choice.choice(kinds)
        nth = choice.randint(1, counts[call])
        for fault in FAULTS:
            if fault == "error=ENOSPC" and call not in ("write", "pwrite64", "ftruncate", "openat", "mkdir", "fsync", "rename"):
                continue
            points.append(Point(command, call, nth, fault, fault != KILLED and choice.random() < 0.25))
    return points[:number]


# The test must see both of these.
OUTCOMES = {"killed", "status 2"}


def work(stedi, folder, names, options):
    """Tries points in a lab of its own. Returns (how often each outcome occurred, what was wrong)."""
    choice = random.Random(f"{options.seed} {folder.name}")
    lab = Lab(stedi, folder)
    lab.prepare()
    deadline = time.monotonic() + options.seconds
    points = [point for name in names
              for point in choose(lab.counts[name], name,
                                  options.runs if name in ("first", "increment") else options.points,
                                  [call for call in CALLS if call not in options.without], choice)]
    choice.shuffle(points)
    outcomes, wrong = collections.Counter(), []
    for point in points:
        if options.only not in str(point):
            continue
        if time.monotonic() > deadline and OUTCOMES.issubset(outcomes):
            break
        try:
            outcomes[lab.try_point(point)] += 1
        except (Fault, lake_files.NoState, subprocess.TimeoutExpired) as failure:
            wrong.append(f"{point}: {failure}")
            print(f"WRONG {wrong[-1]}", flush=True)
    return outcomes, wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("stedi", type=pathlib.Path)
    parser.add_argument("--runs", type=int, default=600, help="points of a first run, and as many of an increment")
    parser.add_argument("--points", type=int, default=40, help="points of each other command")
    parser.add_argument("--seconds", type=float, default=1e9)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="points that have this in their text, such as 'first: openat'")
    parser.add_argument("--without", nargs="*", default=[], metavar="CALL", help="system calls to leave alone")
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    if shutil.which("strace") is None:
        print("SKIPPED: the crash points, there is no strace")
        sys.exit(SKIPPED)
    memory = pathlib.Path("/dev/shm")
    folder = pathlib.Path(tempfile.mkdtemp(prefix="stedi-crash-", dir=memory if memory.is_dir() else None))
    names = list(Lab(options.stedi, folder).commands)
    shares = [names[i::options.workers] for i in range(options.workers)]
    folders = [folder / str(i) for i in range(options.workers)]
    for lab in folders:
        lab.mkdir()
    with concurrent.futures.ThreadPoolExecutor(options.workers) as pool:
        results = list(pool.map(lambda pair: work(options.stedi.resolve(), *pair, options), zip(folders, shares)))
    outcomes = sum((outcome for outcome, _ in results), collections.Counter())
    wrong = [text for _, texts in results for text in texts]
    shutil.rmtree(folder, ignore_errors=True)
    print(f"seed {options.seed}: {sum(outcomes.values()) + len(wrong)} crash points, {len(wrong)} wrong; {dict(outcomes)}")
    if wrong or not OUTCOMES.issubset(outcomes):
        sys.exit(1)


if __name__ == "__main__":
    main()
