"""Tests of tidy.py. Each case is a small tree and the faults that it must find there."""
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import tidy  # noqa: E402

SEVEN = ["base", "files", "landing", "iceberg", "parquet", "sample", "catalog"]
TABLE = "| folder | in -> out | knows nothing of |\n|---|---|---|\n"
POINTS = 'inline constexpr auto kFailPoints = std::to_array<std::string_view>(\n    {"after_lock", "in_run"});\n'
CRASH = 'self.commands = {"first": 1, "increment": 1, "no_news": 1, "check": [x], "gone": 1}\n'
COMMANDS = """constexpr auto kCommands = std::to_array<Command>({
    {"check", "find", "", CheckCommand},
    {"run", "load",
     "  stedi run\\n", RunCommand},
    {"show", "show", "", ShowCommand},
});
"""
OK = ""  # expected faults: a piece of the line of each; OK: none
CASES = [
    ("include downwards", {"src/base/a.h": '#include "run/run.h"\n'}, "base/ may not include run/"),
    ("include upwards", {"src/run/a.h": '#include "base/file.h"\n'}, OK),
    ("sample stands on base alone", {"src/sample/a.h": '#include "landing/contract.h"\n'}, "sample/ may not"),
    ("a folder includes back",
     {"src/iceberg/a.h": '#include "base/b.h"\n', "src/base/b.h": '#include "iceberg/c.h"\n', "src/iceberg/c.h": ""},
     ("base/ may not include iceberg/", "folders include one another: base -> iceberg -> base")),
    ("a header and what is made of it",
     {"src/base/a.h": '#include "base/b.h"\n', "src/base/b.h": "", "src/base/b.cc": '#include "base/a.h"\n',
      "src/base/b_test.cc": ""},
     "files include one another: base/a -> base/b -> base/a"),
    ("three files and three",
     {"src/base/a.h": '#include "base/b.h"\n', "src/base/b.h": '#include "base/c.h"\n',
      "src/base/c.h": '#include "base/a.h"\n#include "base/b.h"\n'},
     ("base/a -> base/b -> base/c -> base/a", "base/b -> base/c -> base/b")),
    ("a source and its own header",
     {"src/base/a.h": "", "src/base/a.cc": '#include "base/a.h"\n',
      "src/base/a_test.cc": '#include "base/a.h"\n'}, OK),
    ("rows know no lake", {"src/rows/a.h": '#include "lake/a.h"\n'}, "rows/ may not include lake/"),
    ("a run knows no reader", {"src/run/a.h": '#include "inspect/a.h"\n'}, "run/ may not include inspect/"),
    ("cli may include all", {"src/cli/a.h": '#include "sample/a.h"\n#include "inspect/a.h"\n'}, OK),
    ("a large folder",
     {f"src/{folder}/a.h": "\n" * (100 if folder != "landing" else 120) for folder in SEVEN},
     "src/landing: 16.7% of the lines of src, at most 15%"),
    ("seven equal folders", {f"src/{folder}/a.h": "\n" * 100 for folder in SEVEN}, OK),
    ("a folder without a row",
     {"src/base/a.h": "", "src/files/a.h": "", "ARCHITECTURE.md": TABLE + "| `base` | a | b |\n"},
     "has no row of src/files"),
    ("a row without a folder",
     {"src/base/a.h": "", "ARCHITECTURE.md": TABLE + "| `base` | a | b |\n| `serve` | a | b |\n"},
     "has a row too many of src/serve"),
    ("rows of another table",
     {"src/base/a.h": "", "ARCHITECTURE.md": TABLE + "| `base` | a | b |\n\n| new | file |\n|---|---|\n| `a` | b |\n"},
     OK),
    ("fence", {"src/pipeline/a.h": "#include <duckdb.h>\n"}, "duckdb.h belongs in"),
    ("fence with a folder", {"src/run/a.h": "#include <yaml-cpp/yaml.h>\n"}, "yaml.h belongs in"),
    ("DuckDB's C API", {"src/cli/a.h": "const char* v = duckdb_library_version();\n"}, "C API belongs in database/"),
    ("DuckDB's C API in its room", {"src/rows/a.h": "idx_t n = duckdb_vector_size();\n"}, OK),
    ("DuckDB's C API where it is needed", {"src/store/s3_files.h": "duckdb_file_handle handle_;\n"}, OK),
    ("a column of DuckDB's", {"src/lake/a.h": "// '__duckdb_field_id'\n"}, OK),
    ("unknown folder", {"src/misc/a.h": ""}, "has no row in ALLOWED"),
    ("no test", {"src/base/a.cc": ""}, "has no src/base/a_test.cc"),
    ("no test in lake", {"src/lake/a.cc": ""}, "has no src/lake/a_test.cc"),
    ("exempt", {"src/cli/check.cc": ""}, OK),
    ("exempt but tested", {"src/cli/check.cc": "", "src/cli/check_test.cc": ""}, "is in NO_UNIT_TEST and has"),
    ("test beside it", {"src/base/a.cc": "", "src/base/a_test.cc": ""}, OK),
    ("test of all forms", {"src/base/a_avx2.cc": "", "src/base/a_test.cc": ""}, OK),
    ("no test of any form", {"src/base/a_avx2.cc": ""}, "has no src/base/a_test.cc"),
    ("too long", {"src/base/a.h": "\n" * 501}, "501 lines, at most 500"),
    ("long test", {"src/base/a_test.cc": "\n" * 501}, OK),
    ("banned text", {"src/base/a.h": "using namespace std;\n"}, "qualify the name"),
    ("banned name", {"docs/run_helpers.md": ""}, "name the concept"),
    ("banned word inside another", {"docs/commonly.md": ""}, OK),
    ("machine path", {"docs/a.md": "see /" + "work/x\n"}, "a path of one machine"),
    ("path of a variable", {"docs/a.md": "see $HOME/" + "work/x\n"}, OK),
    ("print past Print", {"src/cli/a.h": 'fmt::print("{}", name);\n'}, "Print makes text"),
    ("fail points", {"src/base/fail_point.h": POINTS, "src/run/a.h": 'FailPoint("after_lock"); FailPoint("in_run");\n'}, OK),
    ("a fail point without a row",
     {"src/base/fail_point.h": POINTS,
      "src/run/a.h": 'FailPoint("after_lock");\n  FailPoint("in_run");\n  FailPoint("late");\n'},
     "src/base/fail_point.h: has no 'late', which a call of FailPoint has"),
    ("a fail point that nothing passes",
     {"src/base/fail_point.h": POINTS, "src/run/a.h": 'FailPoint("in_run");\n',
      "src/run/a_test.cc": 'FailPoint("after_lock");\n'},
     "src/base/fail_point.h: has 'after_lock', which a call of FailPoint has not"),
    ("templates",
     {"src/export/CMakeLists.txt": "set(templates\n    a/@x@.py\n    b.md)\n", "src/export/templates/a/@x@.py": "",
      "src/export/templates/b.md": ""}, OK),
    ("templates and their list differ",
     {"src/export/CMakeLists.txt": "set(templates\n    a/@x@.py\n    b.md)\n", "src/export/templates/b.md": "",
      "src/export/templates/c.md": ""},
     ("src/export/CMakeLists.txt: has no 'c.md', which src/export/templates/ has",
      "src/export/CMakeLists.txt: has 'a/@x@.py', which src/export/templates/ has not")),
    ("no text", {"docs/a.bin": b"\xff\xfe /work"}, OK),
]


