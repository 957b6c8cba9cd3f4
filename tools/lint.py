"""Checks the format (clang-format), the code (clang-tidy) and the tree (tests/tidy.py). Prints faults only.

usage: lint.py BUILD [FILE..]    BUILD: a configured build folder with compile_commands.json

clang-tidy spends most of its time on the headers of libraries, once per file. Therefore files that declare no common
name are checked together as one text; when that text has a fault, each of its files is checked alone. A clean result
is cached in BUILD/clean under a hash of all its inputs: the text, the headers of this repository that it includes,
the compiler flags, the configuration of the checks and the version of the tool.
"""
import concurrent.futures
import functools
import hashlib
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys

FORMAT, TIDY = "clang-format-14", "clang-tidy-14"
ROOT = pathlib.Path(__file__).resolve().parents[1]
INCLUDE = re.compile(r'^#include "([^"]+)"', re.MULTILINE)
# Matches names that a file declares: `Type Name(`, `kName =`, `struct Name`, `#define NAME`, the two names of a test.
DECLARED = re.compile(r"^(?:TEST\w*\((\w+, *\w+)|#define (\w+)|(?!namespace|template)[a-z\[][^(={]*?[ *&](~?\w+)(?=[(={;\[<]| =| \{|$)"
                      r"|[A-Z][^(={]*?[ *&](\w+)(?=[(={;\[]| =))", re.MULTILINE)
ALIAS = re.compile(r"\busing (\w+) = ")
FILES_TOGETHER = 20
SHALLOW = [f"--extra-arg={word}" for word in ("-Xclang", "-analyzer-config", "-Xclang", "mode=shallow")]


def sources():
    """All C++ files of the repository that git tracks or would add."""
    listing = subprocess.run(["git", "-C", ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard",
                              "*.cc", "*.h"], capture_output=True, check=True).stdout.decode()
    return sorted(path for path in (ROOT / name for name in listing.split("\0") if name) if path.is_file())


@functools.cache
def local_headers(path):
    """The headers of src/ that a file includes, directly or indirectly."""
    found = set()
    for name in INCLUDE.findall(path.read_text()):
        header = ROOT / "src" / name
        if header.is_file():
            found |= {header} | local_headers(header)
    return found


def flags(entry):
    """The compiler flags of an entry of compile_commands.json, without those that name the file or its output."""
    words = shlex.split(entry["command"])[1:]
    end = words.index("-o")
    return words[:end] + [word for word in words[end + 2:] if word not in ("-c", entry["file"])]


def batches(entries):
    """Groups files that can be checked as one text: their flags and checks are equal and no name is declared twice.

    Returns [(flags, paths)].
    """
    found = []
    for entry in entries:
        path = pathlib.Path(entry["file"])
        kind = (flags(entry), path.name.endswith("_test.cc"))
        names = {"".join(match) for match in DECLARED.findall(path.read_text())}
        # Aliases in classes count too, because they would shadow names of other files.
        aliases = {name for file in [path, *local_headers(path)] for name in ALIAS.findall(file.read_text())}
        for batch in found:
            if (batch["kind"] == kind and len(batch["paths"]) < FILES_TOGETHER
                    and not names & (batch["names"] | batch["aliases"]) and not aliases & batch["names"]):
                break
        else:
            batch = {"kind": kind, "paths": [], "names": set(), "aliases": set()}
            found.append(batch)
        batch["paths"].append(path)
        batch["names"] |= names
        batch["aliases"] |= aliases
    return [(batch["kind"][0], batch["paths"]) for batch in found]


def fingerprint(text, paths, flags_of_all, tool):
    """The hash of everything that the result of clang-tidy for one text depends on."""
    headers = sorted(set().union(*map(local_headers, paths)))
    parts = [tool, *flags_of_all, (ROOT / ".clang-tidy").read_text(), text, *(file.read_text() for file in headers)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def check(paths, flags_of_all, build, tool):
    """Runs clang-tidy on files as one text and returns its output, which is empty when they are clean.

    Does not run it when the cache has a clean result for the same inputs.
    """
    text = "".join(path.read_text() for path in paths)
    hashed = fingerprint(text, paths, flags_of_all, tool)
    remembered = build / "clean" / hashed
    if remembered.exists():
        return ""
    together = build / "clean" / f"{hashed}.cc"
    together.parent.mkdir(exist_ok=True)
    together.write_text(text)
    # The path-sensitive analyzer is off for tests, which have few branches, and in its shallow mode for other files.
    words = ["--checks=-clang-analyzer-*"] if paths[0].name.endswith("_test.cc") else SHALLOW
    file = paths[0] if len(paths) == 1 else together
    folders = [f"-iquote{folder}" for folder in sorted({path.parent for path in paths})]
    done = subprocess.run([TIDY, "--quiet", *words, file, "--", *flags_of_all, *folders], capture_output=True,
                          text=True)
    together.unlink()
    if done.returncode == 0:
        remembered.touch()
        return ""
    if len(paths) == 1:
        return done.stdout or done.stderr
    return "".join(check([path], flags_of_all, build, tool) for path in paths)


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    only = {pathlib.Path(name).resolve() for name in sys.argv[2:]}
    files = [path for path in sources() if not only or path in only]
    faulty = subprocess.run([FORMAT, "--dry-run", "-Werror", *files]).returncode != 0
    tool = subprocess.run([TIDY, "--version"], capture_output=True, text=True, check=True).stdout
    entries = [entry for entry in json.loads((build / "compile_commands.json").read_text())
               if pathlib.Path(entry["file"]) in files]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = [pool.submit(check, paths, flags_of_all, build, tool)
                   for flags_of_all, paths in batches(entries)]
        for result in concurrent.futures.as_completed(results):
            if result.result():
                faulty = True
                print(result.result(), flush=True)
    if not only:
        faulty |= subprocess.run([sys.executable, ROOT / "tests/tidy.py", ROOT]).returncode != 0
    print(f"lint: {len(files)} files formatted, {len(entries)} through {TIDY}: {'FAULTS' if faulty else 'clean'}")
    sys.exit(faulty)


if __name__ == "__main__":
    main()
