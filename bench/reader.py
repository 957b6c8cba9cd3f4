"""Measures the reader of the wheel against pyarrow.json, pandas.read_json and polars.read_ndjson: rows a second on
accelerometer files, into memory, with one thread and two. All engines are told the types of the columns but pandas, which
guesses them. The engines take turns; only ratios within one run mean anything elsewhere. `ratio` is
that of the speed to the best of the others, `of CPU` that of the least processor time of the others to its own, which
other work on the machine disturbs less.

usage: reader.py [--rounds N] [--files N]     after `make wheel-reader`, tools/setup.sh peers and `make bench`'s data
"""
import argparse
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
DATA = ROOT / "build/bench-data"
PYTHON = ROOT / "build/deps/venv-peers/bin/python"
ENGINES = ("stedi_reader", "pyarrow.json", "pandas", "polars")


def install():
    """Unpacks the wheel of this machine; returns the folder to import it from."""
    wheel = next((ROOT / "build/wheels").glob(f"stedi_reader-*_{os.uname().machine}.whl"), None)
    if wheel is None or not PYTHON.exists():
        sys.exit("bench/reader.py: run make wheel-reader and tools/setup.sh peers first")
    folder = DATA / "stedi_reader"
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run([PYTHON, "-m", "pip", "install", "-q", "--no-index", "--no-deps", "--target", folder, wheel], check=True)
    return folder


def measure(engine, threads, files, place):
    words = [PYTHON, ROOT / "bench/reader_rows.py", engine, threads, 1, *files]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OPENBLAS_")}
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, check=True,
                          env=environment | {"PYTHONPATH": str(place)})
    return json.loads(done.stdout)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--files", type=int, default=250)
    a = parser.parse_args()
    place = install()
    files = sorted((DATA / "set-1/ndjson/accelerometer/landing").glob("*.json"))[:a.files]
    if not files:
        sys.exit("bench/reader.py: there is no landing data: run make bench with bench_args='--only scan' first")
    whole = DATA / "accelerometer-whole.json"
    with open(whole, "wb") as out:
        for file in files:
            out.write(file.read_bytes())
    print(f"{whole.stat().st_size / 1e6:.0f} MB of accelerometer readings into memory, million rows a second, median of "
          f"{a.rounds}\n{'':24}" + "".join(f"{engine:>14}" for engine in ENGINES) + f"{'ratio':>8}{'of CPU':>8}")
    faults = []
    for name, given in ((f"{len(files)} files of 1 MB", files), ("one file", [whole])):
        for threads in (1, 2):
            seconds, cpu, rows = {engine: [] for engine in ENGINES}, {engine: [] for engine in ENGINES}, {}
            for _ in range(a.rounds):
                for engine in ENGINES:
                    found = measure(engine, threads, given, place)
                    seconds[engine] += found["seconds"]
                    cpu[engine] += found["cpu"]
                    rows[engine] = found["rows"]
            faults += [f"{engine} gave {count} rows" for engine, count in rows.items() if count != rows[ENGINES[0]]]
            speed = {engine: rows[engine] / statistics.median(times) / 1e6 for engine, times in seconds.items()}
            best = max(speed[engine] for engine in ENGINES[1:])
            least = min(statistics.median(cpu[engine]) for engine in ENGINES[1:])
            print(f"{name:<16}{threads:>2} thread{'s' if threads > 1 else ' '}" +
                  "".join(f"{speed[engine]:>14.2f}" for engine in ENGINES) + f"{speed[ENGINES[0]] / best:>8.1f}{least / statistics.median(cpu[ENGINES[0]]):>8.1f}", flush=True)
    whole.unlink()
    print("\n".join(faults))
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
