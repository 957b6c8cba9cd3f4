"""make bench: measures stedi against other engines that make the same tables. Only the ratios within one run are
meaningful elsewhere, since seconds depend on the machine.

usage: run.py --build BUILD [--only PART,..] [--layouts LAYOUT,..] [--peers NAME,..] [--rounds N]

parts: scan     landing scan against read_json, single feeds
       full     from landing files to all tables, checksums compared
       news     one new file of 10,000 readings, and no news (of NDJSON only)
       floor    the same tables written by DuckDB from memory
       memory   6.6 GB of input against 1.7 GB
Writes all measurements to <BUILD>/../bench-data/results.json. Exits with status 1 when the rows of two engines differ.
"""
import argparse
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys

import ratios
from engines import (PEER_ROWS, PEERS, PEERS_PYTHON, ROOT, THREADS, Failed, Measure, measured, need_peers, run_stedi)

LAYOUTS = {"ndjson": "NDJSON, 1 MB a file", "line": "one {..}{..} line a feed", "gz": "NDJSON, gz, 1 MB a file"}
PARTS = ("scan", "full", "news", "floor", "memory")
FEEDS = {"accelerometer": "accelerometer", "step_trainer": "step_trainer", "customers": "customer"}


class Bench:
    """The options of a benchmark, its folders and the results so far."""

    def __init__(self, options):
        self.options = options
        self.stedi = options.build / "stedi"
        self.data = options.build.parent / "bench-data"
        self.lake, self.base, self.out = self.data / "lake", self.data / "base", self.data / "out"
        self.results = []
        self.sums = {}  # (layout, work) -> (the first engine that was compared, its output of checksum.py)
        self.faults = []

    def make_set(self, months, *layouts):
        """Makes what is missing of the landing data; returns its folder, which has a subfolder for each layout."""
        folder = self.data / f"set-{months}"
        subprocess.run([PEERS_PYTHON, ROOT / "bench/make_set.py", folder, "--months", str(months), "--layouts",
                        ",".join(layouts)], check=True)
        return folder

    def keep(self, engine, layout, work, runs, note=""):
        """Adds the medians of runs to the results and prints them. `runs` may be empty."""
        row = {"engine": engine, "layout": layout, "work": work, "rounds": len(runs), "note": note}
        if runs:
            row |= {key: statistics.median(getattr(run, key) for run in runs) for key in ("wall", "cpu", "peak_mb")}
            row["walls"] = [round(run.wall, 3) for run in runs]
        self.results.append(row)
        numbers = " " * 25
        if runs:
            peak = f"{row['peak_mb']:.0f}" if row["peak_mb"] else ""  # unknown when a part of a process was measured
            numbers = f"{row['wall']:>8.2f}{row['cpu']:>8.2f}{peak:>9}"
        print(f"  {engine:<28}{numbers}  {note}", flush=True)

    def compare(self, place, engine, layout, work):
        """Compares the five tables with those of the first engine of the case; yields a message per difference."""
        words = [ROOT / "build/deps/venv-pyiceberg/bin/python", ROOT / "bench/checksum.py", place]
        found = json.loads(measured(words).printed)
        first, sums = self.sums.setdefault((layout, work), (engine, found))
        for table in sums:
            if found[table] != sums[table]:
                yield f"{table}: {found[table][0]} rows by {engine}, {sums[table][0]} by {first}, {layout}, {work}"

    def fresh(self, folder):
        shutil.rmtree(folder, ignore_errors=True)
        return folder


def heading(text):
    print(f"\n{text}\n  {'':<28}{'wall s':>8}{'CPU s':>8}{'peak MB':>9}")


def bench_scan(bench, folder):
    """Measures an aggregate over every column of each feed: stedi's scan against its rivals."""
    print("\nlanding scan, an aggregate over every column, MB/s")
    print(f"  {'feed':<15}{'layout':<8}{'threads':>7}{'MB':>7}{'stedi':>8}{'read_json':>11}{'DuckDB 2.0':>12}"
          f"{'simdjson':>10}{'read()':>8}{'ratio':>7}")
    for layout in ("ndjson", "line"):
        for feed, place in FEEDS.items():
            for threads in (THREADS, 1):
                landing = folder / layout / place / "landing"
                row = json.loads(measured([bench.options.build / "bench/landing_scan_bench", landing, feed, threads,
                                           bench.options.rounds]).printed)
                newest = json.loads(measured([PEERS_PYTHON, PEERS / "duckdb_scan.py", landing, feed, layout, threads,
                                              bench.options.rounds]).printed)
                row |= {"layout": layout, "duckdb_mb_s": row["mb"] / newest["seconds"]}
                row["ratio"] = row["stedi_mb_s"] / max(row["read_json_mb_s"], row["duckdb_mb_s"])
                if newest["rows"] != row["rows"]:
                    bench.faults.append(f"scan of {feed}: {row['rows']} rows, {newest['rows']} by DuckDB")
                bench.results.append(row | {"engine": "stedi", "work": "scan"})
                print(f"  {feed:<15}{layout:<8}{threads:>7}{row['mb']:>7}{row['stedi_mb_s']:>8}"
                      f"{row['read_json_mb_s']:>11}{row['duckdb_mb_s']:>12.0f}{row.get('simdjson_mb_s', '-'):>10}"
                      f"{row['read_floor_mb_s']:>8}{row['ratio']:>7.2f}", flush=True)


