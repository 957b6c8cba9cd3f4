"""Runs a test in a Python environment. Ends with status 77 (skipped) when there is no such environment.

usage: in_venv.py VENV TEST [ARGUMENT..]
"""
import os
import pathlib
import sys

python = pathlib.Path(sys.argv[1]) / "bin/python"
if not python.exists():
    print(f"SKIPPED: there is no {sys.argv[1]}; tools/setup.sh makes it when the network allows")
    sys.exit(77)
os.execv(python, [str(python), *sys.argv[2:]])
