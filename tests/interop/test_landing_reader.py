"""The exported Python reader of landing files reads thousands of damaged files exactly as stedi does: the same
rows and the same quarantine, for every layout and compression."""
import gzip
import hashlib
import io
import pathlib
import random
import shutil
import sqlite3
import sys
import unittest

import zstandard

import damaged_landing
import lakes

sys.path.insert(0, str(lakes.ROOT / "src/export/templates/shared"))
from stedi_runtime.decoder import DamagedFile, DecodedFile  # noqa: E402
from stedi_runtime.landing_files import LandingError, list_feed  # noqa: E402
from stedi_runtime.record_parser import Contract  # noqa: E402
from stedi_runtime.record_reader import RecordReader, Row  # noqa: E402

SEED, COUNT = 20260601, 4000
CONTRACTS = {name: Contract.of(feed) for name, feed in damaged_landing.FEEDS.items()}


def write_project(folder):
    (folder / "landing").mkdir(parents=True)
    (folder / "transformations").mkdir()
    for name, feed in damaged_landing.FEEDS.items():
        columns = ", ".join(f"{c['name']} {c['type']}{' NOT NULL' if c.get('not_null') else ''}"
                            for c in feed["columns"])
        properties = "'feed.path' = '${stedi.landing}/things'"
        if feed.get("keep_unfit"):
            empty_is_null = ",".join(c["name"] for c in feed["columns"] if c["empty_is_null"])
            properties += (f", 'feed.keep_unfit' = 'true', 'empty_is_null' = '{empty_is_null}', "
                           f"'feed.rejected' = '{','.join(feed['rejected_columns'])}'")
        (folder / f"landing/{name}.sql").write_text(
            f"CREATE STREAMING TABLE {name} ({columns}) TBLPROPERTIES ({properties});\n")
    (folder / "transformations/names.sql").write_text(
        "CREATE MATERIALIZED VIEW names (name STRING) AS SELECT DISTINCT t.name FROM things t;\n")
    (folder / "spark-pipeline.yml").write_text(
        "name: things\ncatalog: lake\ndatabase: stedi\nlibraries:\n  - glob:\n      include: transformations/**\n"
        "configuration:\n  stedi.landing: landing\n")


def write_landing(folder):
    rng = random.Random(SEED)
    compress = zstandard.ZstdCompressor().compress
    for i, data in enumerate(damaged_landing.inputs(SEED, COUNT)):
        path = folder / f"things/{i % 7}/{i:05}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        kind = rng.randrange(10)
        middle = rng.randrange(len(data) + 1)
        if kind == 0:
            path.with_suffix(".json.gz").write_bytes(gzip.compress(data[:middle]) + gzip.compress(data[middle:]))
        elif kind == 1:
            path.with_suffix(".json.zst").write_bytes(compress(data[:middle]) + compress(data[middle:]))
        else:
            path.write_bytes(data)


def unsigned_zeros(rows):
    """Returns rows with 0.0 in place of -0.0: DuckDB writes both as one value when they are in one Parquet
    dictionary."""
    return lakes.canonical_rows([["0.0" if value == "-0.0" else value for value in row] for row in rows.elements()])


def read_all(feed, filesystem, files, **options):
    """Returns (rows, rejections, rows of rejected records) as canonical_rows gives those of the tables. Leaves out
    files whose stored bytes equal those of an earlier file."""
    contract, rows, rejections, rejected, seen = CONTRACTS[feed], [], [], [], set()
    for file in files:
        with DecodedFile(filesystem, file.path, file.size_bytes) as decoded:
            reader = RecordReader(contract, decoded.read, **options)
            found = list(reader)
            if file.size_bytes and decoded.content_hash() in seen:
                continue
            seen.add(decoded.content_hash())
        counts = reader.counts
        assert counts.whitespace >= 0 and counts.decoded >= counts.accepted + counts.quarantined, (file, counts)
        for item in found:
            if isinstance(item, Row):
                unfit = (item.unfit,) if contract.keep_unfit else ()
                rows.append((*item.values, file.file, item.offset, item.rescued, *unfit))
            else:
                rejections.append((feed, item.reason, *item.misfit, file.file, item.offset, item.length, item.raw))
                rejected += [(*row, file.file, item.offset, item.reason) for row in item.rows]
    return lakes.canonical_rows(rows), lakes.canonical_rows(rejections), lakes.canonical_rows(rejected)


