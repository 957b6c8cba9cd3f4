"""The library of the aarch64 wheel, under an emulator, reads damaged files exactly as the program does on this machine.
Ends with status 77 (skipped), and says why, without the wheel or the emulator.

usage: test_arm64.py DAMAGE_SOAK [--cases N]     after `make wheel-reader` and `tools/setup.sh qemu`
"""
import argparse
import pathlib
import shutil
import subprocess
import sys
import tempfile
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
SYSTEM = pathlib.Path("/usr/aarch64-linux-gnu")
sys.path.insert(0, str(ROOT / "tools/wheel"))
import build_reader  # noqa: E402

WAYS = ((1 << 20, 1), (7, 1), (40, 2))  # bytes of a block, threads


def skip(reason):
    print(f"SKIPPED: the reader on aarch64: {reason}")
    sys.exit(77)


def build_driver(wheel, folder):
    """Returns the program tests/reader/reader_driver.cc for aarch64, linked with the library of the wheel."""
    with zipfile.ZipFile(wheel) as files:
        (folder / "libstedi_reader.so").write_bytes(files.read("stedi_reader/libstedi_reader.so"))
    build_reader.run([build_reader.zig(), "c++", "-target", f"aarch64-linux-gnu.{build_reader.GLIBC}", "-std=c++20", "-O1",
                      "-fno-sanitize=all", "-DFMT_HEADER_ONLY=1", "-Isrc", "-isystem", build_reader.header_folder(),
                      "tests/reader/reader_driver.cc", folder / "libstedi_reader.so", "-Wl,-rpath,$ORIGIN", "-o",
                      folder / "reader_driver"])
    return folder / "reader_driver"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("damage_soak")
    parser.add_argument("--cases", type=int, default=1000)
    a = parser.parse_args()
    wheel = next((ROOT / "build/wheels").glob("stedi_reader-*aarch64.whl"), None)
    if wheel is None:
        skip("there is no wheel: make wheel-reader")
    emulator = shutil.which("qemu-aarch64")
    if emulator is None or not SYSTEM.is_dir():
        skip("there is no emulator: tools/setup.sh qemu")
    expected = subprocess.run([a.damage_soak, str(a.cases), "1", "--print", "1"], capture_output=True, text=True,
                              check=True).stdout.splitlines()
    expected = [line for line in expected if " - " in line or line.endswith(" -")]
    with tempfile.TemporaryDirectory() as scratch:
        driver = build_driver(wheel, pathlib.Path(scratch))
        for block_bytes, threads in WAYS:
            found = subprocess.run([emulator, "-L", SYSTEM, driver, str(block_bytes), str(threads)],
                                   input="\n".join(expected) + "\n", capture_output=True, text=True, check=True)
            for line, other in zip(expected, found.stdout.splitlines(), strict=True):
                if line != other:
                    sys.exit(f"aarch64 gives another result in blocks of {block_bytes} bytes\n-- expected\n{line}\n"
                             f"-- got\n{other}")
            print(f"{len(expected)} damaged files in blocks of {block_bytes} bytes, {threads} threads: equal on aarch64")


if __name__ == "__main__":
    main()