def bench_full(bench, folder, layout):
    """Measures full runs of all engines, which take turns, and compares their tables."""
    landing = folder / layout
    runs = {"stedi": []} | {peer.name: [] for peer in bench.options.peers}
    notes = {}
    for turn in range(bench.options.rounds):
        runs["stedi"].append(measured(run_stedi(bench.stedi, landing, bench.fresh(bench.lake))))
        if turn == 0:
            bench.faults += bench.compare(bench.lake, "stedi", layout, "full")
        for peer in bench.options.peers:
            if turn == 0 or not (peer.once or peer.name in notes):
                measure = run_peer(bench, peer, landing, layout, "full", turn == 0, notes)
                runs[peer.name] += [measure] if measure else []
    heading(f"full run, {LAYOUTS[layout]}, median of {bench.options.rounds}, {THREADS} threads")
    for name, measures in runs.items():
        note = notes.get(name, "once" if len(measures) < bench.options.rounds else "")
        bench.keep(name, layout, "full", measures, note)


def run_peer(bench, peer, landing, layout, work, compared, notes):
    """Runs a peer once and returns its Measure.

    When the peer is known not to read this layout, returns None and sets its note; if it did read it, that is a fault.
    """
    bench.fresh(bench.out).mkdir()
    expected = peer.cannot_read.get(layout)
    try:
        measure = measured(peer.command(landing, bench.out, layout))
        differences = list(bench.compare(bench.out, peer.name, layout, work)) if compared else []
    except Failed as failure:
        if not expected:
            raise
        measure, differences = None, [str(failure)]
    if not expected:
        bench.faults += differences
        return measure
    if compared and not differences:
        bench.faults.append(f"{peer.name} reads {layout} after all")
    notes[peer.name] = f"cannot read this: {expected}"
    return None


def bench_news(bench, folder):
    """Measures runs on one new file and runs without news. A peer that keeps nothing repeats its full run."""
    landing, news = folder / "ndjson", folder / "ndjson/accelerometer/landing/news.json"
    news.unlink(missing_ok=True)
    measured(run_stedi(bench.stedi, landing, bench.fresh(bench.lake)))
    copy_lake(bench.lake, bench.fresh(bench.base))
    database, kept = make_database(bench, landing), "duckdb, landing kept"
    peers = [peer for peer in bench.options.peers if peer.name.startswith("duckdb")]
    runs = {name: [] for name in ("stedi", "stedi, no news", *(peer.name for peer in peers), kept)}
    try:
        for turn in range(bench.options.rounds):
            copy_lake(bench.base, bench.fresh(bench.lake))
            runs["stedi, no news"].append(measured(run_stedi(bench.stedi, landing, bench.lake)))
            shutil.copy(folder / "news.json", news)
            runs["stedi"].append(measured(run_stedi(bench.stedi, landing, bench.lake)))
            if turn == 0:
                bench.faults += bench.compare(bench.lake, "stedi", "ndjson", "news")
            for peer in peers:
                runs[peer.name].append(run_peer(bench, peer, landing, "ndjson", "news", turn == 0, {}))
            bench.fresh(bench.out).mkdir()
            shutil.copy(database, bench.out / "landing.duckdb")
            words = [PEERS_PYTHON, PEERS / "duckdb_script.py", landing, bench.out, "--database",
                     bench.out / "landing.duckdb", "--append", news]
            runs[kept].append(measured(words))
            if turn == 0:
                bench.faults += bench.compare(bench.out, kept, "ndjson", "news")
            news.unlink()
    finally:
        news.unlink(missing_ok=True)
    heading(f"one new file of 10,000 readings, median of {bench.options.rounds}")
    notes = {"stedi": "", "stedi, no news": "no new file", kept: "landing tables kept in a .duckdb file, appended to"}
    for name, measures in runs.items():
        bench.keep(name, "ndjson", "news", measures, notes.get(name, ratios.AGAIN))


