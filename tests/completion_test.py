"""Shell completion in real shells: what `stedi completion SHELL` prints is loaded, and words are completed as a user
completes them.

usage: completion_test.py STEDI SHELL
Exit status 77 where that shell is not installed.

bash and zsh run on a terminal of their own, and Tab is typed; `stedi` is there a function that prints its arguments,
so that what the shell made of the line can be read. fish lists what it offers by itself (complete -C).
"""
import os
import pathlib
import pty
import re
import select
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

SKIPPED = 77
SECONDS_MAX = 20
STEDI, SHELL = (pathlib.Path(sys.argv[1]).resolve(), sys.argv[2])
FILES = ["lake one/catalog.db", "lake two/catalog.db", "project/spark-pipeline.yml", "projection.txt", "notes.txt"]
TYPED = [  # what is typed before Tab -> the words of the line afterwards
    ("stedi quar", ["quarantine"]),
    ("stedi --vers", ["--version"]),
    ("stedi help reloc", ["help", "relocate"]),
    ("stedi run --skip", ["run", "--skip-bad-files"]),
    ("stedi run proj", ["run", "project/"]),
    ("stedi run --landing lake\\ o", ["run", "--landing", "lake one/"]),
    ("stedi tables --catalog notes", ["tables", "--catalog", "notes.txt"]),
    ("stedi sample out --layout nd", ["sample", "out", "--layout", "ndjson"]),
    ("stedi sample out --layout=nd", ["sample", "out", "--layout=ndjson"]),
    ("stedi sample --threads 3 --comp", ["sample", "--threads", "3", "--compress"]),
    ("stedi export sp", ["export", "spark"]),
    ("stedi export aws out proj", ["export", "aws", "out", "project/"]),
    ("stedi quarantine ret", ["quarantine", "retry"]),
    ("stedi quarantine retry proj", ["quarantine", "retry", "project/"]),
    ("stedi quarantine retry project --land", ["quarantine", "retry", "project", "--landing"]),
    ("stedi plan --set a=b --lake s3://bucket/lake proj", ["plan", "--set", "a=b", "--lake", "s3://bucket/lake", "project/"]),
    ("stedi compare lake\\ one lake\\ t", ["compare", "lake one", "lake two/"]),
    ("stedi completion fi", ["completion", "fish"]),
]
OFFERED = [  # a line -> all that is offered there
    ("stedi sample --layout ", {"ndjson", "concat", "array", "pretty"}),
    ("stedi query SQL --format ", {"table", "csv", "json", "parquet"}),
    ("stedi export ", {"spark", "aws"}),
    ("stedi completion ", {"bash", "zsh", "fish"}),
    ("stedi quarantine ", {"show", "retry"}),
    ("stedi version --", {"--licenses", "--json", "--help"}),
    ("stedi run --threads ", set()),
    ("stedi show ", set()),
]


def commands():
    """Returns the names of the commands, as help lists them."""
    text = subprocess.run([STEDI, "help"], capture_output=True, text=True, check=True).stdout
    return set(re.findall(r"^  ([a-z]\w*)  ", text, re.MULTILINE))


def options(command):
    """Returns the options of a command, as its help lists them."""
    text = subprocess.run([STEDI, "help", *command.split()], capture_output=True, text=True, check=True).stdout
    return set(re.findall(r"^  (--[\w-]+)", text, re.MULTILINE)) | {"--help"}


class Terminal:
    """An interactive shell on a terminal of its own, in `folder`."""

    def __init__(self, words, folder, environment):
        self.seen = ""
        self.process, self.terminal = pty.fork()
        if self.process == 0:
            os.chdir(folder)
            os.execvpe(words[0], words, environment)

    def read_until(self, expression):
        """Returns the match of the next output that fits. Raises AssertionError when none comes."""
        deadline = time.monotonic() + SECONDS_MAX
        while not (match := re.search(expression, self.seen)):
            ready, _, _ = select.select([self.terminal], [], [], max(0, deadline - time.monotonic()))
            if not ready:
                raise AssertionError(f"no {expression} within {SECONDS_MAX} s, but {self.seen!r}")
            self.seen += os.read(self.terminal, 65536).decode(errors="replace")
        self.seen = self.seen[match.end():]
        return match

    def type(self, text):
        os.write(self.terminal, text.encode())

    def close(self):
        os.close(self.terminal)
        os.waitpid(self.process, 0)


class CompletionTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="stedi-completion-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        for name in FILES:
            (cls.folder / "at" / name).parent.mkdir(parents=True, exist_ok=True)
            (cls.folder / "at" / name).touch()
        script = subprocess.run([STEDI, "completion", SHELL], capture_output=True, text=True, check=True).stdout
        cls.script = cls.folder / "_stedi"
        cls.script.write_text(script)
        cls.environment = {"HOME": str(cls.folder), "PATH": f"{STEDI.parent}:{os.environ['PATH']}", "TERM": "dumb",
                           "LC_ALL": "C.UTF-8", "XDG_CONFIG_HOME": str(cls.folder), "XDG_DATA_HOME": str(cls.folder)}

    def open_terminal(self):
        """Returns a terminal whose shell has loaded the script and has the function stedi."""
        show = "stedi() { printf '<%s>' \"$@\"; echo '<end>'; }; cd at; "
        if SHELL == "bash":
            words = ["bash", "--norc", "--noprofile", "-i"]
            start = f"bind 'set bell-style none'; source {self.script}; {show} PS1='READY> '\n"
        else:
            words = ["zsh", "-f", "-i"]
            start = f"autoload -U compinit; compinit -u -D; source {self.script}; {show} PS1='READY> '\n"
        terminal = Terminal(words, self.folder, self.environment)
        terminal.type(start)
        terminal.read_until(r"\nREADY> |\rREADY> ")
        return terminal

    def offered(self, line):
        """Returns what the shell offers for the last word of a line. REQUIRES: bash or fish."""
        if SHELL == "fish":
            words = ["fish", "--no-config", "-c", f"source {self.script}; complete -C {shlex.quote(line)}"]
        else:
            cut = " ".join(f"'{word}'" for word in line.split(" "))
            words = ["bash", "-c", f"source {self.script}; compopt() {{ COMPREPLY=(\"$@\"); }}; COMP_WORDS=({cut}); "
                                   "COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _stedi; printf '%s\\n' \"${COMPREPLY[@]}\""]
        done = subprocess.run(words, cwd=self.folder / "at", env=self.environment, capture_output=True, text=True, check=True)
        self.assertEqual(done.stderr, "", line)
        return {row.partition("\t")[0] for row in done.stdout.splitlines() if row}

    def test_typed_words_are_completed(self):
        if SHELL == "fish":
            for typed, words in TYPED:
                with self.subTest(typed):
                    self.assertEqual(self.offered(typed), {words[-1]})
            return
        terminal = self.open_terminal()
        self.addCleanup(terminal.close)
        for typed, words in TYPED:
            with self.subTest(typed):
                terminal.type(typed + "\t\n")
                shown = terminal.read_until(r"[\r\n]((?:<[^<>]*>)+)<end>")[1]
                # zsh takes the / of a completed folder away again at the end of a line.
                expected = [word.removesuffix("/") for word in words] if SHELL == "zsh" else words
                self.assertEqual(re.findall("<(.*?)>", shown), expected)

    def test_every_command_and_option_is_offered(self):
        if SHELL == "zsh":
            text = self.script.read_text()
            for command in commands():
                self.assertIn(f"    '{command}:", text)
                case = text.partition(f"    '{command}') _arguments")[2].partition(";;")[0]
                self.assertEqual(set(re.findall(r"^ *'(?:\(- \*\)|\*)?(--[\w-]+)", case, re.MULTILINE)), options(command))
            return
        self.assertEqual({word for word in self.offered("stedi ") if not word.startswith("-")}, commands())
        for command in commands():
            with self.subTest(command):
                self.assertEqual({word.rstrip("=") for word in self.offered(f"stedi {command} --")}, options(command))

    def test_all_that_is_offered(self):
        if SHELL == "zsh":
            return  # it lists for a screen only; what is typed above shows that it knows these words
        for line, words in OFFERED:
            with self.subTest(line):
                self.assertEqual({word.rstrip("=") for word in self.offered(line)}, words)


if __name__ == "__main__":
    if shutil.which(SHELL) is None:
        print(f"SKIPPED: completion in {SHELL}, it is not installed")
        sys.exit(SKIPPED)
    unittest.main(argv=sys.argv[:1])
