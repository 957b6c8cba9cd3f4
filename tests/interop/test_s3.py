"""Runs with landing and lake on S3 (SeaweedFS): the tables are the same as on a disk, others can read them, and faults
leave them as they were."""
import gzip
import json
import os
import pathlib
import shutil
import signal
import subprocess
import time

import pyarrow.fs
import pyarrow.parquet
from pyiceberg.catalog.sql import SqlCatalog

import fault_proxy
import lakes
import s3_server
from s3_server import KEY_ID, SECRET, differences, project_words, run

LAYOUTS = ["ndjson", "concat", "array", "pretty"]
NAMES = ["sp ace.json", "pl+us.json", "per%20cent.json", "uni\u00e4\u4e2d.json", "st&r=1.json", "br[ab].json",
         "quo'te.json", "hash#1.json", "_hidden.json", ".dot.json", "deep/a/b.json", "_dir/x.json"]
REFRESH_SECONDS_MAX = 20  # of a run without news, on a busy machine with sanitizers


def make_landing(folder):
    """Makes a landing folder with every layout, gzip, and names that must be quoted in a URL."""
    for seed, layout in enumerate(LAYOUTS, 1):
        part = lakes.scratch_folder() / "landing"
        lakes.run_stedi("sample", part, "--customers", 40, "--readings", 600, "--seed", seed, "--defects", "--layout",
                        layout)
        for path in sorted(part.rglob("*")):
            if not path.is_file():
                continue
            feed, name = path.relative_to(part).parts[0], f"{layout}-{path.name}"
            target = folder / feed / "landing" / layout / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if layout in ("concat", "pretty"):
                target.with_name(name + ".gz").write_bytes(gzip.compress(path.read_bytes(), mtime=0))
            else:
                target.write_bytes(path.read_bytes())
    for number, name in enumerate(NAMES):
        path = folder / "accelerometer/landing" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"user": f"p{number}@example.com", "timeStamp": number, "x": 1, "y": 2, "z": 3}))
    return folder


