"""The reader in Python, which exports contain, reads damaged files exactly as the scan does. This runs damage_soak,
which tries the files on the scan, and reads every N-th of them itself.

usage: damage.py DAMAGE_SOAK [--cases N] [--seconds N] [--seed N] [--print N]
"""
import argparse
import io
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "src/export/templates/shared"))
from stedi_runtime.record_parser import Contract  # noqa: E402
from stedi_runtime.record_reader import RecordReader, Row  # noqa: E402

COLUMNS = [{"name": "user", "type": "STRING"}, {"name": "t", "type": "BIGINT"}, {"name": "x", "type": "DOUBLE"},
           {"name": "note", "type": "STRING"}]
CONTRACT = Contract.of({"columns": COLUMNS})


def shown(value):
    return value if isinstance(value, str) else f"{value:g}"


def transcript(data, record_bytes_max, **options):
    """Returns (rows, rejections) as damage_soak prints them, but without the place of the fault."""
    rows, rejections = [], []
    for item in RecordReader(CONTRACT, io.BytesIO(data).read, record_bytes_max=record_bytes_max, **options):
        if isinstance(item, Row):
            parts = [str(item.offset)]
            parts += [f"{c['name']}={shown(v)}" for c, v in zip(COLUMNS, item.values) if v is not None]
            parts += [f"_rescued={item.rescued}"] if item.rescued is not None else []
            rows.append(" ".join(parts).encode())
        else:
            rejections.append(f"{item.offset}+{item.length} {item.reason} ".encode() + item.raw)
    return rows, rejections


def without_fault(rejection):
    """Removes the place of the fault, the third word of `0+5 malformed @3 raw`."""
    place, reason, _, raw = rejection.split(b" ", 3)
    return b" ".join((place, reason, raw))


def check(line, number):
    words = line.rstrip("\n").split(" ")  # the first word is empty for an empty file
    middle = words.index("-")
    data, record_bytes_max = bytes.fromhex(words[0]), int(words[1])
    expected = [bytes.fromhex(word) for word in words[2:middle]], [
        without_fault(bytes.fromhex(word)) for word in words[middle + 1:]]
    ways = ({}, {"fast_path": False, "block_bytes": 1 + number % 50})
    for options in ways:
        found = transcript(data, record_bytes_max, **options)
        if found != expected:
            raise SystemExit(f"the reader in Python gives another result ({options})\n-- file\n{data}\n-- expected\n"
                             f"{expected}\n-- got\n{found}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--cases", type=int, default=1 << 60)
    parser.add_argument("--seconds", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--print", type=int, default=20, dest="print_every")
    a = parser.parse_args()
    command = [a.program, str(a.cases), str(a.seed), "--seconds", str(a.seconds), "--print", str(a.print_every)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    count = 0
    for line in process.stdout:
        check(line, count)
        count += 1
    if process.wait() != 0 or count == 0:
        raise SystemExit(f"{a.program} failed")
    print(f"the reader in Python gave the same for {count} of them")


if __name__ == "__main__":
    main()
