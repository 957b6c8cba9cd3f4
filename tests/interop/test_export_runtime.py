"""The parts of an export's Python that need no Spark: what the quarantine keeps of a row is what DuckDB writes of it,
parameters are replaced as stedi does, and files are told apart as stedi does."""
import hashlib
import os
import sys
import unittest

import duckdb

import lakes

sys.path.insert(0, str(lakes.ROOT / "src/export/templates/shared"))
from stedi_runtime.feed_news import find_news  # noqa: E402
from stedi_runtime.landing_files import list_feed  # noqa: E402
from stedi_runtime.parameters import ParameterError, check_value, replace_parameters  # noqa: E402
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
    """What a run finds, and what it does: the table of docs/pipelines.md."""

    def setUp(self):
        self.folder = lakes.scratch_folder()
        self.known = {}

    def put(self, name, text, mtime_s=1):
        (self.folder / name).write_text(text)
        os.utime(self.folder / name, (mtime_s, mtime_s))

    def news(self):
        """(loaded, settled as name: status, outdated), taken as known from now on."""
        filesystem, files = list_feed(str(self.folder))
        news = find_news("f", filesystem, files, self.known)
        for record in news.settled:
            self.known[record["file"]] = record
        for file in news.to_load:
            text = (self.folder / file.file).read_bytes()
            self.known[file.file] = {"file": file.file, "status": "loaded", "size_bytes": len(text),
                                     "mtime_ns": file.mtime_ns, "content_hash": hashlib.sha256(text).hexdigest()}
        return ([file.file for file in news.to_load], {r["file"]: r["status"] for r in news.settled},
                news.outdated)

    def test_each_case(self):
        self.put("b", "same")
        self.put("a", "same")
        self.put("_hidden", "x")
        self.assertEqual(self.news(), (["a"], {"b": "redelivered"}, set()))
        self.assertEqual(self.news(), ([], {}, set()))
        self.put("a", "same", 2)  # touched
        self.assertEqual(self.news(), ([], {"a": "loaded"}, set()))
        self.put("c", "same")
        self.assertEqual(self.news(), ([], {"c": "redelivered"}, set()))
        self.put("a", "other", 3)  # its content goes on as that of a copy
        self.assertEqual(self.news(), (["a", "b"], {}, {"a"}))
        self.put("a", "same", 4)  # its own rows are outdated, its new content is there already
        self.assertEqual(self.news(), ([], {"a": "redelivered"}, {"a"}))
        (self.folder / "b").unlink()  # gone: keeps its rows
        self.assertEqual(self.news(), ([], {}, set()))


if __name__ == "__main__":
    lakes.main()
