"""Checks the source tree: include direction, third-party fences, file size, names, missing tests.

usage: tidy.py ROOT     prints one line a fault, exits 1 if there is any
"""
import pathlib
import re
import subprocess
import sys

ALLOWED = {  # folder of src -> folders it may include, besides itself
    "base": [],
    "landing": ["base"],
    "iceberg": ["base"],
    "parquet": ["base", "iceberg"],
    "sample": ["base"],
    "catalog": ["base", "iceberg"],
    "pipeline": ["base", "landing"],
    "engine": ["base", "landing", "iceberg", "parquet", "catalog", "pipeline"],
    "export": ["base", "landing", "iceberg", "pipeline"],
    "serve": ["base", "iceberg", "catalog", "pipeline", "engine"],
}
ALLOWED["cli"] = [folder for folder in ALLOWED]
FENCES = {  # third-party header -> folders that may include it
    "duckdb.h": ["engine"],
    "simdjson.h": ["landing"],
    "sqlite3.h": ["catalog"],
    "curl.h": ["catalog"],
    "yaml.h": ["pipeline"],
    "httplib.h": ["serve"],
    "CLI.hpp": ["cli"],
}
NO_UNIT_TEST_FOLDERS = {"engine"}  # nothing without DuckDB and a lake: tests/golden, tests/interop
NO_UNIT_TEST = {  # covered by tests/golden
    "cli/main.cc",
    "cli/check.cc",
    "cli/compare.cc",
    "cli/export.cc",
    "cli/files.cc",
    "cli/plan.cc",
    "cli/quarantine.cc",
    "cli/query.cc",
    "cli/run.cc",
    "cli/relocate.cc",
    "cli/run_arguments.cc",
    "cli/runs.cc",
    "cli/sample.cc",
    "cli/show.cc",
    "cli/tables.cc",
    "cli/verify.cc",
    "cli/version.cc",
    # So far by tests/golden and pipelines/*/tests alone; a row goes when its table of cases comes.
    "catalog/lake_lock.cc",
    "catalog/run_log.cc",
    "catalog/sql_catalog.cc",
    "catalog/sqlite_statement.cc",
    "landing/block_queue.cc",
    "landing/byte_window.cc",
    "landing/coercion.cc",
    "landing/content_hash.cc",
    "landing/contract.cc",
    "landing/decoder.cc",
    "landing/fast_path.cc",
    "landing/json_lexer.cc",
    "landing/landing_files.cc",
    "landing/record_parser.cc",
    "landing/recovery.cc",
    "landing/rejection.cc",
    "landing/rejection_spool.cc",
    "landing/row_buffer.cc",
    "landing/sequential_reader.cc",
    "landing/utf8.cc",
}
BANNED_TEXT = {"using namespace": "qualify the name", "FIXME": "mend it now", "TODO": "do it now"}
BANNED_NAME = re.compile(r"(^|_)(utils?|common|helpers?|manager)(_|$)")
# Written so that this line is not a find itself.
MACHINE_PATH = re.compile(r"(^|[^\w.$}])/(work|root|farm|home/[a-z]+)/|\.\./" + "shared")
FILE_LINES_MAX = 500
# One concept compiled for different machines has one test.
SIMD_FORM = re.compile(r"_(portable|avx2|avx512)$")
INCLUDE = re.compile(r'#include ["<](?:[\w/-]*?([\w-]+)/)?([\w.-]+)[">]')


def may_lack_unit_test(name):
    return name in NO_UNIT_TEST or name.split("/")[0] in NO_UNIT_TEST_FOLDERS


def tracked_files(root):
    """The files of the repository, without what git ignores."""
    listing = subprocess.run(
        ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        capture_output=True, check=True).stdout.decode()
    paths = (root / name for name in listing.split("\0") if name)
    return sorted(path for path in paths if path.is_file() and not path.is_symlink())


def check_source(name, lines):
    """Faults of one C++ file; `name` is relative to src."""
    folder = name.split("/")[0]
    if folder not in ALLOWED:
        yield f"{name}: src/{folder} has no row in ALLOWED of tests/tidy.py"
        return
    if len(lines) > FILE_LINES_MAX and not name.endswith("_test.cc"):
        yield f"{name}: {len(lines)} lines, at most {FILE_LINES_MAX}"
    for number, line in enumerate(lines, 1):
        for text, remedy in BANNED_TEXT.items():
            if text in line:
                yield f"{name}:{number}: '{text}': {remedy}"
        if folder == "cli" and not name.endswith("_test.cc") and "fmt::print(" in line:
            yield f"{name}:{number}: fmt::print: Print makes text for people printable, WriteData writes data"
        include = INCLUDE.match(line)
        if not include:
            continue
        if include[1] in ALLOWED and include[1] not in ALLOWED[folder] + [folder]:
            yield f"{name}:{number}: {folder}/ may not include {include[1]}/"
        if folder not in FENCES.get(include[2], [folder]):
            yield f"{name}:{number}: {include[2]} belongs in {FENCES[include[2]]}"


def check_tree(root):
    """All faults of the repository at `root`, one line each."""
    faults = []
    files = tracked_files(root)
    names = {path.relative_to(root).as_posix() for path in files}
    for path in files:
        name = path.relative_to(root).as_posix()
        if BANNED_NAME.search(path.stem):
            faults.append(f"{name}: a name that says nothing; name the concept")
        try:
            lines = path.read_text().splitlines()
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(lines, 1):
            if MACHINE_PATH.search(line):
                faults.append(f"{name}:{number}: a path of one machine")
        if not name.startswith("src/") or path.suffix not in (".h", ".cc"):
            continue
        faults += check_source(name.removeprefix("src/"), lines)
        is_unit = path.suffix == ".cc" and not name.endswith("_test.cc")
        test = SIMD_FORM.sub("", name.removesuffix(".cc")) + "_test.cc"
        if is_unit and not may_lack_unit_test(name.removeprefix("src/")) and test not in names:
            faults.append(f"{name}: has no {test}")
    return files, faults


def main():
    files, faults = check_tree(pathlib.Path(sys.argv[1]).resolve())
    print("\n".join(faults + [f"{len(files)} files, {len(faults)} faults"]))
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
