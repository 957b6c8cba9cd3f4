"""A run must notice when another program removes a file that it has written and is about to publish.

The run is paused right before it publishes, one file is removed or truncated, and the run goes on. It must end with
status 2, name the file and publish nothing; the next run must succeed.

usage: removed_files.py STEDI
"""
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import lake_files  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
ENVIRONMENT = dict(os.environ, STEDI_PSEUDONYM_KEY="0123456789abcdef")
# What is removed: the newest file that matches one of these patterns below a table's folder.
KINDS = ("data/*.parquet", "metadata/*-m*.avro", "metadata/snap-*.avro", "metadata/*.metadata.json")


class Lab:
    """Landing files and a lake."""

    def __init__(self, stedi, folder):
        self.stedi, self.folder, self.lake, self.landing = stedi, folder, folder / "lake", folder / "landing"

    def deliver(self, seed):
        """Adds landing files of made-up people."""
        made = self.folder / seed
        subprocess.run([self.stedi, "sample", made, "--customers", "10", "--readings", "200", "--seed", seed], check=True,
                       capture_output=True)
        for path in made.rglob("*.json"):
            place = self.landing / path.relative_to(made).with_suffix(f".{seed}.json")
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place)

    def run(self, meanwhile=None):
        """Runs the project and calls `meanwhile` right before it publishes. Returns (status, output)."""
        environment = dict(ENVIRONMENT, STEDI_FAIL_POINT="before_publish:pause") if meanwhile else ENVIRONMENT
        with subprocess.Popen([self.stedi, "run", ROOT / "pipelines/stedi", "--landing", self.landing, "--lake", self.lake],
                              env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as run:
            if meanwhile:
                _, status = os.waitpid(run.pid, os.WUNTRACED)
                assert os.WIFSTOPPED(status), f"the run ended before it published: {run.stdout.read()}"
                meanwhile()
                run.send_signal(signal.SIGCONT)
            words = run.communicate()[0]
        return run.returncode, words


def harm(lab, table, kind, is_cut):
    """Removes the newest file of a kind, or cuts off its last byte. Returns its name."""
    path = max((lab.lake / "stedi" / table).glob(kind), key=lambda file: file.stat().st_mtime_ns)
    data = path.read_bytes()
    path.unlink()
    if is_cut:
        path.write_bytes(data[:-1])
    return path.name


def try_one(lab, table, kind, is_cut):
    """Harms one file during a run. Raises AssertionError if the run does not notice it."""
    before = lake_files.state(lab.lake)
    name = []
    status, words = lab.run(lambda: name.append(harm(lab, table, kind, is_cut)))
    assert status == 2 and name[0] in words and "nothing was published" in words, f"{table}, {kind}: status {status}: {words}"
    assert lake_files.state(lab.lake) == before, f"{table}, {kind}: the lake changed"


def main():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="stedi-removed-"))
    lab = Lab(pathlib.Path(sys.argv[1]).resolve(), folder)
    for seed in ("1", "2"):  # first into no lake, then into one that has tables
        lab.deliver(seed)
        for table, kind in zip(("customers_landing", "machine_learning_curated", "accelerometer_trusted", "customers_trusted"),
                               KINDS, strict=True):
            try_one(lab, table, kind, is_cut=seed == "2")
        status, words = lab.run()
        assert status == 0, words
        left = lake_files.unnamed_files(lab.lake)
        assert not left, f"files that nothing names: {left}"
    done = subprocess.run([lab.stedi, "verify", "--lake", lab.lake], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
