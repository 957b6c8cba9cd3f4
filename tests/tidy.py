"""Checks the source tree: include direction, include cycles, use of third-party headers, size of files and folders,
names, missing tests, the table of folders in ARCHITECTURE.md; that the tables of fail points and of export templates
name what is there, and that each command is tried at crash points.

usage: tidy.py ROOT     prints one line per fault, exits 1 if there is any
"""
import ast
import graphlib
import pathlib
import re
import subprocess
import sys

ALLOWED = {  # folder of src -> folders it may include besides itself; all of them are listed above it
    "base": [],
    "files": ["base"],
    "landing": ["base", "files"],
    "reader": ["base", "files", "landing"],
    "iceberg": ["base"],
    "parquet": ["base", "iceberg"],
    "sample": ["base"],
    "catalog": ["base", "iceberg"],
    "pipeline": ["base", "files", "landing"],
    "export": ["base", "landing", "pipeline"],
    "database": ["base", "landing", "iceberg", "parquet", "pipeline"],
    "store": ["base", "files", "database"],
    "rows": ["base", "landing", "iceberg", "parquet", "database", "store"],
    "lake": ["base", "files", "iceberg", "parquet", "catalog", "database", "store"],
    "select": ["base", "iceberg", "pipeline", "database", "rows"],
    "run": ["base", "files", "landing", "iceberg", "parquet", "catalog", "pipeline", "database", "store", "rows",
            "lake", "select"],
    "inspect": ["base", "files", "landing", "iceberg", "parquet", "catalog", "pipeline", "database", "store", "rows",
                "lake", "select", "run"],
}
ALLOWED["cli"] = [folder for folder in ALLOWED]
FENCES = {  # third-party header -> folders that may include it
    "duckdb.h": ["database", "store"],
    "sqlite3.h": ["catalog"],
    "yaml.h": ["pipeline"],
    "CLI.hpp": ["cli"],
}
# What may use DuckDB's C API: the folders that work on its vectors, and two files that give it functions and ask it for
# bytes.
C_API = re.compile(r"\b(?:(?:duckdb|DUCKDB)_\w+|idx_t|DuckDB(?:Error|Success))\b")
C_API_USERS = {"database", "rows", "select/late_strings", "store/s3_files"}
NO_UNIT_TEST = {  # covered by tests/golden and tests/interop: they do little without arguments, a lake or a network
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
    "database/database.cc",
    "database/landing_function.cc",
    "database/vector_values.cc",
    "store/s3_files.cc",
    "rows/new_data_files.cc",
    "lake/lake_place.cc",
    "lake/lake_table.cc",
    "lake/relocate.cc",
    "lake/relocated_table.cc",
    "select/check.cc",
    "select/delta_query.cc",
    "select/expression_kinds.cc",
    "select/select_calls.cc",
    "select/select_scope.cc",
    "select/select_types.cc",
    "select/select_walk.cc",
    "run/audit.cc",
    "run/build_anyway.cc",
    "run/feed_loader.cc",
    "run/feed_plan.cc",
    "run/guards.cc",
    "run/landing_snapshot.cc",
    "run/progress_ticker.cc",
    "run/publish.cc",
    "run/quarantine.cc",
    "run/read_again.cc",
    "run/rejected_table.cc",
    "run/reread.cc",
    "run/run.cc",
    "run/run_guards.cc",
    "run/run_project.cc",
    "run/run_without_news.cc",
    "run/view_builder.cc",
    "run/view_update.cc",
    "run/view_note.cc",
    "run/withdrawal.cc",
    "inspect/compare.cc",
    "inspect/lake_reader.cc",
    "inspect/quarantine_reader.cc",
    "inspect/reading_session.cc",
    "inspect/recompute.cc",
    "inspect/run_plan.cc",
    "inspect/table_preview.cc",
    "inspect/verify.cc",
    "inspect/verify_files.cc",
}
FAIL_POINT_CALL = re.compile(r'\bFailPoint\("(\w+)"\)')
# The runs that tests/crash/crash_points.py tries in place of the one command `run`.
CRASH_RUNS = {"first", "increment", "no_news"}
BANNED_TEXT = {"using namespace": "qualify the name", "FIXME": "mend it now", "TODO": "do it now"}
BANNED_NAME = re.compile(r"(^|_)(utils?|common|helpers?|manager)(_|$)")
# Written so that this line does not match itself.
MACHINE_PATH = re.compile(r"(^|[^\w.$}])/(work|root|farm|home/[a-z]+)/|\.\./" + "shared")
FILE_LINES_MAX = 500
FOLDER_SHARE_MAX = 0.15  # of the lines of src
FOLDER_ROW = re.compile(r"\| `(\w+)` \|")
# Forms of one file for different instruction sets share one test.
SIMD_FORM = re.compile(r"_(portable|avx2|avx512|neon)$")
OWN_INCLUDE = re.compile(r'#include "(\w+/\w+\.h)"')
INCLUDE = re.compile(r'#include ["<](?:[\w/-]*?([\w-]+)/)?([\w.-]+)[">]')


