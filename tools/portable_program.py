"""Links the program once more, for every machine with Linux on x86-64 and glibc 2.28 or newer, and nothing else.

usage: portable_program.py --build build/release --deps build/deps --output FOLDER

The objects are those of `make release`, so that it is the same program; only what they are linked with differs:
  - glibc as it was in 2.28: stubs of its libraries, which the package ziglang makes (build/deps/venv-wheel);
  - tools/portable/old_glibc.cc for the few functions that are newer;
  - Debian's static libraries instead of its shared ones, and fmt compiled from its headers;
  - lib/libstdc++.so.6, made of Debian's kit libstdc++-12-pic, which libduckdb and its extensions need as well.
Writes FOLDER/stedi, FOLDER/lib and FOLDER/extensions. Fails when a symbol is missing or needs a newer glibc.
"""
import argparse
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
GLIBC = (2, 28)
STATIC_LIBRARIES = ("yaml-cpp", "sqlite3", "z", "zstd")
# Debian's kit lacks this object of libstdc++.a, which holds functions of earlier versions.
COMPATIBILITY = "compatibility.o"
# Libraries that belong to glibc, or that it needs itself.
OF_GLIBC = {"libc.so.6", "libm.so.6", "libpthread.so.0", "libdl.so.2", "librt.so.1", "ld-linux-x86-64.so.2", "libgcc_s.so.1"}
VERSIONED = re.compile(r"^[0-9a-f]+ .{7} (?P<section>\S+)\s+[0-9a-f]+\s+\(?(?P<version>[\w.]+)\)?\s+(?P<name>\S+)$")
HARDENED = ["-Wl,-z,relro", "-Wl,-z,now", "-s", "-Wl,--build-id=none"]


def run(*words, folder=None):
    done = subprocess.run([str(word) for word in words], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"portable_program: {words[0]} failed:\n{(done.stdout + done.stderr)[-4000:]}")
    return done.stdout


def compiler_file(name):
    """Returns the path of a file that the compiler's driver finds, such as crtbeginS.o or libz.a."""
    path = pathlib.Path(run("g++", f"-print-file-name={name}").strip())
    if not path.is_absolute():
        sys.exit(f"portable_program: {name} is not on this machine: tools/setup.sh build portable")
    return path


def make_stubs(zig, folder, work):
    """Puts crt1.o, libc_nonshared.a and stubs of glibc's libraries into `folder`. zig makes them when it links a program
    for that version, and leaves them in its cache."""
    (work / "empty.c").write_text("int main(void) { return 0; }\n")
    cache = work / "cache"
    run("env", f"ZIG_GLOBAL_CACHE_DIR={cache}", f"ZIG_LOCAL_CACHE_DIR={cache}", zig, "cc", "-target",
        "x86_64-linux-gnu.{}.{}".format(*GLIBC), "empty.c", "-o", "empty", folder=work)
    for name in ("crt1.o", "libc_nonshared.a", "libc.so.6", "libm.so.6", "libpthread.so.0", "libdl.so.2", "libld.so.2"):
        found = list(cache.glob(f"o/*/{name}"))
        if len(found) != 1:
            sys.exit(f"portable_program: zig has made {len(found)} files {name}, not one")
        shutil.copy(found[0], folder / name)
    for name in ("m", "pthread", "dl"):
        (folder / f"lib{name}.so").symlink_to(next(folder.glob(f"lib{name}.so.*")).name)
    (folder / "libc.so").write_text("GROUP ( libc.so.6 libc_nonshared.a AS_NEEDED ( libld.so.2 ) )\n")


def compile_source(name, folder, *options):
    out = folder / f"{name}.o"
    run("g++", "-std=c++20", "-O2", "-DNDEBUG", *options, "-c", ROOT / "tools/portable" / f"{name}.cc", "-o", out)
    return out


def libraries(stubs):
    """Returns the words that end each link: glibc's stubs, then the compiler's own support."""
    own = compiler_file("libgcc.a").parent
    return [f"-L{stubs}", f"-L{own}", "-lm", "-lpthread", "-ldl", "-lc", "-lgcc", "-lgcc_s", compiler_file("crtendS.o")]