def copy_lake(lake, copy):
    """Makes a second lake of hard links to the same files, which never change; copies only the catalog and the lock."""
    shutil.copytree(lake, copy, copy_function=lambda source, target: (
        shutil.copy2 if os.path.basename(source).startswith(("catalog.db", "lock")) else os.link)(source, target))


def make_database(bench, landing):
    """Makes a .duckdb file with the landing tables, for the peer that keeps them; returns its path."""
    database = bench.data / "landing.duckdb"
    database.unlink(missing_ok=True)
    bench.fresh(bench.out).mkdir()
    measured([PEERS_PYTHON, PEERS / "duckdb_script.py", landing, bench.out, "--database", database])
    return database


def bench_floor(bench, folder):
    """Measures DuckDB as it writes all eight tables, and the five without landing, from memory: a lower bound."""
    peer = next(peer for peer in PEER_ROWS if peer.landing_tables)
    bench.fresh(bench.out).mkdir()
    measured(peer.command(folder / "ndjson", bench.out, "ndjson"))
    done = json.loads(measured([PEERS_PYTHON, PEERS / "duckdb_floor.py", bench.out, bench.options.rounds]).printed)
    heading("floor: the same tables written by DuckDB from memory, without landing, without Iceberg")
    for tables, (wall, cpu) in done.items():
        bench.keep(f"write {tables} tables", "ndjson", f"floor {tables}", [Measure(wall, cpu, 0)])


def bench_memory(bench):
    """Measures the peak memory for one month and for four months of landing data, once each."""
    peers = [peer for peer in PEER_ROWS if peer.landing_tables]
    heading("peak memory, one month of landing data (1.7 GB) and four (6.6 GB), once each")
    for months in (1, 4):
        landing = bench.make_set(months, "ndjson") / "ndjson"
        bench.keep("stedi", "ndjson", f"months {months}",
                   [measured(run_stedi(bench.stedi, landing, bench.fresh(bench.lake)))], f"{months} months")
        for peer in peers:
            bench.fresh(bench.out).mkdir()
            bench.keep(peer.name, "ndjson", f"months {months}",
                       [measured(peer.command(landing, bench.out, "ndjson"))], f"{months} months")
    shutil.rmtree(bench.data / "set-4")


def some_of(known):
    """Returns an argparse type that reads names separated by commas, each of which must be in `known`."""
    def read(text):
        for name in text.split(","):
            if name not in known:
                raise argparse.ArgumentTypeError(f"no '{name}': {', '.join(known)}")
        return text.split(",")
    return read


def parse_options():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True, type=lambda text: pathlib.Path(text).resolve())
    names = list(dict.fromkeys(row.name.split(",")[0] for row in PEER_ROWS))
    parser.add_argument("--only", default=["scan", "full", "news", "floor"], type=some_of(PARTS))
    parser.add_argument("--layouts", default=list(LAYOUTS), type=some_of(LAYOUTS))
    parser.add_argument("--peers", default=names, type=some_of(names))
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    options.peers = [row for row in PEER_ROWS if row.name.split(",")[0] in options.peers]
    return options


def main():
    need_peers()
    bench = Bench(parse_options())
    parts, layouts = bench.options.only, bench.options.layouts
    if {"scan", "full", "news", "floor"} & set(parts):
        wanted = set(layouts if "full" in parts else ()) | ({"line"} if "scan" in parts else set())
        folder = bench.make_set(1, "ndjson", *wanted)
    if "scan" in parts:
        bench_scan(bench, folder)
    for layout in layouts if "full" in parts else ():
        bench_full(bench, folder, layout)
    if "news" in parts:
        bench_news(bench, folder)
    if "floor" in parts:
        bench_floor(bench, folder)
    if "memory" in parts:
        bench_memory(bench)
    for folder in (bench.lake, bench.base, bench.out):
        shutil.rmtree(folder, ignore_errors=True)
    (bench.data / "landing.duckdb").unlink(missing_ok=True)
    (bench.data / "results.json").write_text(json.dumps(bench.results, indent=1) + "\n")
    ratios.show(bench.results)
    for fault in bench.faults:
        print(f"OTHER ROWS: {fault}")
    if bench.sums and not bench.faults:
        print("\nall five tables are equal, whoever made them")
    sys.exit(1 if bench.faults else 0)


if __name__ == "__main__":
    main()
