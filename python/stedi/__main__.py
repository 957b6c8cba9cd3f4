"""`python -m stedi` is the command `stedi`."""
import os
import signal
import sys

from .program import program_path

for name in (signal.SIGPIPE, signal.SIGXFSZ):  # Python ignores them, and the program would, too
    signal.signal(name, signal.SIG_DFL)
os.execv(str(program_path()), ["stedi", *sys.argv[1:]])