def link_libstdcxx(stubs, work, output):
    kit = compiler_file("libstdc++_pic.a")
    run("ar", "x", compiler_file("libstdc++.a"), COMPATIBILITY, folder=work)
    extra = compile_source("old_glibc_libstdcxx", work, "-fPIC")
    run("g++", "-shared", "-nostdlib", "-o", output, "-Wl,-soname,libstdc++.so.6",
        f"-Wl,--version-script={kit.with_suffix('.map')}", "-Wl,-z,defs", "-Wl,--allow-shlib-undefined", *HARDENED,
        compiler_file("crtbeginS.o"), "-Wl,--whole-archive", kit, "-Wl,--no-whole-archive", work / COMPATIBILITY, extra,
        *libraries(stubs))


def link_program(build, stubs, work, output):
    main = build / "CMakeFiles/stedi.dir/src/cli/main.cc.o"
    run("g++", "-pie", "-nostdlib", "-o", output / "stedi", "-Wl,-rpath,$ORIGIN/lib", "-Wl,-z,defs",
        "-Wl,--allow-shlib-undefined", *HARDENED, stubs / "crt1.o", compiler_file("crtbeginS.o"), main,
        build / "libstedi_lib.a", compile_source("fmt_library", work), compile_source("old_glibc", work),
        *(compiler_file(f"lib{name}.a") for name in STATIC_LIBRARIES), output / "lib/libduckdb.so",
        output / "lib/libstdc++.so.6", *libraries(stubs))


def symbols(path):
    """Returns (needed, defined) of a library or program: sets of (name, version)."""
    needed, defined = set(), set()
    for line in run("objdump", "-T", path).splitlines():
        match = VERSIONED.match(line)
        if match:
            (needed if match["section"] == "*UND*" else defined).add((match["name"], match["version"]))
    return needed, defined


def glibc_of(path):
    """Returns the version of glibc that the file needs, such as (2, 28)."""
    found = re.findall(r"Name: GLIBC_(\d+)\.(\d+)", run("readelf", "-V", path))
    return max((int(major), int(minor)) for major, minor in found)


def needed_libraries(path):
    return set(re.findall(r"\(NEEDED\).*\[(.+)\]", run("readelf", "-d", path)))


def check(output):
    """Ends the program unless the files in `output` find all that they need there and in glibc."""
    _, of_cxx = symbols(output / "lib/libstdc++.so.6")
    carried = {path.name for path in (output / "lib").iterdir()}
    for path in sorted([output / "stedi", *output.glob("lib/*"), *output.glob("extensions/*")]):
        needed, _ = symbols(path)
        missing = {symbol for symbol in needed if re.match("GLIBCXX_|CXXABI_", symbol[1])} - of_cxx
        if missing:
            sys.exit(f"portable_program: {path.name} needs of libstdc++ what lib/libstdc++.so.6 lacks: {sorted(missing)}")
        if glibc_of(path) > GLIBC:
            sys.exit("portable_program: {} needs glibc {}.{}, not {}.{}".format(path.name, *glibc_of(path), *GLIBC))
        strangers = needed_libraries(path) - OF_GLIBC - carried
        if strangers:
            sys.exit(f"portable_program: {path.name} needs {sorted(strangers)}, which do not come along")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("--build", "--deps", "--output"):
        parser.add_argument(name, type=pathlib.Path, required=True)
    options = parser.parse_args()
    output = options.output.resolve()
    zig = next(options.deps.resolve().glob("venv-wheel/lib/python3*/site-packages/ziglang/zig"), None)
    if zig is None:
        sys.exit("portable_program: no zig in build/deps/venv-wheel: tools/setup.sh wheel")
    shutil.rmtree(output, ignore_errors=True)
    (output / "lib").mkdir(parents=True)
    shutil.copy(options.deps / "lib/libduckdb.so", output / "lib")
    shutil.copytree(options.deps / "extensions", output / "extensions")
    with tempfile.TemporaryDirectory() as temporary:
        work = pathlib.Path(temporary)
        stubs = work / "glibc"
        stubs.mkdir()
        make_stubs(zig, stubs, work)
        link_libstdcxx(stubs, work, output / "lib/libstdc++.so.6")
        link_program(options.build.resolve(), stubs, work, output)
    check(output)


if __name__ == "__main__":
    main()
