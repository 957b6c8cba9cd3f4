"""Measures how `stedi run` scales on one machine, for docs/scale.md. Demo data grows in one dimension at a time
(bytes, files, persons or tables), or the memory limit does; each size is measured with full runs, and the slopes of
time and peak memory are printed. Landing data and lakes are removed as soon as they are measured.

usage: scale.py --build BUILD [--rounds N] [DIMENSION ..]
"""
import argparse
import dataclasses
import os
import pathlib
import shutil
import statistics
import subprocess

from engines import AS_OF, PROJECT, measured

GIB = 1 << 30


@dataclasses.dataclass
class Size:
    """The data and options of one measurement."""
    readings: int = 1_000_000  # of the accelerometer; the step trainer has a third as many
    customers: int = 10_000
    file_bytes: int = GIB  # by default one file per feed
    more_tables: int = 0
    memory_mb: int = 0  # the value of --memory; 0: stedi's default


@dataclasses.dataclass
class Measurement:
    """The size of the data, and medians of runs, each into a new lake."""
    megabytes: float
    files: int
    seconds: float
    cpu_seconds: float  # depends less on other programs than wall time does
    peak_mb: float
    no_news_seconds: float
    lake_mb: float


# Dimension -> (the unit of its slope, a function (measurement, size) -> its value in that unit, the sizes).
DIMENSIONS = {
    "bytes": ("GB", lambda m, _: m.megabytes / 1000,
              [Size(readings=n) for n in (1_000_000, 2_000_000, 4_000_000, 8_000_000)]),
    "files": ("1,000 files", lambda m, _: m.files / 1000,
              [Size(readings=2_000_000, file_bytes=n) for n in (GIB, 256 << 10, 128 << 10, 64 << 10)]),
    "persons": ("100,000 persons", lambda _, s: s.customers / 100_000,
                [Size(customers=n) for n in (1000, 50_000, 200_000, 500_000)]),
    "tables": ("10 tables", lambda _, s: s.more_tables / 10,
               [Size(readings=100_000, more_tables=n) for n in (0, 20, 50, 100)]),
    "memory": ("100 MB of --memory", lambda _, s: s.memory_mb / 100,
               [Size(readings=8_000_000, memory_mb=n) for n in (300, 500, 800, 1500)]),
}

MORE_TABLE = """CREATE MATERIALIZED VIEW more_{0} (customer STRING, readings BIGINT)
TBLPROPERTIES ('not_null' = 'customer')
AS SELECT m.customer, count(*) AS readings FROM machine_learning_curated m WHERE m.distancefromobject > {0}
GROUP BY m.customer;
"""


def make_project(folder, more_tables):
    """Copies the project and adds `more_tables` small tables."""
    shutil.copytree(PROJECT, folder)
    for number in range(more_tables):
        (folder / f"transformations/curated/more_{number}.sql").write_text(MORE_TABLE.format(number))


def measure(stedi, scratch, size, rounds):
    """Makes the data, measures `rounds` runs with news and without, removes everything; returns the Measurement."""
    shutil.rmtree(scratch, ignore_errors=True)
    landing, lake, project = scratch / "landing", scratch / "lake", scratch / "project"
    make_project(project, size.more_tables)
    subprocess.run([stedi, "sample", landing, "--customers", str(size.customers), "--readings", str(size.readings),
                    "--file-bytes", str(size.file_bytes), "--seed", "1"], check=True, stdout=subprocess.DEVNULL)
    files = [path.stat().st_size for path in landing.rglob("*") if path.is_file()]
    command = [stedi, "run", project, "--landing", landing, "--lake", lake, "--set", f"stedi.as_of={AS_OF}", "--json"]
    if size.memory_mb:
        command += ["--memory", f"{size.memory_mb}MB"]
    whole, again = [], []
    for _ in range(rounds):
        shutil.rmtree(lake, ignore_errors=True)
        whole.append(measured(command))
        again.append(measured(command).wall)
    lake_mb = sum(path.stat().st_size for path in lake.rglob("*") if path.is_file()) / 1e6
    shutil.rmtree(scratch)
    return Measurement(sum(files) / 1e6, len(files), statistics.median(run.wall for run in whole),
                       statistics.median(run.cpu for run in whole), statistics.median(run.peak_mb for run in whole),
                       statistics.median(again), lake_mb)


def slope(xs, ys):
    """The slope of the least-squares line."""
    return statistics.linear_regression(xs, ys).slope


def show(name, stedi, scratch, rounds):
    """Measures a dimension; prints a table with a line per size, and the slopes below it."""
    unit, steps_of, sizes = DIMENSIONS[name]
    print(f"\n{name}: whole runs, median of {rounds}")
    print(f"  {'MB':>7}{'files':>8}{'persons':>9}{'tables':>8}{'--memory':>10}"
          f"{'wall s':>9}{'CPU s':>8}{'peak MB':>9}{'no news s':>11}{'lake MB':>9}")
    steps, seconds, cpu, peaks, again = [], [], [], [], []
    for size in sizes:
        m = measure(stedi, scratch, size, rounds)
        print(f"  {m.megabytes:>7.0f}{m.files:>8,}{size.customers:>9,}{size.more_tables + 9:>8}"
              f"{size.memory_mb or '':>10}{m.seconds:>9.2f}{m.cpu_seconds:>8.2f}"
              f"{m.peak_mb:>9.0f}{m.no_news_seconds:>11.2f}{m.lake_mb:>9.0f}", flush=True)
        for values, value in ((steps, steps_of(m, size)), (seconds, m.seconds), (cpu, m.cpu_seconds),
                              (peaks, m.peak_mb), (again, m.no_news_seconds)):
            values.append(value)
    print(f"  each {unit} more: {slope(steps, seconds):.2f} s, {slope(steps, cpu):.2f} CPU s,"
          f" {slope(steps, peaks):.0f} MB of memory, {slope(steps, again):.2f} s of a run with no news")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", required=True, type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("dimensions", nargs="*", default=list(DIMENSIONS), metavar="DIMENSION",
                        help=", ".join(DIMENSIONS))
    options = parser.parse_args()
    print(f"{os.cpu_count()} cores, {os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 1e9:.0f} GB of memory")
    for name in options.dimensions:
        if name not in DIMENSIONS:
            parser.error(f"no dimension {name}; there are: {', '.join(DIMENSIONS)}")
        show(name, options.build.resolve() / "stedi", options.build.resolve() / "scale-data", options.rounds)


if __name__ == "__main__":
    main()