class LandingReaderTest(lakes.LakeTest):
    @classmethod
    def setUpClass(cls):
        folder = lakes.scratch_folder()
        write_project(folder / "project")
        write_landing(folder / "landing")
        lakes.run_stedi("run", folder / "project", "--landing", folder / "landing", "--lake", folder / "lake",
                        "--allow-shrink")
        tables = lakes.catalog_rows(folder / "lake")
        cls.rows = {feed: lakes.stored_rows(tables[feed]) for feed in CONTRACTS}
        cls.rejected = lakes.stored_rows(tables["tolerant_rejected"])
        cls.quarantine = {feed: lakes.canonical_rows([]) for feed in CONTRACTS}
        for row, count in lakes.stored_rows(tables["quarantine"]).items():
            cls.quarantine[row[0]][row[:-1]] += count  # without run_id
        cls.lake = folder / "lake"
        cls.filesystem, cls.files = list_feed(str(folder / "landing/things"))

    def test_reads_as_stedi_does(self):
        self.assertGreater(len({reason for _, reason, *_ in self.quarantine["things"]}), 9, "a reason never occurred")
        self.assertGreater(sum(row[-1] is not None for row in self.rows["tolerant"]), COUNT // 20)
        self.assertGreater(sum(row[0] is not None for row in self.rejected), COUNT // 20)
        for feed in CONTRACTS:
            self.assertGreater(self.rows[feed].total(), COUNT)
            rows, rejections, rejected = read_all(feed, self.filesystem, self.files)
            self.assert_same_rows(feed, unsigned_zeros(self.rows[feed]), unsigned_zeros(rows))
            self.assert_same_rows("quarantine", self.quarantine[feed], rejections)
            if CONTRACTS[feed].rejected:
                self.assert_same_rows("rejected", unsigned_zeros(self.rejected), unsigned_zeros(rejected))

    def test_neither_blocks_nor_the_fast_path_change_anything(self):
        few = [file for file in self.files[::6] if file.size_bytes < 10000]
        for feed in CONTRACTS:
            expected = read_all(feed, self.filesystem, few)
            self.assertEqual(read_all(feed, self.filesystem, few, block_bytes=7), expected)
            self.assertEqual(read_all(feed, self.filesystem, few, fast_path=False), expected)

    def test_every_byte_is_accounted_for_as_stedi_does(self):
        with sqlite3.connect(f"file:{self.lake}/catalog.db?mode=ro", uri=True) as database:
            ours = {row[0]: row[1:] for row in database.execute(
                "SELECT file, decoded_bytes, accepted_bytes, quarantined_bytes, whitespace_bytes, framing_bytes,"
                " records, rejected FROM stedi_files WHERE status = 'loaded' AND feed = 'things'")}
        for file in self.files[::5]:
            if file.file not in ours:
                continue
            with DecodedFile(self.filesystem, file.path, file.size_bytes) as decoded:
                reader = RecordReader(CONTRACTS["things"], decoded.read)
                for _ in reader:
                    pass
            c = reader.counts
            self.assertEqual(ours[file.file], (c.decoded, c.accepted, c.quarantined, c.whitespace, c.framing,
                                               c.records, c.rejected), file.file)


class DamagedFileTest(unittest.TestCase):
    def read(self, name, data):
        folder = lakes.scratch_folder()
        (folder / name).write_bytes(data)
        filesystem, (file,) = list_feed(str(folder))
        with DecodedFile(filesystem, file.path, file.size_bytes) as decoded:
            content = b"".join(iter(lambda: decoded.read(1000), b""))
            self.assertEqual(decoded.content_hash(), hashlib.sha256(data).hexdigest())
        return content

    def test_what_cannot_be_decoded_is_named(self):
        text = b'{"id":1}\n' * 5000
        zipped, frame = gzip.compress(text), zstandard.ZstdCompressor().compress(text)
        self.assertEqual(self.read("a.gz", zipped + zipped), text + text)
        self.assertEqual(self.read("a.zst", frame + frame), text + text)
        for name, data in (("a.gz", zipped[:-5]), ("a.gz", zipped + b"x"), ("a.gz", text), ("a.gz", b""),
                           ("a.gz", zipped[:-8] + bytes(8)), ("a.zst", frame[:-5]), ("a.zst", frame + b"x"),
                           ("a.zst", frame + frame[:3]), ("a.zst", text), ("a.zst", b"")):
            with self.subTest(f"{name} {data[-9:]}"), self.assertRaises(DamagedFile):
                self.read(name, data)

    def test_a_file_is_known_by_its_first_bytes(self):
        text = b'{"id":1}\n' * 5000
        zipped, frame = gzip.compress(text), zstandard.ZstdCompressor().compress(text)
        for name, data in (("a.json", zipped), ("a.GZ", zipped), ("a.gz.1", zipped), ("a.json", frame),
                           ("a.zst", zipped), ("a.gz", frame), ("a.gz", zipped + bytes(2000)), ("a.gz", gzip.compress(b"") + zipped)):
            with self.subTest(name):
                self.assertEqual(self.read(name, data), text)
        tar = b"a.json" + bytes(251) + b"ustar" + bytes(250) + text
        old_tar = b"1.json" + bytes(94) + b"".join((b"000644 \0", b"000765 \0", b"000024 \0", b"00000000010 ", b"14230137400 "))
        old_tar += b"%06o\0 " % sum(old_tar + b" " * 8)
        old_tar += bytes(512 - len(old_tar)) + text
        for name, data in (("a.json", text.decode().encode("utf-16")), ("a.json", text.decode().encode("utf-32-be")),
                           ("a.json", tar), ("a.json", old_tar), ("a.json", b"!<arch>\n1.json/ " + text),
                           ("a.json", b"070701" + b"0" * 104 + b"1.json" + text),
                           ("a.gz", gzip.compress(tar)), ("a.json", gzip.compress(zipped)),
                           ("a.json", b"PAR1" + bytes(100)), ("a.gz", zipped + bytes(10) + zipped)):
            with self.subTest(f"{name} {data[:9]}"), self.assertRaises(DamagedFile):
                self.read(name, data)



class ListingTest(lakes.LakeTest):
    """The exported code reads and refuses the same files of a folder as stedi."""

    NAMES = ("a.json", "b.JSON", "c.jsonl", "d.ndjson", "e.json.1", "f.json-20260301", "part-00000", "run-1-part-r-00000",
             "out.json/part-00000.json", "out.json/_SUCCESS", "out.json/.part.json.crc", "dt=2026-03-01/a.json", "README.md",
             "README", "g.json.tmp", "h.json~", "#i.json#", "part-00000~", "j.csv", "k.csv.1", "\u00e4.json", "notes",
             "l.json.swp", "m.json.bak", "_hidden.json", ".hidden.json", "_tmp/a.json", "n.J\u017fON", "7", "v1.2")

    def setUp(self):
        self.folder = lakes.scratch_folder()
        write_project(self.folder / "project")
        for other in set((self.folder / "project/landing").iterdir()) - {self.folder / "project/landing/things.sql"}:
            other.unlink()  # another feed of the same folder has its own rule
        self.things = self.folder / "landing/things"
        for i, name in enumerate(self.NAMES):
            path = self.things / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text('{"id":%d}\n' % i)

    def listed_by_stedi(self, properties="", *words):
        sql = self.folder / "project/landing/things.sql"
        sql.write_text(sql.read_text().replace("/things')", f"/things'{properties})"))
        lake = self.folder / "lake"
        shutil.rmtree(lake, ignore_errors=True)
        lakes.run_stedi("run", self.folder / "project", "--landing", self.folder / "landing", "--lake", lake, *words)
        with sqlite3.connect(f"file:{lake}/catalog.db?mode=ro", uri=True) as database:
            return sorted(row[0] for row in database.execute("SELECT file FROM stedi_files WHERE feed = 'things'"))

    def listed(self, *arguments, **options):
        passed_over = []
        _, files = list_feed(str(self.things), *arguments, passed_over=passed_over, **options)
        self.assertFalse({file.file for file in files} & set(passed_over))
        return sorted(file.file for file in files)

    def test_takes_the_names_that_stedi_takes(self):
        taken = self.listed()
        self.assertEqual(taken, self.listed_by_stedi())
        self.assertIn("out.json/part-00000.json", taken)
        self.assertNotIn("README.md", taken)

    def test_takes_the_names_that_a_feed_says(self):
        patterns = ("*.MD", "part-?????", "?.json")
        taken = self.listed(patterns)
        self.assertEqual(taken, self.listed_by_stedi(f", 'feed.files' = '{','.join(patterns)}'"))
        self.assertIn("\u00e4.json", taken)

    def test_follows_links_as_stedi_does(self):
        private = self.folder / "private"
        private.mkdir()
        (private / "p.json").write_text('{"id":100}\n')
        (self.things / "inside.json").symlink_to("a.json")
        (self.things / "again").symlink_to("out.json")
        self.assertEqual(self.listed(), self.listed_by_stedi())
        (self.things / "outside").symlink_to(private)
        self.assertEqual(self.listed(follow_links=True), self.listed_by_stedi(", 'feed.follow_links' = 'true'"))
        (self.things / "p.json").symlink_to("../../private/p.json")
        (self.things / "gone.json").symlink_to("nowhere")
        (self.things / "README-2.md").symlink_to("/etc/hostname")
        (self.things / "circle").symlink_to(".")
        with self.assertRaises(LandingError) as refused:
            list_feed(str(self.things))
        lines = str(refused.exception).split("\n")
        for name, problem in (("circle", "a folder that holds it"), ("gone.json", "a link to nothing"),
                              ("outside", "leaves the feed's folder"), ("p.json", "leaves the feed's folder")):
            self.assertEqual(len([line for line in lines if f"/{name} is" in line and problem in line]), 1, lines)
        self.assertEqual(len(lines), 4)


if __name__ == "__main__":
    lakes.main()