class TidyTest(unittest.TestCase):
    def test_folders_stand_in_their_order(self):
        above = set()
        for folder, allowed in tidy.ALLOWED.items():
            self.assertLessEqual(set(allowed), above, folder)
            above.add(folder)

    def test_exemptions_of_what_is_gone(self):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(["git", "init", "-q", folder], check=True)
            source = pathlib.Path(folder) / "src/cli/main.cc"
            source.parent.mkdir(parents=True)
            source.touch()
            _, faults = tidy.check_tree(pathlib.Path(folder))
        gone = tidy.NO_UNIT_TEST - {"cli/main.cc"}
        self.assertEqual(faults, [f"src/{name}: is in NO_UNIT_TEST, but not there" for name in sorted(gone)])

    def test_commands_without_crash_points(self):
        with tempfile.TemporaryDirectory() as folder:
            test = pathlib.Path(folder) / "tests/crash/crash_points.py"
            test.parent.mkdir(parents=True)
            test.write_text(CRASH)
            faults = list(tidy.check_crash_commands(pathlib.Path(folder), {"cli/main.cc": COMMANDS.splitlines()}))
        self.assertEqual(faults, ["tests/crash/crash_points.py: has no 'show', which kCommands of src/cli/main.cc has",
                                  "tests/crash/crash_points.py: has 'gone', which kCommands of src/cli/main.cc has not"])

    def test_cases(self):
        for name, files, expected in CASES:
            with self.subTest(name), tempfile.TemporaryDirectory() as folder:
                root = pathlib.Path(folder)
                subprocess.run(["git", "init", "-q", folder], check=True)
                for path, content in files.items():
                    (root / path).parent.mkdir(parents=True, exist_ok=True)
                    (root / path).write_bytes(content if isinstance(content, bytes) else content.encode())
                _, faults = tidy.check_tree(root)
                pieces = [expected] if isinstance(expected, str) and expected != OK else expected
                self.assertEqual(len(faults), len(pieces), faults)
                for piece in pieces:
                    self.assertTrue(any(piece in fault for fault in faults), faults)


if __name__ == "__main__":
    unittest.main()