def tracked_files(root):
    """Returns the files of the repository, without those that git ignores."""
    listing = subprocess.run(
        ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        capture_output=True, check=True).stdout.decode()
    paths = (root / name for name in listing.split("\0") if name)
    return sorted(path for path in paths if path.is_file() and not path.is_symlink())


def check_source(name, lines):
    """Yields the faults of one C++ file. `name` is relative to src."""
    folder = name.split("/")[0]
    if folder not in ALLOWED:
        yield f"{name}: src/{folder} has no row in ALLOWED of tests/tidy.py"
        return
    component = name.rpartition(".")[0]
    if len(lines) > FILE_LINES_MAX and not name.endswith("_test.cc"):
        yield f"{name}: {len(lines)} lines, at most {FILE_LINES_MAX}"
    for number, line in enumerate(lines, 1):
        for text, remedy in BANNED_TEXT.items():
            if text in line:
                yield f"{name}:{number}: '{text}': {remedy}"
        if folder == "cli" and not name.endswith("_test.cc") and "fmt::print(" in line:
            yield f"{name}:{number}: fmt::print: Print makes text for people printable, WriteData writes data"
        if C_API.search(line) and not name.endswith("_test.cc") and not {folder, component} & C_API_USERS:
            yield f"{name}:{number}: DuckDB's C API belongs in database/: {C_API.search(line)[0]}"
        include = INCLUDE.match(line)
        if not include:
            continue
        if include[1] in ALLOWED and include[1] not in ALLOWED[folder] + [folder]:
            yield f"{name}:{number}: {folder}/ may not include {include[1]}/"
        if folder not in FENCES.get(include[2], [folder]):
            yield f"{name}:{number}: {include[2]} belongs in {FENCES[include[2]]}"


def circles(graph):
    """Yields cycles of a graph of node -> nodes that it includes, as text. Without an edge of each there is no cycle."""
    graph = {node: sorted(others) for node, others in sorted(graph.items())}
    while True:
        try:
            graphlib.TopologicalSorter(graph).prepare()
            return
        except graphlib.CycleError as error:
            way = error.args[1][:0:-1]
            first = way.index(min(way))
            way = way[first:] + way[:first + 1]
            yield " -> ".join(way)
            graph[way[0]].remove(way[1])


def check_circles(sources):
    """Yields a fault for each include cycle in src. `sources`: name -> lines. A header and its .cc count as one
    file."""
    files, folders = {}, {}
    for name, lines in sources.items():
        component, folder = name.rpartition(".")[0], name.split("/")[0]
        for header in (match[1] for match in map(OWN_INCLUDE.match, lines) if match):
            if header in sources:
                files.setdefault(component, set()).add(header.rpartition(".")[0])
                folders.setdefault(folder, set()).add(header.split("/")[0])
    for component, included in files.items():
        included.discard(component)
    for folder, included in folders.items():
        included.discard(folder)
    for kind, graph in (("files", files), ("folders", folders)):
        for circle in circles(graph):
            yield f"src: {kind} include one another: {circle}"


def check_shares(sources):
    """Yields a fault for each folder that is too large. `sources`: name -> lines. If there are only a few folders, one
    always is, so all of them pass."""
    folders = {}
    for name, lines in sources.items():
        folder = name.split("/")[0]
        folders[folder] = folders.get(folder, 0) + len(lines)
    total = sum(folders.values())
    if len(folders) * FOLDER_SHARE_MAX < 1:
        return
    for folder, count in folders.items():
        if count > total * FOLDER_SHARE_MAX:
            yield f"src/{folder}: {count / total:.1%} of the lines of src, at most {FOLDER_SHARE_MAX:.0%}"


