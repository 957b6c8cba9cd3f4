"""Builds the wheel stedi-reader: the landing reader (src/base, src/files, src/landing, src/reader) as a shared library for
glibc 2.28 and newer, with the Python package python/stedi_reader. The same sources give the same bytes.

usage: build_reader.py [--arch ARCH,..]     ARCH: x86_64, aarch64; both without it
Needs what `tools/setup.sh wheel` has fetched: zig's C++ compiler, and zlib and zstd as source. Writes build/wheels.
"""
import argparse
import concurrent.futures
import os
import pathlib
import re
import shutil
import subprocess
import sys

import wheel_file
from shared_library import check_library

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEPS = ROOT / "build/deps"
WORK = ROOT / "build/wheel"
GLIBC = "2.28"
ARCHS = ("x86_64", "aarch64")
FOLDERS = ("base", "files", "landing", "reader")
ZLIB, ZSTD = DEPS / "wheel/libz-sys/src/zlib", DEPS / "wheel/zstd-sys/zstd"
ZLIB_FILES = ("adler32", "crc32", "inffast", "inflate", "inftrees", "zutil")  # what decoding needs
# Libraries that are headers only: the folder of their headers on this machine, what to take of it, and their licence.
HEADERS = {"fmt": pathlib.Path("/usr/include/fmt"), "xxhash.h": pathlib.Path("/usr/include/xxhash.h")}
OPTIMIZED = ["-O3", "-DNDEBUG", "-fPIC", "-g0", "-fvisibility=hidden", "-ffunction-sections", "-fdata-sections",
             "-fno-sanitize=all", f"-ffile-prefix-map={ROOT}=."]


def version():
    """The version of the project, which CMakeLists.txt says."""
    return re.search(r"^project\(stedi VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text(), re.MULTILINE)[1]


def zig():
    """The command of the compiler."""
    python = DEPS / "venv-wheel/bin/python"
    if not python.exists() or not ZLIB.is_dir() or not ZSTD.is_dir():
        sys.exit("build_reader: the compiler, zlib or zstd is missing: run tools/setup.sh wheel")
    found = next((DEPS / "venv-wheel/lib").glob("python*/site-packages/ziglang/zig"), None)
    return str(found)


def run(words):
    environment = os.environ | {"ZIG_GLOBAL_CACHE_DIR": str(WORK / "zig-cache"),
                                "ZIG_LOCAL_CACHE_DIR": str(WORK / "zig-cache"), "SOURCE_DATE_EPOCH": "315532800"}
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, env=environment, cwd=ROOT)
    if done.returncode != 0:
        sys.exit(f"build_reader: {' '.join(map(str, words))}\n{done.stdout}{done.stderr}")


def header_folder():
    """A folder with the header-only libraries alone: beside them in /usr/include are headers of this machine's glibc."""
    folder = WORK / "include"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, path in HEADERS.items():
        (folder / name).symlink_to(path)
    return folder


def is_source(path, arch):
    return not path.name.endswith("_test.cc") and (arch == "x86_64" or not path.stem.endswith("_avx2"))


def compilations(arch):
    """Yields [compiler, flags, source] for each source of the library."""
    include = header_folder()
    cxx = ["-std=c++20", "-fvisibility-inlines-hidden", f"-DSTEDI_VERSION=\"{version()}\"", "-DFMT_HEADER_ONLY=1",
           "-Isrc", "-isystem", include, "-isystem", ZLIB, "-isystem", ZSTD / "lib"]
    for folder in FOLDERS:
        for source in sorted((ROOT / "src" / folder).glob("*.cc")):
            if is_source(source, arch):
                yield "c++", cxx, source.relative_to(ROOT)
    for name in ZLIB_FILES:
        yield "cc", ["-DHAVE_UNISTD_H", "-I", ZLIB], ZLIB / f"{name}.c"
    c = ["-I", ZSTD / "lib", "-DZSTDLIB_VISIBLE=", "-DZSTDERRORLIB_VISIBLE=", "-DXXH_NAMESPACE=ZSTD_",
         "-DZSTD_LEGACY_SUPPORT=0"]
    for folder in ("common", "decompress"):
        for source in sorted((ZSTD / "lib" / folder).iterdir()):
            if source.suffix == ".c" or (source.suffix == ".S" and arch == "x86_64"):
                yield "cc", c, source


def objects(arch, target):
    """Compiles all sources, as many at a time as there are processors; returns the objects in a fixed order."""
    folder = WORK / arch
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)

    def compiled(compilation):
        compiler, flags, source = compilation
        out = folder / f"{source.parent.name}-{source.name}.o"
        run([zig(), compiler, *target, *OPTIMIZED, *flags, "-c", source, "-o", out])
        return out

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(compiled, compilations(arch)))


def build_library(arch):
    """Returns the path of the library, which is checked."""
    target = ["-target", f"{arch}-linux-gnu.{GLIBC}"]
    library = WORK / arch / "libstedi_reader.so"
    run([zig(), "c++", *target, "-shared", "-s", "-Wl,--gc-sections", "-Wl,-z,relro,-z,now",
         f"-Wl,--version-script={ROOT / 'src/reader/exports.map'}", "-Wl,-soname,libstedi_reader.so", "-o", library,
         *objects(arch, target)])
    check_library(library, GLIBC, "stedi_reader_", ROOT)
    return library


def licenses():
    """The licence texts of all that is in the library: name -> text."""
    lib = pathlib.Path(zig()).parent / "lib"
    sources = {"zlib": ZLIB / "LICENSE", "zstd": ZSTD / "LICENSE", "libc++": lib / "libcxx/LICENSE.TXT",
               "libc++abi": lib / "libcxxabi/LICENSE.TXT", "libunwind": lib / "libunwind/LICENSE.TXT",
               "zig-compiler-rt": lib.parent / "LICENSE", "fmt": pathlib.Path("/usr/share/doc/libfmt-dev/copyright"),
               "xxhash": pathlib.Path("/usr/share/doc/libxxhash-dev/copyright")}
    return {name: path.read_bytes() for name, path in sources.items()}


def build_wheel(arch):
    """Returns the path of the wheel."""
    package = ROOT / "python/stedi_reader"
    files = {f"stedi_reader/{path.name}": path.read_bytes() for path in package.iterdir()
             if path.suffix == ".py" or path.name == "py.typed"}
    files["stedi_reader/libstedi_reader.so"] = build_library(arch).read_bytes()
    files["stedi_reader/VERSION"] = version().encode() + b"\n"
    about = wheel_file.About(
        name="stedi_reader", version=version(), tag=f"py3-none-manylinux_{GLIBC.replace('.', '_')}_{arch}",
        summary="Reads landing files of JSON records, damaged or not, into Arrow batches", requires=["pyarrow>=14"])
    return wheel_file.write(ROOT / "build/wheels", about, files, licenses())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--arch", default=",".join(ARCHS))
    for arch in parser.parse_args().arch.split(","):
        if arch not in ARCHS:
            sys.exit(f"build_reader: no architecture '{arch}': {', '.join(ARCHS)}")
        wheel = build_wheel(arch)
        print(f"{wheel.relative_to(ROOT)}: {wheel.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
