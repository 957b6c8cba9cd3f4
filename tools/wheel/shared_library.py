"""Checks that a shared library runs on every machine that its wheel promises."""
import re
import subprocess
import sys

# Parts of glibc itself, of which newer versions can be asked for by version only.
_ALLOWED = re.compile(r"(libc\.so\.6|libm\.so\.6|libpthread\.so\.0|libdl\.so\.2|librt\.so\.1|ld-linux-.*)$")


def _readelf(*words):
    return subprocess.run(["readelf", "--wide", *map(str, words)], capture_output=True, text=True, check=True).stdout


def _number(version):
    return tuple(map(int, version.split(".")))


def faults_of(library, glibc, prefix, root):
    """Yields what is wrong: a symbol of a newer glibc than `glibc`, a library that is not part of glibc, an exported
    symbol without `prefix`, a path below `root` in the bytes."""
    for version in sorted(set(re.findall(r"GLIBC_([\d.]+)", _readelf("--version-info", library))), key=_number):
        if _number(version) > _number(glibc):
            yield f"needs glibc {version}, newer than {glibc}"
    for needed in re.findall(r"\(NEEDED\).*\[(.*)\]", _readelf("--dynamic", library)):
        if not _ALLOWED.match(needed):
            yield f"needs {needed}"
    exported = [words[7].split("@")[0] for words in map(str.split, _readelf("--dyn-syms", library).splitlines())
                if len(words) > 7 and words[4] in ("GLOBAL", "WEAK", "UNIQUE") and words[6] != "UND"]
    yield from (f"exports {name}" for name in exported if not name.startswith(prefix))
    if not exported:
        yield "exports nothing"
    if str(root).encode() in library.read_bytes():
        yield f"contains the path {root}"


def check_library(library, glibc, prefix, root):
    """Ends the program when the library has a fault."""
    faults = list(faults_of(library, glibc, prefix, root))
    if faults:
        sys.exit("\n".join(f"{library.name}: {fault}" for fault in faults))
