"""Runs the examples of docs/python.md, and compares what they print with what stands there.

usage: docs_python_test.py [--module FOLDER] [--program FILE] [--document FILE]

The blocks between ```pycon and ``` are one session, in a new folder, in the format of doctest; `...` stands for what
differs from run to run. A block after the line `<!-- needs: NAME.. -->` is skipped, and says so, when one of these
packages is not installed. --module: the folder that has the package stedi, when it is not installed. --program: the
program that it starts. Exit status 77: stedi or PyIceberg is not installed, so that nothing could be tried.
"""
import argparse
import doctest
import importlib
import os
import pathlib
import re
import shutil
import sys
import tempfile

BLOCK = re.compile(r"^(?:<!-- needs: (?P<needs>[\w ]+) -->\n)?```pycon\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)
OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
# The split of a person follows from a secret key; this one is for tests only.
KEY = "0123456789abcdef"


def can_import(name):
    try:
        importlib.import_module(name)
    except Exception:  # not there, or one that does not load: torch without its libraries raises ValueError
        return False
    return True


def run_blocks(document):
    """Returns (examples that were run, failures)."""
    text = document.read_text(encoding="utf-8")
    runner = doctest.DocTestRunner(optionflags=OPTIONS)
    parser = doctest.DocTestParser()
    session = {"__name__": "__main__"}
    for block in BLOCK.finditer(text):
        line = text.count("\n", 0, block.start("text"))
        missing = [name for name in (block["needs"] or "").split() if not can_import(name)]
        if missing:
            print(f"SKIPPED: {document.name}:{line}: needs {', '.join(missing)}, which cannot be imported here", flush=True)
            continue
        test = parser.get_doctest(block["text"], session, document.name, str(document), line)
        runner.run(test, clear_globs=False)
        session.update(test.globs)
    return runner.tries, runner.failures


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--module", type=pathlib.Path)
    arguments.add_argument("--program", type=pathlib.Path)
    arguments.add_argument("--document", type=pathlib.Path,
                           default=pathlib.Path(__file__).resolve().parents[1] / "docs/python.md")
    options = arguments.parse_args()
    if options.module:
        sys.path.insert(0, str(options.module.resolve()))
    if options.program:
        os.environ["STEDI_PROGRAM"] = str(options.program.resolve())
    for name in ("stedi", "pyiceberg"):
        if not can_import(name):
            print(f"SKIPPED: the package {name} is not installed for {sys.executable}")
            sys.exit(77)
    document = options.document.resolve()
    os.environ["STEDI_PSEUDONYM_KEY"] = KEY
    folder = tempfile.mkdtemp(prefix="stedi-docs-")
    os.environ["HF_HOME"], os.environ["HF_HUB_OFFLINE"] = f"{folder}/hugging-face", "1"
    os.chdir(folder)
    try:
        tries, failures = run_blocks(document)
    finally:
        os.chdir("/")
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{document.name}: {tries} examples, {failures} failures")
    sys.exit(failures > 0 or tries == 0)


if __name__ == "__main__":
    main()
