"""The engines of `make bench`: how each is called and which layouts it cannot read."""
import dataclasses
import os
import pathlib
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
PROJECT = ROOT / "pipelines/stedi"
PEERS = ROOT / "bench/peers"
PEERS_PYTHON = ROOT / "build/deps/venv-peers/bin/python"
KEY, AS_OF, THREADS = "0123456789abcdef", "2026-06-01", 2
ENVIRONMENT = dict(os.environ, STEDI_PSEUDONYM_KEY=KEY, STEDI_BENCH_AS_OF=AS_OF)


@dataclasses.dataclass(frozen=True)
class Measure:
    """One run of a process: wall seconds, CPU seconds of all cores, and the peak memory in MB of it or a child."""
    wall: float
    cpu: float
    peak_mb: float
    printed: str = ""


class Failed(Exception):
    """A process ended with a status other than 0. The text holds the end of its output."""


def measured(words):
    """Runs a command to its end and returns its Measure; raises Failed unless its status is 0.

    Calls sync first, so that no writes of an earlier command are pending.
    """
    os.sync()
    begin = time.monotonic()
    with tempfile.TemporaryFile("w+") as complaints:
        process = subprocess.Popen([str(word) for word in words], stdout=subprocess.PIPE, stderr=complaints, text=True,
                                   env=ENVIRONMENT)
        printed = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if status != 0:
            complaints.seek(0)
            said = complaints.read()[-2000:] + printed[-500:]
            raise Failed(f"{' '.join(map(str, words))}: status {process.returncode}\n{said}")
    return Measure(time.monotonic() - begin, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, printed)


def run_stedi(stedi, landing, lake):
    """Returns the command of a `stedi run` with default options, except for the day and the number of threads."""
    return [stedi, "run", PROJECT, "--landing", landing, "--lake", lake, "--threads", THREADS,
            "--set", f"stedi.as_of={AS_OF}", "--json"]


def script(name, *words):
    """Returns the `command` of a Peer that is a Python script: a function (landing, out, layout) -> words."""
    return lambda landing, out, layout: [PEERS_PYTHON, PEERS / f"{name}_script.py", landing, out, "--layout", layout,
                                         *words]


def spark(landing, out, layout):
    """The `command` of the Spark peer. It uses Spark's own launcher, so that the measured process is the JVM."""
    home = PEERS_PYTHON.parents[1] / "lib/python3.11/site-packages/pyspark"
    return ["env", f"SPARK_HOME={home}", f"PYSPARK_PYTHON={PEERS_PYTHON}", home / "bin/spark-submit", "--master",
            f"local[{THREADS}]", "--driver-memory", "6g", PEERS / "spark_script.py", landing, out, "--layout", layout]


@dataclasses.dataclass(frozen=True)
class Peer:
    name: str
    command: callable
    landing_tables: bool = False  # it also writes the three landing tables
    once: bool = False  # it is measured once per case because it is slow
    cannot_read: dict = dataclasses.field(default_factory=dict)  # layout -> what happens instead


PEER_ROWS = (
    Peer("duckdb", script("duckdb")),
    Peer("duckdb, landing in memory", script("duckdb", "--landing-tables", "memory"), landing_tables=True),
    Peer("duckdb, landing in Parquet", script("duckdb", "--landing-tables", "parquet"), landing_tables=True),
    Peer("polars", script("polars"), cannot_read={"line": "an error"}),
    Peer("chdb", script("chdb")),
    Peer("spark", spark, once=True, cannot_read={"line": "of each file the first record alone, and nothing is said"}),
)


def need_peers():
    """Ends the program when the group `peers` of tools/setup.sh is not installed."""
    if not PEERS_PYTHON.exists():
        sys.exit("bench: the other engines are not installed: tools/setup.sh peers")
