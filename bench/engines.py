"""The engines of `make bench`: how each is called, and what it cannot read. A row each."""
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
    """One run of a process: seconds, seconds of both cores, and the largest memory, in MB, of it or a child."""
    wall: float
    cpu: float
    peak_mb: float
    printed: str = ""


class Failed(Exception):
    """A process that ended with another status than 0; the text is the end of what it complained of."""


def measured(words):
    """Runs a command to its end, on a disk that has nothing left to write of the one before it."""
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
    """`stedi run` as a user calls it: its own defaults, but the day and two threads."""
    return [stedi, "run", PROJECT, "--landing", landing, "--lake", lake, "--threads", THREADS,
            "--set", f"stedi.as_of={AS_OF}", "--json"]


def script(name, *words):
    """A peer's script with Python: (landing, out, layout) -> its command."""
    return lambda landing, out, layout: [PEERS_PYTHON, PEERS / f"{name}_script.py", landing, out, "--layout", layout,
                                         *words]


def spark(landing, out, layout):
    """Started by Spark's own launcher, so that the process that is measured is the JVM."""
    home = PEERS_PYTHON.parents[1] / "lib/python3.11/site-packages/pyspark"
    return ["env", f"SPARK_HOME={home}", f"PYSPARK_PYTHON={PEERS_PYTHON}", home / "bin/spark-submit", "--master",
            f"local[{THREADS}]", "--driver-memory", "6g", PEERS / "spark_script.py", landing, out, "--layout", layout]


@dataclasses.dataclass(frozen=True)
class Peer:
    name: str
    command: callable
    landing_tables: bool = False  # whether it writes the three landing tables too
    once: bool = False  # too slow to be measured more than once a case
    cannot_read: dict = dataclasses.field(default_factory=dict)  # layout -> what happens


PEER_ROWS = (
    Peer("duckdb", script("duckdb")),
    Peer("duckdb, landing in memory", script("duckdb", "--landing-tables", "memory"), landing_tables=True),
    Peer("duckdb, landing in Parquet", script("duckdb", "--landing-tables", "parquet"), landing_tables=True),
    Peer("polars", script("polars"), cannot_read={"line": "an error"}),
    Peer("chdb", script("chdb")),
    Peer("spark", spark, once=True, cannot_read={"line": "of each file the first record alone, and nothing is said"}),
)


def need_peers():
    """Ends the program when the group `peers` of tools/setup.sh is not there."""
    if not PEERS_PYTHON.exists():
        sys.exit("bench: the other engines are not installed: tools/setup.sh peers")
