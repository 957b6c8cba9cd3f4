"""Makes the wheel and the tarball of the program, from what tools/portable_program.py has linked.

usage: package.py wheel|tarball --program build/portable --deps build/deps --output build/dist

Both hold the program with its libraries, extensions, projects and licences; the wheel also holds the module `stedi`
(python/stedi) and the command (python/scripts/stedi). The same input gives the same bytes: entries are sorted, times
are fixed, owners are root. Needs no network. The version is that of CMakeLists.txt.
"""
import argparse
import base64
import hashlib
import io
import lzma
import pathlib
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile

from portable_program import GLIBC, glibc_of

ROOT = pathlib.Path(__file__).resolve().parents[1]
TIME = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip archive can hold
EXECUTABLE, PLAIN = 0o755, 0o644
PYTHON = ">=3.9"  # that of Debian 11
ARROW = ["pyiceberg[pyarrow,sql-sqlite]>=0.7", "pyarrow>=15"]
EXTRAS = {
    "arrow": ARROW,
    "pandas": [*ARROW, "pandas>=2"],
    "polars": [*ARROW, "polars>=1"],
    "duckdb": [*ARROW, "duckdb>=1"],
    "progress": ["tqdm>=4.60"],
}
# What portable_program.py takes from the compiler's packages: component, Debian package of its text, licence, package
# whose version it has.
LINKED = [
    ("libstdc++", "gcc-12-base", "GPL-3.0-or-later WITH GCC-exception-3.1", "libstdc++-12-pic"),
    ("glibc-start-files", "libc6", "LGPL-2.1-or-later", None),
]


def version():
    return re.search(r"project\(stedi VERSION ([\d.]+)", (ROOT / "CMakeLists.txt").read_text())[1]


def tracked(folder):
    """Yields (name below `folder`, path) of the files of the repository below it, sorted."""
    listing = subprocess.run(["git", "-C", ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard", folder],
                             capture_output=True, check=True).stdout.decode()
    for name in sorted(listing.split("\0")):
        if name and (ROOT / name).is_file():
            yield pathlib.PurePosixPath(name).relative_to(folder).as_posix(), ROOT / name


def debian_version(package):
    done = subprocess.run(["dpkg-query", "-W", "-f=${Version}", package], capture_output=True, text=True, check=True)
    return re.match(r"(?:\d+:)?([\d.]+)", done.stdout)[1]


def gather_licenses(deps, folder):
    words = []
    for component, text, license_id, package in LINKED:
        number = debian_version(package) if package else ".".join(map(str, GLIBC))
        words += ["--component", component, number, license_id, f"/usr/share/doc/{text}/copyright"]
    done = subprocess.run([sys.executable, ROOT / "tools/licenses.py", folder, "--deps", deps, *words], check=False)
    if done.returncode != 0:
        sys.exit("package: the licence texts could not be gathered")


def program_files(program, licenses):
    """Yields (name, path, mode) of what stands beside the program, itself included."""
    yield "stedi", program / "stedi", EXECUTABLE
    for folder in ("lib", "extensions"):
        for path in sorted((program / folder).iterdir()):
            yield f"{folder}/{path.name}", path, PLAIN
    for path in sorted(licenses.iterdir()):
        yield f"licenses/{path.name}", path, PLAIN
    for name, path in tracked("pipelines"):
        yield f"pipelines/{name}", path, PLAIN


def metadata():
    lines = ["Metadata-Version: 2.1", "Name: stedi", f"Version: {version()}",
             "Summary: JSON of step trainers and a phone app to Apache Iceberg tables, in one transaction",
             "Classifier: Operating System :: POSIX :: Linux", "Classifier: Typing :: Typed",
             f"Requires-Python: {PYTHON}", "Description-Content-Type: text/markdown"]
    extras = dict(EXTRAS, all=sorted({requirement for group in EXTRAS.values() for requirement in group}))
    for extra, requirements in extras.items():
        lines.append(f"Provides-Extra: {extra}")
        lines += [f'Requires-Dist: {requirement}; extra == "{extra}"' for requirement in requirements]
    return "\n".join(lines) + "\n\n" + (ROOT / "docs/python.md").read_text()


def wheel_tag(program):
    """Returns the tag of the oldest glibc that all files of the program run with."""
    files = [program / "stedi", *program.glob("lib/*"), *program.glob("extensions/*")]
    return "py3-none-manylinux_{}_{}_x86_64".format(*max(glibc_of(path) for path in files))


def make_wheel(program, licenses, output):
    tag = wheel_tag(program)
    info = f"stedi-{version()}.dist-info"
    entries = {f"stedi/{name}": (path.read_bytes(), PLAIN) for name, path in tracked("python/stedi")}
    for name, path, mode in program_files(program, licenses):
        entries[f"stedi/program/{name}"] = (path.read_bytes(), mode)
    entries[f"stedi-{version()}.data/scripts/stedi"] = ((ROOT / "python/scripts/stedi").read_bytes(), EXECUTABLE)
    entries[f"{info}/METADATA"] = (metadata().encode(), PLAIN)
    entries[f"{info}/WHEEL"] = (f"Wheel-Version: 1.0\nGenerator: stedi\nRoot-Is-Purelib: false\nTag: {tag}\n".encode(),
                                PLAIN)
    record = ""
    for name, (data, _) in sorted(entries.items()):
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        record += f"{name},sha256={digest},{len(data)}\n"
    entries[f"{info}/RECORD"] = (f"{record}{info}/RECORD,,\n".encode(), PLAIN)
    path = output / f"stedi-{version()}-{tag}.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        # Those of dist-info come last, as the format of wheels recommends.
        for name in sorted(entries, key=lambda each: (each.startswith(info), each)):
            entry = zipfile.ZipInfo(name, TIME)
            entry.create_system = 3  # Unix, so that the mode counts
            entry.external_attr = (0o100000 | entries[name][1]) << 16
            archive.writestr(entry, entries[name][0], zipfile.ZIP_DEFLATED, 9)
    return path


def make_tarball(program, licenses, output):
    top = f"stedi-{version()}-linux-x86_64"
    path = output / f"{top}.tar.xz"
    files = [*program_files(program, licenses), ("README.md", ROOT / "README.md", PLAIN)]
    folders = {parent.as_posix() for name, _, _ in files for parent in pathlib.PurePosixPath(top, name).parents} - {"."}
    entries = [(name, None, EXECUTABLE) for name in folders]
    entries += [(f"{top}/{name}", file, mode) for name, file, mode in files]
    with lzma.open(path, "wb", preset=6) as stream, tarfile.open(fileobj=stream, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for name, file, mode in sorted(entries, key=lambda each: each[0]):
            entry = tarfile.TarInfo(name)
            entry.mode, entry.uname, entry.gname = mode, "root", "root"
            if file is None:
                entry.type = tarfile.DIRTYPE
                archive.addfile(entry)
            else:
                data = file.read_bytes()
                entry.size = len(data)
                archive.addfile(entry, io.BytesIO(data))
    return path


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=("wheel", "tarball"))
    for name in ("--program", "--deps", "--output"):
        parser.add_argument(name, type=pathlib.Path, required=True)
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        licenses = pathlib.Path(temporary) / "licenses"
        gather_licenses(options.deps.resolve(), licenses)
        make = {"wheel": make_wheel, "tarball": make_tarball}[options.kind]
        path = make(options.program.resolve(), licenses, options.output)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    print(f"{path}: {path.stat().st_size / 1e6:.1f} MB, sha256 {digest}")


if __name__ == "__main__":
    main()
