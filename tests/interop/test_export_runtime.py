"""The parts of an export's Python that need no Spark: the JSON text of a row is the one that DuckDB writes, parameters
are checked and replaced as by stedi, and new files are recognized as by stedi."""
import hashlib
import os
import sys
import unittest

import duckdb

import lakes

sys.path.insert(0, str(lakes.ROOT / "src/export/templates/shared"))
from stedi_runtime.feed_news import find_news  # noqa: E402
from stedi_runtime.landing_files import decoding_of, list_feed  # noqa: E402
from stedi_runtime.parameters import (  # noqa: E402
    ParameterError, check_rules, check_value, is_value, replace_parameters)
from stedi_runtime.row_json import row_json  # noqa: E402

# Values of each type that a table can have, as DuckDB's SQL and with Spark's name of the type.
VALUES = [(f"{text}::DOUBLE", "double") for text in (
    "0", "'-0.0'", "1", "0.1", "1e15", "1e16", "1e20", "1e21", "1e22", "123456.7", "1e-5", "1e-6", "1.5e-6", "1e-7",
    "1.23e-7", "5e-324", "1.7976931348623157e308", "-2.5", "'nan'", "'inf'", "'-inf'", "123456789012345680")] + [
    ("0.1::FLOAT", "float"), ("1.5::FLOAT", "float"), ("9007199254740993::BIGINT", "bigint"), ("-7::INT", "int"),
    ("true", "boolean"), ("1.50::DECIMAL(5,2)", "decimal(5,2)"), ("1.50::DECIMAL(15,2)", "decimal(15,2)"),
    ("1.50::DECIMAL(16,2)", "decimal(16,2)"), ("1.50::DECIMAL(38,2)", "decimal(38,2)"),
    ("7::DECIMAL(10,0)", "decimal(10,0)"), ("12345678901234567890.10::DECIMAL(38,2)", "decimal(38,2)"),
    ("DATE '2020-01-02'", "date"), ("TIMESTAMP '2020-01-02 03:04:05'", "timestamp"),
    ("TIMESTAMP '2020-01-02 03:04:05.1'", "timestamp"), ("TIMESTAMP '2020-01-02 03:04:05.123456'", "timestamp"),
    ("'\\x00\\xff\"a'::BLOB", "binary"), ("'plain'::BLOB", "binary"), ("NULL::DOUBLE", "double"),
    ("''", "string"),
    ("'a/\"' || chr(92) || chr(1) || chr(31) || chr(127) || chr(10) || chr(9) || chr(8) || 'é€😀'", "string")]


class RowJsonTest(unittest.TestCase):
    def test_is_what_duckdb_writes(self):
        connection = duckdb.connect()
        for expression, kind in VALUES:
            with self.subTest(expression):
                value, expected = connection.execute(
                    f"SELECT v, to_json(q)::VARCHAR FROM (SELECT {expression} AS v) AS q").fetchone()
                self.assertEqual(row_json(["v"], [kind], [value]), expected)

    def test_names(self):
        self.assertEqual(row_json(["user", "n"], ["string", "int"], ["a", None]), '{"user":"a","n":null}')


class ParameterValuesTest(unittest.TestCase):
    """The cases of parameter_value_test.cc."""
    CASES = [
        ("INT", ["0", "120", "-1", "2147483647", "-2147483648"],
         ["", " 120", "120 ", "1.5", "1e3", "+5", "007", "-0", "2147483648", "yes", "12a", "0x1", "1\n", "\u0661"]),
        ("BIGINT", ["9223372036854775807"], ["9223372036854775808", "1L", "1_000"]),
        ("BOOLEAN", ["true", "false", "TRUE", "False"], ["yes", "1", "0", "t", "on", "", " true"]),
        ("DATE", ["2026-02-28", "2024-02-29", "0001-01-01", "9999-12-31"],
         ["2026-2-3", "2026-02-30", "2026-02-29", "2026-13-01", "2026-00-01", "0000-01-01", "2026-02-03x",
          " 2026-02-03", "20260203", "2026/02/03", "today", "epoch", ""]),
        ("TIMESTAMP", ["2026-02-28", "2026-02-28 23:59:59", "2026-02-28 00:00:00.000001"],
         ["2026-02-28T00:00:00", "2026-02-28 24:00:00", "2026-02-28 1:00:00", "2026-02-28 00:00",
          "2026-02-28 00:00:00Z", "2026-02-28 00:00:00.", "now"]),
        ("DOUBLE", ["0", "-1.5", "1e3", "2.5E-3", "007"],
         ["nan", "inf", "Infinity", "1d", ".5", "1.", "1e", "1e999", "", " 1", "1,5"]),
        ("DECIMAL(5,2)", ["0", "0.5", "-999.99", "12"], ["1000", "0.125", "1e2", ".5", "00.5", "5.", ""]),
        ("STRING", ["", "anything"], [])]

    def test_one_form_of_each_value(self):
        for kind, good, bad in self.CASES:
            for value, expected in [(value, True) for value in good] + [(value, False) for value in bad]:
                with self.subTest(f"{kind} {value!r}"):
                    self.assertEqual(is_value(value, kind), expected)

    def test_ranges(self):
        rules = {"types": [{"type": "DATE", "may_be_empty": True}], "ranges": []}
        self.assertEqual(check_rules("p", "", rules), "")
        rules = {"types": [], "ranges": [{"least": "0", "most": "200"}]}
        self.assertEqual(check_rules("p", "200", rules), "200")
        for value in ("-1", "201", "1.5", ""):
            with self.subTest(value), self.assertRaises(ParameterError):
                check_rules("p", value, rules)
        rules = {"types": [], "ranges": [{"least": "2000-01-01", "most": "2100-12-31"}]}
        self.assertEqual(check_rules("p", "2026-02-28", rules), "2026-02-28")
        for value in ("1999-12-31", "2101-01-01", "20", "2026-2-3"):
            with self.subTest(value), self.assertRaises(ParameterError):
                check_rules("p", value, rules)