def check_folder_table(lines, sources):
    """Yields a fault for each folder of src without a row in the first table of ARCHITECTURE.md, and for each row that
    is too many."""
    begin = next((number for number, line in enumerate(lines) if line.startswith("| folder |")), len(lines))
    rows = []
    for line in lines[begin + 2:]:
        row = FOLDER_ROW.match(line)
        if not row:
            break
        rows.append(row[1])
    folders = {name.split("/")[0] for name in sources}
    for folder in sorted(folders - set(rows)):
        yield f"ARCHITECTURE.md: its table of folders has no row of src/{folder}"
    for row in rows:
        if row not in folders or rows.count(row) > 1:
            yield f"ARCHITECTURE.md: its table of folders has a row too many of src/{row}"


def cut(text, begin, end):
    """Returns the part of `text` between two texts; "" without them."""
    return text.partition(begin)[2].partition(end)[0]


def compare(named, used, where_named, where_used):
    """Yields a fault for each name that stands in one of two places only."""
    for name in sorted(used - named):
        yield f"{where_named}: has no '{name}', which {where_used} has"
    for name in sorted(named - used):
        yield f"{where_named}: has '{name}', which {where_used} has not"


def check_fail_points(sources):
    """Yields a fault for each fail point that is called but not in kFailPoints, or the other way round."""
    header = "\n".join(sources.get("base/fail_point.h", []))
    table = cut(header, "kFailPoints = ", ");")
    if table:
        calls = {name for file, lines in sources.items() if not file.endswith("_test.cc")
                 for line in lines for name in FAIL_POINT_CALL.findall(line)}
        yield from compare(set(re.findall(r'"(\w+)"', table)), calls, "src/base/fail_point.h", "a call of FailPoint")


def check_templates(root, names):
    """Yields a fault for each template that src/export/CMakeLists.txt does not list, or lists in vain."""
    lists, folder = "src/export/CMakeLists.txt", "src/export/templates/"
    if lists in names:
        listed = set(cut((root / lists).read_text(), "set(templates\n", ")").split())
        there = {name.removeprefix(folder) for name in names if name.startswith(folder)}
        yield from compare(listed, there, lists, folder)


def check_crash_commands(root, sources):
    """Yields a fault for each command of kCommands that tests/crash/crash_points.py does not try."""
    test = root / "tests/crash/crash_points.py"
    rows = cut("\n".join(sources.get("cli/main.cc", [])), "kCommands = ", "\n});")
    if not rows or not test.exists():
        return
    tried = {key.value for node in ast.walk(ast.parse(test.read_text())) if isinstance(node, ast.Assign)
             and isinstance(node.value, ast.Dict) and ast.unparse(node.targets[0]) == "self.commands"
             for key in node.value.keys}
    commands = set(re.findall(r'^    \{"(\w+)"', rows, re.MULTILINE)) - {"run"}
    yield from compare(tried, commands | CRASH_RUNS, "tests/crash/crash_points.py", "kCommands of src/cli/main.cc")


def check_tree(root):
    """Returns the files of the repository at `root`, and its faults, one line each."""
    faults = []
    sources = {}
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
        sources[name.removeprefix("src/")] = lines
        faults += check_source(name.removeprefix("src/"), lines)
        is_unit = path.suffix == ".cc" and not name.endswith("_test.cc")
        test = SIMD_FORM.sub("", name.removesuffix(".cc")) + "_test.cc"
        is_exempt = name.removeprefix("src/") in NO_UNIT_TEST
        if is_unit and is_exempt == (test in names):
            faults.append(f"{name}: is in NO_UNIT_TEST and has {test}" if is_exempt else f"{name}: has no {test}")
    if "cli/main.cc" in sources:
        faults += [f"src/{name}: is in NO_UNIT_TEST, but not there" for name in sorted(NO_UNIT_TEST - set(sources))]
    faults += check_circles(sources)
    faults += check_shares(sources)
    faults += check_fail_points(sources)
    faults += check_templates(root, names)
    faults += check_crash_commands(root, sources)
    if "ARCHITECTURE.md" in names:
        faults += check_folder_table((root / "ARCHITECTURE.md").read_text().splitlines(), sources)
    return files, faults


def main():
    files, faults = check_tree(pathlib.Path(sys.argv[1]).resolve())
    print("\n".join(faults + [f"{len(files)} files, {len(faults)} faults"]))
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
