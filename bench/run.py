"""make bench: the landing scan against DuckDB's read_json, and a whole run against a plain DuckDB
script of the same tables, in one go on this machine. Ratios are what counts; seconds are this machine's.

usage: run.py --build BUILD [--customers N] [--readings N] [--rounds N]
"""
import argparse
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
PROJECT = ROOT / "pipelines/stedi"
KEY, AS_OF = "0123456789abcdef", "2026-06-01"


def measured(words, **settings):
    """Runs a command; returns (wall seconds, CPU seconds, peak MB, what it printed)."""
    begin = time.monotonic()
    process = subprocess.Popen([str(word) for word in words], stdout=subprocess.PIPE, text=True, **settings)
    printed = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"bench: {words[0]} failed with status {os.waitstatus_to_exitcode(status)}\n{printed}")
    return (time.monotonic() - begin, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, printed)


def make_landing(stedi, folder, customers, readings):
    """Demo landing data, kept for the next time."""
    if not folder.exists():
        subprocess.run([stedi, "sample", folder, "--customers", str(customers), "--readings", str(readings),
                        "--seed", "1"], check=True, stdout=subprocess.DEVNULL)
    return sum(path.stat().st_size for path in folder.rglob("*.json")) / 1e6


def bench_scan(build, landing, threads, rounds):
    """An aggregate over every column of a feed, by stedi's scan and by read_json; one line each."""
    print(f"landing scan, an aggregate over every column, median of {rounds}, {threads} threads")
    print(f"  {'feed':<15}{'MB':>6}{'stedi MB/s':>12}{'read_json MB/s':>16}{'read() MB/s':>13}{'ratio':>8}")
    for feed, folder in (("accelerometer", "accelerometer"), ("step_trainer", "step_trainer"), ("customers", "customer")):
        done = measured([build / "bench/landing_scan_bench", landing / folder / "landing", feed, threads, rounds])
        row = json.loads(done[3])
        print(f"  {feed:<15}{row['mb']:>6}{row['stedi_mb_s']:>12}{row['read_json_mb_s']:>16}"
              f"{row['read_floor_mb_s']:>13}{row['ratio']:>8}")


def bench_run(stedi, landing, scratch, megabytes, rounds):
    """The whole pipeline by both, turn by turn; checks that both made the same number of rows."""
    lake, out = scratch / "lake", scratch / "plain"
    ours, plain, increments = [], [], []
    environment = dict(os.environ, STEDI_PSEUDONYM_KEY=KEY)
    run = [stedi, "run", PROJECT, "--landing", landing, "--lake", lake, "--set", f"stedi.as_of={AS_OF}", "--json"]
    for _ in range(rounds):
        shutil.rmtree(lake, ignore_errors=True)
        ours.append(measured(run, env=environment))
        increments.append(measured(run, env=environment)[0])
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir(parents=True)
        plain.append(measured([sys.executable, ROOT / "bench/plain_duckdb.py", PROJECT, landing, out, AS_OF, KEY]))
    rows = {table["table"]: table["rows_out"] for table in json.loads(ours[-1][3])["tables"]}
    for table, count in json.loads(plain[-1][3]).items():
        if rows[table] != count:
            sys.exit(f"bench: {table} has {rows[table]} rows by stedi, {count} by the plain script")
    print(f"\nwhole run, {megabytes:.0f} MB of JSON to eight tables, median of {rounds}")
    print(f"  {'':<28}{'wall s':>8}{'CPU s':>8}{'peak MB':>9}{'MB/s':>7}")
    medians = {}
    for name, runs in (("stedi run", ours), ("plain DuckDB script", plain)):
        wall, cpu, peak = (statistics.median(run[i] for run in runs) for i in range(3))
        medians[name] = wall
        print(f"  {name:<28}{wall:>8.2f}{cpu:>8.2f}{peak:>9.0f}{megabytes / wall:>7.0f}")
    print(f"  stedi run with no news      {statistics.median(increments):>8.2f}")
    print(f"  wall time, stedi / plain    {medians['stedi run'] / medians['plain DuckDB script']:>8.2f}")
    print("  stedi also writes the quarantine, Iceberg metadata, file and offset of each landing row, and")
    print("  fsyncs; the plain script has none of these. Rows of all eight tables are equal.")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True, type=pathlib.Path)
    parser.add_argument("--customers", type=int, default=20000)
    parser.add_argument("--readings", type=int, default=3_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    build = options.build.resolve()
    scratch = build / "bench-data"
    landing = scratch / f"landing-{options.customers}-{options.readings}"
    megabytes = make_landing(build / "stedi", landing, options.customers, options.readings)
    bench_scan(build, landing, os.cpu_count(), options.rounds)
    bench_run(build / "stedi", landing, scratch, megabytes, options.rounds)


if __name__ == "__main__":
    main()
