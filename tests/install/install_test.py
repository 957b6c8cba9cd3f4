"""Installs wheel and tarball on bare machines, and uses them as an ordinary user does.

usage: install_test.py --dist build/dist --roots build/roots

For Debian 12 (glibc 2.36) and Debian 11 (glibc 2.31), in a root made by debootstrap with python3-venv and nothing else:
no compiler, no make. The packages of the extras are fetched outside, for the Python of that root, into a folder of
wheels; inside, pip installs from files alone. Then, as a user who is not root: `stedi version`, `stedi sample`,
`stedi run`, exit status and end by a signal, all examples of docs/python.md, and the tarball from a folder of its own.
Exit status 77, and a line SKIPPED, when there is no root, no debootstrap or no network to make the roots with.
"""
import argparse
import contextlib
import os
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
SUITES = [("bookworm", "3.11"), ("bullseye", "3.9")]  # Debian 12 and 11, with their Pythons
PACKAGES = "python3-venv,xz-utils"
EXTRAS = "pandas,polars,duckdb,progress"
USER = "ann"
# Run in the root as that user, in its home. $1: folder of wheels and tarball.
STORY = r"""
set -eu
fail() { echo "FAILED: $*"; exit 1; }
! command -v cc gcc g++ clang make || fail 'there is a compiler'
[ "$(id -u)" != 0 ] || fail 'this is root'
ldd --version | head -n 1
cd && rm -rf venv landing lake tar
python3 -m venv venv
venv/bin/pip --disable-pip-version-check -q install --no-index --find-links "$1" "stedi[EXTRAS]"
PATH=$HOME/venv/bin:$PATH
stedi version
stedi sample landing --customers 100 --readings 3000 --defects >/dev/null
projects=$(python -c 'import stedi; print(stedi.project("stedi").parent)')
stedi run "$projects/stedi" --landing landing --lake lake | tail -n 1
status=0; stedi tables --lake nowhere 2>/dev/null || status=$?
[ $status = 2 ] || fail "exit status $status, not 2"
stedi query 'SELECT count(*) FROM range(10000000000) a, range(10) b WHERE a.range = 3 * b.range + 1' --lake lake >/dev/null 2>&1 &
sleep 1; kill -TERM $!; status=0; wait $! || status=$?
[ $status = 143 ] || fail "exit status $status after SIGTERM, not 143"
python "$1/docs_python_test.py" --document "$1/python.md"
mkdir tar && tar -xf "$1"/stedi-*-linux-x86_64.tar.xz -C tar
tar/stedi-*/stedi run tar/stedi-*/pipelines/stedi --landing landing --lake tar/lake | tail -n 1
tar/stedi-*/stedi compare lake tar/lake | tail -n 1
mv tar/stedi-* 'tar/an other folder'
tar/'an other folder'/stedi query 'SELECT count(*) AS n FROM customers_trusted' --lake tar/lake --format csv
""".replace("EXTRAS", EXTRAS)


def skip(why):
    print(f"SKIPPED: installing on bare machines: {why}")
    sys.exit(77)


def make_root(suite, folder):
    """Makes the root of a suite unless it is there."""
    if (folder / "made").exists():
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    done = subprocess.run(["debootstrap", "--variant=minbase", f"--include={PACKAGES}", suite, folder],
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        skip(f"debootstrap could not make {suite}:\n{done.stdout[-1000:]}{done.stderr[-500:]}")
    subprocess.run(["chroot", folder, "useradd", "-m", USER], check=True)
    (folder / "made").touch()


def gather_wheels(wheel, python, folder):
    """Puts the wheel and those that its extras need, for that version of Python, into `folder`."""
    tags = [word for minor in (17, 24, 26, 27, 28) for word in ("--platform", f"manylinux_2_{minor}_x86_64")]
    done = subprocess.run([sys.executable, "-m", "pip", "--disable-pip-version-check", "-q", "download", "-d", folder,
                           "--only-binary=:all:", "--python-version", python, "--implementation", "cp", *tags,
                           "--platform", "manylinux2014_x86_64", f"{wheel}[{EXTRAS}]"],
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        skip(f"pip could not fetch the packages for Python {python}:\n{done.stderr[-1500:]}")


@contextlib.contextmanager
def mounted_proc(root):
    """/proc in the root: $ORIGIN of a library's path is resolved with it."""
    subprocess.run(["mount", "-t", "proc", "proc", root / "proc"], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", root / "proc"], check=True)


def try_suite(suite, python, dist, roots):
    """Returns whether all went well in the root of one suite."""
    root = roots / suite
    make_root(suite, root)
    files = root / "opt/files"
    shutil.rmtree(files, ignore_errors=True)
    files.mkdir(parents=True)
    wheel = max(dist.glob("stedi-*.whl"), key=os.path.getmtime)
    gather_wheels(wheel, python, files)
    for file in (max(dist.glob("stedi-*.tar.xz"), key=os.path.getmtime), ROOT / "tests/docs_python_test.py",
                 ROOT / "docs/python.md"):
        shutil.copy(file, files)
    with mounted_proc(root):
        print(f"== {suite}, Python {python}", flush=True)
        done = subprocess.run(["chroot", f"--userspec={USER}:{USER}", root, "env", "-i", f"HOME=/home/{USER}",
                               "PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8", "sh", "-c", STORY, "story", "/opt/files"],
                              check=False)
    print(f"{suite}: {'passed' if done.returncode == 0 else 'FAILED'}", flush=True)
    return done.returncode == 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--dist", type=pathlib.Path, required=True)
    parser.add_argument("--roots", type=pathlib.Path, required=True)
    options = parser.parse_args()
    if os.geteuid() != 0:
        skip("only root can make them and enter them")
    if shutil.which("debootstrap") is None:
        skip("debootstrap is not installed: apt-get install debootstrap")
    outcomes = [try_suite(suite, python, options.dist.resolve(), options.roots.resolve()) for suite, python in SUITES]
    sys.exit(not all(outcomes))


if __name__ == "__main__":
    main()
