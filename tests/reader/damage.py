"""The package stedi_reader reads damaged files exactly as the program does: damage_soak makes them and prints what the
program gives.

usage: damage.py DAMAGE_SOAK [--cases N] [--seed N]     with the package on PYTHONPATH
"""
import argparse
import io
import subprocess

import pyarrow as pa
import pyarrow.fs
from stedi_reader import LandingFile, Scan

COLUMNS = [("user", "STRING"), ("t", "BIGINT"), ("x", "DOUBLE"), ("note", "STRING")]
WAYS = ({"threads": 1}, {"threads": 2, "block_bytes": 11}, {"threads": 1, "block_bytes": 50, "fast_path": False})


class OneFile(pa.fs.FileSystemHandler):
    """A file system of one file in memory."""

    data = b""

    def get_type_name(self):
        return "memory"

    def open_input_file(self, path):
        return pa.BufferReader(self.data)

    def _refuse(self, *_):
        raise io.UnsupportedOperation

    get_file_info = get_file_info_selector = create_dir = delete_dir = delete_dir_contents = _refuse
    delete_root_dir_contents = delete_file = move = copy_file = open_input_stream = open_output_stream = _refuse
    open_append_stream = normalize_path = _refuse


def shown(value):
    return value if isinstance(value, str) else f"{value:g}"


def transcript(memory, data, record_bytes_max, options):
    """Returns (rows, rejections) as damage_soak prints them."""
    memory.data = data
    with Scan([LandingFile("file", "file", len(data))], COLUMNS, filesystem=pa.fs.PyFileSystem(memory),
              record_bytes_max=record_bytes_max, **options) as scan:
        rows = sorted(scan.rows.read_all().to_pylist(), key=lambda row: row["_offset"])
        rejections = sorted(scan.rejections().to_pylist(), key=lambda row: row["byte_offset"])
    names = [name for name, _ in COLUMNS] + ["_rescued"]
    return ([" ".join([str(row["_offset"])] + [f"{name}={shown(row[name])}" for name in names if row[name] is not None])
             .encode() for row in rows],
            [f"{r['byte_offset']}+{r['byte_length']} {r['reason']} @{r['fault_offset']} ".encode() + r["raw"]
             for r in rejections])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--cases", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    a = parser.parse_args()
    process = subprocess.Popen([a.program, str(a.cases), str(a.seed), "--print", "1"], stdout=subprocess.PIPE, text=True)
    memory, count = OneFile(), 0
    for line in process.stdout:
        words = line.rstrip("\n").split(" ")  # the first word is empty for an empty file
        if "-" not in words:
            continue  # the last line says how many were tried
        middle = words.index("-")
        data, record_bytes_max = bytes.fromhex(words[0]), int(words[1])
        expected = [bytes.fromhex(word) for word in words[2:middle]], [bytes.fromhex(word) for word in words[middle + 1:]]
        found = transcript(memory, data, record_bytes_max, WAYS[count % len(WAYS)])
        if found != expected:
            raise SystemExit(f"the package gives another result\n-- file\n{data}\n-- expected\n{expected}\n-- got\n{found}")
        count += 1
    if process.wait() != 0 or count == 0:
        raise SystemExit(f"{a.program} failed")
    print(f"{count} damaged files: the package gives what the program gives")


if __name__ == "__main__":
    main()