class ParametersTest(unittest.TestCase):
    CASES = [("${a}", "1"), ("${a}${b.c}|", "1two|"), ("'${a}' \"${a}\" `${a}`", "'1' \"1\" `1`"),
             ("-- ${x}\n${a}", "-- ${x}\n1"), ("/* ${x} /* ${x} */ */${a}", "/* ${x} /* ${x} */ */1"),
             ("'--' ${a}", "'--' 1"), ("'it''s -- ${a}'", "'it''s -- 1'"), ("'/*' ${a} '*/'", "'/*' 1 '*/'"),
             ("\"'\" -- ${x}", "\"'\" -- ${x}"), ("$a {a} $", "$a {a} $")]

    def test_replaced_everywhere_but_in_comments(self):
        for sql, expected in self.CASES:
            with self.subTest(sql):
                self.assertEqual(replace_parameters(sql, {"a": "1", "b.c": "two"}), expected)

    def test_mistakes(self):
        for sql in ("${unset}", "${a", "${a\n}", "'${'"):
            with self.subTest(sql), self.assertRaises(ParameterError):
                replace_parameters(sql, {"a": "1"})
        for value in ("it's", 'a"b', "a`b", "a\\b", "a\nb", "a\0"):
            with self.subTest(value), self.assertRaises(ParameterError):
                check_value("a", value)


class FeedNewsTest(unittest.TestCase):
    """The cases of the table in docs/pipelines.md: what a run finds, and what it does."""

    def setUp(self):
        self.folder = lakes.scratch_folder()
        self.known = {}

    def put(self, name, text, mtime_s=1):
        (self.folder / name).write_text(text)
        os.utime(self.folder / name, (mtime_s, mtime_s))

    def news(self):
        """Returns (loaded, settled as name: status, outdated). All of it is known from then on."""
        filesystem, files = list_feed(str(self.folder))
        news = find_news("f", filesystem, files, self.known)
        for record in news.settled:
            self.known[record["file"]] = record
        for file in news.to_load:
            text = (self.folder / file.file).read_bytes()
            self.known[file.file] = {"file": file.file, "status": "loaded", "size_bytes": len(text),
                                     "mtime_ns": file.mtime_ns, "content_hash": hashlib.sha256(text).hexdigest(),
                                     "decoding": decoding_of(filesystem, file)}
        return ([file.file for file in news.to_load], {r["file"]: r["status"] for r in news.settled},
                news.outdated)

    def test_each_case(self):
        self.put("b.json", "same")
        self.put("a.json", "same")
        self.put("_hidden", "x")
        self.assertEqual(self.news(), (["a.json"], {"b.json": "redelivered"}, set()))
        self.assertEqual(self.news(), ([], {}, set()))
        self.put("a.json", "same", 2)  # touched
        self.assertEqual(self.news(), ([], {"a.json": "loaded"}, set()))
        self.put("c.json", "same")
        self.assertEqual(self.news(), ([], {"c.json": "redelivered"}, set()))
        self.put("a.json", "other", 3)  # its old content is now that of a copy only
        self.assertEqual(self.news(), (["a.json", "b.json"], {}, {"a.json"}))
        self.put("a.json", "same", 4)  # its own rows are outdated, its new content is already loaded
        self.assertEqual(self.news(), ([], {"a.json": "redelivered"}, {"a.json"}))
        (self.folder / "b.json").unlink()  # gone: keeps its rows
        self.assertEqual(self.news(), ([], {}, set()))

    def test_a_touched_copy_is_read_when_its_original_changes_in_the_same_run(self):
        self.put("a.json", "same")
        self.put("b.json", "same")
        self.news()
        self.put("a.json", "other", 2)
        self.put("b.json", "same", 2)
        self.assertEqual(self.news(), (["a.json", "b.json"], {}, {"a.json"}))

    def test_the_same_bytes_read_in_another_way_are_other_content(self):
        self.put("a.json", "bytes")
        self.assertEqual(self.news(), (["a.json"], {}, set()))
        (self.folder / "a.json").rename(self.folder / "a.json.gz")
        self.assertEqual(self.news(), (["a.json.gz"], {}, set()))


if __name__ == "__main__":
    lakes.main()