class S3Test(lakes.LakeTest):
    @classmethod
    def setUpClass(cls):
        s3_server.skip_without_server()
        cls.server = s3_server.S3Server().__enter__()
        cls.addClassCleanup(cls.server.__exit__)
        cls.environment = cls.server.environment()

    def refresh(self, landing, lake, catalog, **environment):
        status, out, errors = run(dict(self.environment, **environment), *project_words(landing, lake, catalog))
        self.assertEqual((status, errors), (0, []), out[-1000:])
        return json.loads(out)

    def assert_fails(self, pattern, landing, lake, catalog, **environment):
        """Checks that a run ends with status 2 and one line with the reason, and leaves the tables as they were."""
        before = pointers(catalog)
        status, _, errors = run(dict(self.environment, **environment), *project_words(landing, lake, catalog))
        self.assertEqual((status, len(errors)), (2, 1), errors)
        self.assertRegex(errors[0], "^stedi: .*" + pattern)
        self.assertEqual(pointers(catalog), before)

    def assert_same_tables(self, landing, lake, catalog):
        """Checks that all tables of the lake equal those of a run on the same landing files on a disk."""
        local = lakes.scratch_folder() / "lake"
        report = self.refresh(landing, local, None)
        self.assertEqual(differences(self.environment, local, lake, catalog), "")
        rows = {table["table"]: table["rows_out"] for table in report["tables"]}
        self.assertTrue(all(count for table, count in rows.items() if table != "consent_unclear"), rows)

    def assert_pyiceberg_reads(self, lake, catalog):
        loaded = SqlCatalog("lake", uri=f"sqlite:///{catalog}", **{
            "s3.endpoint": f"http://127.0.0.1:{self.server.port}", "s3.access-key-id": KEY_ID,
            "s3.secret-access-key": SECRET, "s3.region": "us-east-1",
            "py-io-impl": "pyiceberg.io.pyarrow.PyArrowFileIO"})
        counts = " UNION ALL ".join(f"SELECT '{table}' AS name, count(*) AS n FROM {table}"
                                    for _, table in loaded.list_tables("stedi"))
        _, out, _ = run(self.environment, "query", counts, "--lake", lake, "--catalog", catalog, "--json")
        counted = {row["name"]: int(row["n"]) for row in json.loads(out)}
        for _, name in loaded.list_tables("stedi"):
            table = loaded.load_table(f"stedi.{name}")
            rows = lakes.canonical_rows(row.values() for row in table.scan().to_arrow().to_pylist())
            self.assertEqual(rows.total(), counted[name], name)
            self.assert_same_rows(name, stored_rows(self.server, table), rows)
        # Otherwise PyIceberg keeps the file open, and closing it anywhere in this process would drop SQLite's locks.
        loaded.engine.dispose()

    def test_whole_run(self):
        folder = make_landing(lakes.scratch_folder() / "landing")
        landing, lake, catalog = "s3://whole/in/landing", "s3://whole/lake", lakes.scratch_folder() / "c.db"
        self.server.upload(folder, "whole/in/landing")
        self.server.files().create_dir("whole/in/landing/accelerometer/landing/marker")
        self.assertEqual(self.refresh(landing, lake, catalog)["status"], "ok")
        self.assert_same_tables(folder, lake, catalog)
        self.assert_pyiceberg_reads(lake, catalog)

        begin = time.monotonic()
        again = self.refresh(landing, lake, catalog)
        self.assertEqual((again["status"], again["landing"]["files"]), ("no_news", 0))
        self.assertLess(time.monotonic() - begin, REFRESH_SECONDS_MAX)

        with self.subTest("another catalog"):
            other = lakes.scratch_folder() / "other.db"
            self.assert_fails("belongs to another catalog", landing, lake, other)
            self.assert_fails("is the catalog of the lake at s3://whole/lake, not of", landing, "s3://whole/two",
                              catalog)
        with self.subTest("wrong credentials"):
            self.assert_fails("access denied .SignatureDoesNotMatch", landing, lake, catalog,
                              AWS_SECRET_ACCESS_KEY="not-the-secret")
            self.assert_fails("access denied .InvalidAccessKeyId", landing, lake, catalog, AWS_ACCESS_KEY_ID="nobody")
            self.assert_fails("no AWS credentials were found", landing, lake, catalog, AWS_ACCESS_KEY_ID="",
                              AWS_SECRET_ACCESS_KEY="", AWS_EC2_METADATA_DISABLED="true", HOME="/nonexistent")
        with self.subTest("nothing there"):
            self.assert_fails("there is nothing at s3://whole/none/", "s3://whole/none", lake, catalog)
            self.assert_fails("there is no such bucket", "s3://none/x", lake, catalog)
            self.assert_fails("a request to S3 failed", landing, lake, catalog,
                              AWS_ENDPOINT_URL_S3="http://127.0.0.1:9")
        with self.subTest("no secret is kept"):
            self.assertNotIn(SECRET.encode(), pathlib.Path(catalog).read_bytes())
            for query in ("SELECT name, value FROM duckdb_settings()", "FROM duckdb_secrets()",
                          f"FROM read_parquet('{lake}/stedi/customers_trusted/data/*.parquet')"):
                status, out, errors = run(self.environment, "query", query, "--lake", lake, "--catalog", catalog)
                self.assertEqual((status, out, len(errors)), (2, "", 1), errors)
                self.assertNotIn(SECRET, errors[0])

        with self.subTest("one file replaced, one grown, one gone"):
            feed = folder / "accelerometer/landing"
            record = json.dumps({"user": "new@example.com", "timeStamp": 77, "x": 1, "y": 2, "z": 3})
            (feed / "sp ace.json").write_text(record)
            grown = next((feed / "ndjson").iterdir())
            grown.write_bytes(grown.read_bytes() + b"\n" + record.encode())
            for path in (feed / "sp ace.json", grown):
                self.server.put(f"whole/in/landing/{path.relative_to(folder)}", path.read_bytes())
            self.server.files().delete_file("whole/in/landing/accelerometer/landing/pl+us.json")
            report = self.refresh(landing, lake, catalog)
            actions = {table["table"]: table["action"] for table in report["tables"]}
            # The third file is a copy of what one of the others held before, so it is no longer a re-delivery.
            self.assertEqual((report["landing"]["files"], actions["accelerometer_landing"]), (3, "replaced"))
            self.assert_same_tables(folder, lake, catalog)  # pl+us.json is still on the disk: its rows are kept
            self.assert_pyiceberg_reads(lake, catalog)

    def test_copies_of_a_catalog(self):
        """Two copies of one catalog: a run with the copy that lacks the newest commit is refused, and `stedi relocate`
        lets that copy take the lake over."""
        landing, lake = lakes.scratch_folder() / "landing", "s3://copies/lake"
        lakes.run_stedi("sample", landing, "--customers", 10, "--readings", 50, "--seed", 1)
        self.server.upload(landing, "copies/unused")
        for place in (lake, lakes.scratch_folder() / "lake"):
            with self.subTest(str(place)):
                catalog = lakes.scratch_folder() / "c.db"
                copy = catalog.with_name("copy.db")
                self.refresh(landing, place, catalog)
                shutil.copy(catalog, copy)
                self.assertEqual(self.refresh(landing, place, copy)["status"], "no_news")
                reading = landing / f"accelerometer/landing/{len(str(place))}.json"
                reading.write_text(json.dumps({"user": f"{reading.stem}@example.com", "timestamp": 1655564376361}))
                self.assertEqual(self.refresh(landing, place, catalog)["status"], "ok")
                self.assert_fails("was last written with another copy of its catalog", landing, place, copy)
                status, out, _ = run(self.environment, "relocate", place, "--catalog", copy, "--json")
                self.assertEqual((status, json.loads(out)["status"]), (0, "taken"))
                self.assertEqual(self.refresh(landing, place, copy)["status"], "ok")
                self.assert_fails("was last written with another copy of its catalog", landing, place, catalog)
                status, out, _ = run(self.environment, "verify", "--lake", place, "--catalog", copy)
                self.assertEqual(status, 0, out)

    def test_relocate(self):
        landing, lake, new = lakes.scratch_folder() / "landing", "s3://moved/old/lake", "s3://moved/new"
        lakes.run_stedi("sample", landing, "--customers", 10, "--readings", 50, "--seed", 1)
        self.server.upload(landing, "moved/unused")
        catalog = lakes.scratch_folder() / "c.db"
        copy, disk = catalog.with_name("copy.db"), lakes.scratch_folder() / "disk"
        self.refresh(landing, lake, catalog)
        shutil.copy(catalog, copy)
        files = self.server.files()
        for info in files.get_file_info(pyarrow.fs.FileSelector("moved/old/lake", recursive=True)):
            if not info.is_file:
                continue
            below = info.path.removeprefix("moved/old/lake/")
            data = files.open_input_stream(info.path).read()
            self.server.put(f"moved/new/{below}", data)
            (disk / below).parent.mkdir(parents=True, exist_ok=True)
            (disk / below).write_bytes(data)
        self.assert_fails("if the lake was moved: stedi relocate s3://moved/new", landing, new, copy)
        status, _, errors = run(self.environment, "relocate", new, "--catalog", copy)
        self.assertEqual(status, 2)
        self.assertRegex(errors[0], "is still at s3://moved/old/lake")
        shutil.copy(copy, disk / "catalog.db")
        for place, words in ((new, ("--catalog", copy)), (disk, ())):
            with self.subTest(str(place)):
                status, out, errors = run(self.environment, "relocate", place, *words, "--copy", "--json")
                self.assertEqual((status, errors), (0, []), out)
                self.assertEqual(json.loads(out)["made_at"], [lake])
                status, out, _ = run(self.environment, "verify", "--lake", place, *words)
                self.assertEqual(status, 0, out)
                own = words[1] if words else None
                self.assertEqual({table["action"] for table in self.refresh(landing, place, own)["tables"]}, {"unchanged"})
        local = lakes.scratch_folder() / "lake"
        self.refresh(landing, local, None)
        self.assertEqual(differences(self.environment, local, new, copy), "")
        self.assert_pyiceberg_reads(new, copy)
        self.assertEqual(self.refresh(landing, lake, catalog)["status"], "no_news")

    def test_landing_and_lake_apart(self):
        folder = lakes.scratch_folder() / "landing"
        lakes.run_stedi("sample", folder, "--customers", 40, "--readings", 600, "--seed", 9, "--defects")
        self.server.upload(folder, "apart/landing")
        lake, catalog = lakes.scratch_folder() / "lake", lakes.scratch_folder() / "c.db"
        self.refresh("s3://apart/landing", lake, None)
        self.assert_same_tables(folder, lake, None)
        self.refresh(folder, "s3://apart/lake", catalog)
        self.assert_same_tables(folder, "s3://apart/lake", catalog)

    def test_sample_2023(self):
        real = pathlib.Path(os.environ.get("STEDI_SAMPLE_2023", lakes.ROOT.parent / "shared/data/stedi-2023"))
        if not real.is_dir():
            self.skipTest("the 2023 sample is not at hand")
        self.server.upload(real, "real/landing")
        catalog = lakes.scratch_folder() / "c.db"
        report = self.refresh("s3://real/landing", "s3://real/lake", catalog)
        rows = {table["table"]: table["rows_out"] for table in report["tables"]}
        self.assertEqual([rows[table] for table in lakes.DERIVED], [482, 40981, 482, 14460, 40981])
        self.assert_pyiceberg_reads("s3://real/lake", catalog)

    def test_profile(self):
        folder = lakes.scratch_folder()
        (folder / "credentials").write_text(f"[mine]\naws_access_key_id={KEY_ID}\naws_secret_access_key={SECRET}\n")
        (folder / "config").write_text("[profile mine]\nregion=us-east-1\n")
        landing = lakes.scratch_folder() / "landing"
        lakes.run_stedi("sample", landing, "--customers", 5, "--readings", 50, "--seed", 5)
        environment = {name: value for name, value in self.environment.items()
                       if name not in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")}
        environment.update(AWS_PROFILE="mine", AWS_SHARED_CREDENTIALS_FILE=str(folder / "credentials"),
                           AWS_CONFIG_FILE=str(folder / "config"))
        self.server.upload(landing, "profile/landing")
        words = project_words("s3://profile/landing", "s3://profile/lake", folder / "c.db")
        status, _, errors = run(environment, *words)
        self.assertEqual((status, errors), (0, []))

    def test_object_that_changes_while_it_is_read(self):
        """Whether the object gets longer or keeps its size, the run ends with one line and publishes nothing. The next
        run has the new content."""
        lines = [json.dumps({"user": f"p{n:06}@example.com", "timeStamp": n, "x": 1, "y": 2, "z": 3})
                 for n in range(2000)]
        for name, new_lines in {"longer": [*lines, lines[0]], "same-size": list(reversed(lines))}.items():
            with self.subTest(name):
                landing, catalog = lakes.scratch_folder() / "landing", lakes.scratch_folder() / "c.db"
                lakes.run_stedi("sample", landing, "--customers", 5, "--readings", 50, "--seed", 5)
                (landing / "accelerometer/landing/a.json").write_text("\n".join(lines))
                self.server.upload(landing, f"torn/{name}")
                changes = []

                def change_once(method, path, name=name, content="\n".join(new_lines).encode(), changes=changes):
                    if method == "GET" and path.endswith("/a.json") and not changes:
                        changes.append(path)
                        time.sleep(1.1)  # times on S3 are in whole seconds
                        self.server.put(f"torn/{name}/accelerometer/landing/a.json", content)
                    return False

                with fault_proxy.FaultProxy(self.server.port, 1, 1, only=change_once) as proxy:
                    endpoint = {"AWS_ENDPOINT_URL_S3": f"http://127.0.0.1:{proxy.port}"}
                    self.assert_fails("a.json.* changed while it was read", f"s3://torn/{name}",
                                      f"s3://torn/lake-{name}", catalog, **endpoint)
                self.assertEqual(len(changes), 1)
                report = self.refresh(f"s3://torn/{name}", f"s3://torn/lake-{name}", catalog)
                self.assertEqual(report["status"], "ok")

    def test_cancel(self):
        """A signal during requests that take long ends the run quickly, and nothing is published."""
        landing = lakes.scratch_folder() / "landing"
        lakes.run_stedi("sample", landing, "--customers", 20, "--readings", 500, "--seed", 3)
        self.server.upload(landing, "cancel/landing")
        for requests in (3, 12, 40):  # listing, reading, writing
            catalog = lakes.scratch_folder() / "c.db"
            with fault_proxy.FaultProxy(self.server.port, seed=1, share=0) as proxy:
                words = project_words("s3://cancel/landing", f"s3://cancel/lake{requests}", catalog)
                process = subprocess.Popen([lakes.arguments.stedi, *map(str, words)], stdout=subprocess.PIPE,
                                           stderr=subprocess.PIPE, env=self.server.environment(proxy.port))
                while proxy.counts["requests"] < requests and process.poll() is None:
                    time.sleep(0.002)
                proxy.delay = 10
                time.sleep(0.3)
                begin = time.monotonic()
                process.send_signal(signal.SIGINT)
                process.communicate(timeout=30)
                seconds = time.monotonic() - begin
                with self.subTest(requests=requests):
                    self.assertEqual(process.returncode, 130)
                    self.assertLess(seconds, 2)
                    self.assertEqual(pointers(catalog), {})


def pointers(catalog):
    """Returns table -> current metadata file by the catalog; {} when there is no catalog yet."""
    if not pathlib.Path(catalog).exists():
        return {}
    return lakes.catalog_rows(catalog.parent, catalog.name)


def stored_rows(server, table):
    """Returns the rows of the live data files of a loaded PyIceberg table, read file by file with PyArrow."""
    rows = []
    for task in table.scan().plan_files():
        stored = pyarrow.parquet.read_table(task.file.file_path.removeprefix("s3://"), filesystem=server.files())
        rows += [row.values() for row in stored.to_pylist()]
    return lakes.canonical_rows(rows)


if __name__ == "__main__":
    lakes.main()
