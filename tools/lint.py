"""Checks format (clang-format), code (clang-tidy) and tree (tests/tidy.py); silent files are good files.

usage: lint.py BUILD [FILE..]    BUILD: a configured build folder with compile_commands.json

clang-tidy takes seconds a file, so a clean result is remembered in BUILD under a hash of all that
decided it: the file, the headers of this repository it includes, its flags, the checks, the tool.
"""
import concurrent.futures
import functools
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys

FORMAT, TIDY = "clang-format-14", "clang-tidy-14"
ROOT = pathlib.Path(__file__).resolve().parents[1]
INCLUDE = re.compile(r'^#include "([^"]+)"', re.MULTILINE)


def sources():
    """All C++ files of the repository that git knows or would add."""
    listing = subprocess.run(["git", "-C", ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard",
                              "*.cc", "*.h"], capture_output=True, check=True).stdout.decode()
    return sorted(path for path in (ROOT / name for name in listing.split("\0") if name) if path.is_file())


@functools.cache
def local_headers(path):
    """The headers of src/ that a file includes, directly or not."""
    found = set()
    for name in INCLUDE.findall(path.read_text()):
        header = ROOT / "src" / name
        if header.is_file():
            found |= {header} | local_headers(header)
    return found


def fingerprint(entry, tool):
    """Hash of everything that the result of clang-tidy on one file depends on."""
    path = pathlib.Path(entry["file"])
    parts = [tool, entry["command"], (ROOT / ".clang-tidy").read_text()]
    parts += [file.read_text() for file in [path, *sorted(local_headers(path))]]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def check_file(entry, build, tool):
    """What clang-tidy says of one file; nothing when it is clean, now or at an earlier time."""
    remembered = build / "clean" / fingerprint(entry, tool)
    if remembered.exists():
        return ""
    # The analyzer follows paths through the code, which takes long and finds nothing in straight tests.
    checks = ["--checks=-clang-analyzer-*"] if entry["file"].endswith("_test.cc") else []
    done = subprocess.run([TIDY, "-p", build, "--quiet", *checks, entry["file"]], capture_output=True, text=True)
    if done.returncode == 0:
        remembered.parent.mkdir(exist_ok=True)
        remembered.touch()
        return ""
    return done.stdout or done.stderr


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    only = {pathlib.Path(name).resolve() for name in sys.argv[2:]}
    files = [path for path in sources() if not only or path in only]
    faulty = subprocess.run([FORMAT, "--dry-run", "-Werror", *files]).returncode != 0
    tool = subprocess.run([TIDY, "--version"], capture_output=True, text=True, check=True).stdout
    entries = [entry for entry in json.loads((build / "compile_commands.json").read_text())
               if pathlib.Path(entry["file"]) in files]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = [pool.submit(check_file, entry, build, tool) for entry in entries]
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
