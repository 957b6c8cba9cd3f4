"""Makes exported projects and landing files of every layout, and Spark sessions to run the projects on the files."""
import atexit
import gzip
import itertools
import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys

import zstandard
from pyiceberg.catalog.sql import SqlCatalog

import lakes

PROJECTS = [lakes.ROOT / "pipelines/stedi", lakes.ROOT / "pipelines/stedi-as-published"]
# version -> group of tools/setup.sh, environment, folder of jars, what Glue puts on the Python path, including its
# --extra-py-files
SPARKS = {"4.1": ("spark", "venv-spark", "jars", lambda deps: []),
          "3.5": ("spark35", "venv-spark35", "jars-3.5",
                  lambda deps: [deps / "glue-5.1/awsglue.whl", lakes.ROOT / "src/export/templates/shared"])}
_names = (f"lake{i}" for i in itertools.count())


def skip_without(version):
    group = SPARKS[version][0]
    if not (lakes.arguments.deps / f"{group}.pins").exists():
        print(f"SKIPPED: Spark {version} is not there; tools/setup.sh {group} fetches it when the network allows")
        sys.exit(77)


def database_of(project):
    return project.name.replace("-", "_")


def export(target, project):
    folder = lakes.scratch_folder() / "export"
    lakes.run_stedi("export", target, folder, project)
    return folder


def _pretty(line):
    try:
        return json.dumps(json.loads(line), indent=2).encode()
    except ValueError:
        return line


LAYOUTS = {
    "lines": lambda lines: b"\n".join(lines) + b"\n",
    "glued": b"".join,
    "array": lambda lines: b"[" + b",\n".join(lines) + b"]",
    "pretty": lambda lines: b"\n".join(_pretty(line) for line in lines)}
PACKINGS = [("", bytes), (".gz", gzip.compress), (".zst", zstandard.ZstdCompressor().compress)]


def demo_landing():
    """Makes demo files with every defect, in each layout and compression."""
    folder = lakes.scratch_folder() / "landing"
    for seed, (layout, join) in enumerate(LAYOUTS.items()):
        sample = lakes.scratch_folder() / "sample"
        lakes.run_stedi("sample", sample, "--customers", 60, "--readings", 1200, "--seed", seed, "--defects")
        for i, path in enumerate(sorted(sample.rglob("*.json"))):
            suffix, pack = PACKINGS[(i + seed) % 3]
            target = folder / path.parent.relative_to(sample) / f"{layout}-{path.name}{suffix}"
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(pack(join(path.read_bytes().splitlines())))
    return folder


def landings():
    """Yields (name, folder) of each set of landing files."""
    yield "demo", demo_landing()
    real = pathlib.Path(os.environ.get("STEDI_SAMPLE_2023", lakes.ROOT.parent / "shared/data/stedi-2023"))
    if real.is_dir():
        yield "2023", real


def settings(project):
    """Returns those of the tests' parameters that the project has."""
    text = (project / "spark-pipeline.yml").read_text()
    return {name: value for name, value in lakes.PARAMETERS.items() if f"{name}:" in text}


def run_embedded(project, landing, lake, *words, status=0):
    sets = [word for name, value in settings(project).items() for word in ("--set", f"{name}={value}")]
    lakes.run_stedi("run", project, "--landing", landing, "--lake", lake, *sets, *words, status=status)


class Spark:
    """One Spark session of a version, for many lakes."""

    def __init__(self, version):
        group, venv, jar_folder, paths = SPARKS[version]
        deps, folder = lakes.arguments.deps, lakes.scratch_folder()
        jars = sorted((deps / jar_folder).glob("*.jar"))
        values = {
            "spark.master": "local[2]", "spark.driver.memory": "2g", "spark.ui.enabled": "false",
            "spark.jars": ",".join(map(str, jars)), "spark.driver.extraClassPath": ":".join(map(str, jars)),
            "spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1",
            "spark.sql.shuffle.partitions": "2", "spark.sql.session.timeZone": "UTC",
            "spark.sql.extensions": "org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions"}
        (folder / "spark-defaults.conf").write_text("".join(f"{k} {v}\n" for k, v in values.items()))
        environment = dict(os.environ, SPARK_CONF_DIR=str(folder), SPARK_LOCAL_IP="127.0.0.1", TZ="UTC",
                           PATH=f"{deps / venv}/bin:{os.environ['PATH']}", STEDI_PSEUDONYM_KEY=lakes.KEY,
                           PYTHONPATH=":".join(str(path) for path in paths(deps)))
        environment.pop("SPARK_HOME", None)
        self._log = (folder / "log").open("w+")
        driver = pathlib.Path(__file__).with_name("spark_driver.py")
        self._process = subprocess.Popen([deps / venv / "bin/python", driver], env=environment, cwd=folder, text=True,
                                         stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log)
        atexit.register(self.stop)

    def run(self, catalog, lake, script, *words):
        """Runs a script with the lake as `catalog`. Returns (status, output)."""
        job = {"catalog": catalog, "lake": str(lake), "script": str(script), "arguments": list(map(str, words))}
        self._process.stdin.write(json.dumps(job) + "\n")
        self._process.stdin.flush()
        for line in self._process.stdout:
            if line.startswith("RESULT "):
                result = json.loads(line.removeprefix("RESULT "))
                return result["status"], result["output"]
        self._log.seek(0)
        raise AssertionError(f"Spark ended: {self._log.read()[-3000:]}")

    def stop(self):
        if self._process.poll() is None:
            self._process.stdin.close()
            try:
                self._process.wait(30)
            except subprocess.TimeoutExpired:
                self._process.kill()


class ExportTest(lakes.LakeTest):
    """Runs an export and compares lakes. `spark` is the session of the class."""
    version = None

    @classmethod
    def setUpClass(cls):
        cls.spark = Spark(cls.version)
        cls.addClassCleanup(cls.spark.stop)

    def new_lake(self):
        """Returns (catalog name, empty folder)."""
        return next(_names), lakes.scratch_folder()

    def run_script(self, catalog, lake, script, *words, status=0):
        found, output = self.spark.run(catalog, lake, script, *words)
        self.assertEqual(found, status, f"{script} {words}\n{output[-3000:]}")
        return output

    def run_runner(self, folder, project, landing, catalog, lake, *words, status=0):
        sets = [word for name, value in settings(project).items() for word in ("--set", f"{name}={value}")]
        return self.run_script(catalog, lake, folder / "run.py", "--landing", landing, "--catalog", catalog, *sets,
                               *words, status=status)

    def assert_equal_lakes(self, project, ours, theirs):
        done = subprocess.run([lakes.arguments.stedi, "compare", ours, theirs, "--database", database_of(project)],
                              capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stdout[-3000:] + done.stderr)
        self.assert_same_privacy(database_of(project), ours, theirs)

    def assert_same_privacy(self, database, ours, theirs):
        """Checks that both lakes mark the same columns as personal data, and that no manifest of `theirs` has bounds
        for one of them."""
        ours, theirs = open_catalog(ours), open_catalog(theirs)
        marked = set()
        for name in ours.list_tables(database):
            table = theirs.load_table(name)
            pii = set(filter(None, ours.load_table(name).properties.get("stedi.pii", "").split(",")))
            marks = set(filter(None, table.properties.get("stedi.pii", "").split(",")))
            self.assertEqual((name, marks), (name, pii))
            marked |= pii
            snapshot = table.current_snapshot()
            if snapshot is None or snapshot.summary["total-data-files"] == "0":
                continue
            names = {field.field_id: field.name for field in table.schema().fields}
            for file in table.inspect.files().to_pylist():
                for bounds in ("lower_bounds", "upper_bounds"):
                    bounded = {names[field_id] for field_id, _ in file[bounds] or []}
                    self.assertEqual(bounded & pii, set(), f"{name}: {bounds} of personal data")
        self.assertNotEqual(marked, set())


def open_catalog(lake):
    """Returns PyIceberg's catalog of a lake, whatever its name is."""
    with sqlite3.connect(f"file:{lake}/catalog.db?mode=ro", uri=True) as database:
        name = database.execute("SELECT DISTINCT catalog_name FROM iceberg_tables").fetchone()[0]
    return SqlCatalog(name, uri=f"sqlite:///{lake}/catalog.db")


def change(landing):
    """Returns a copy of landing files in which one file has grown, one is gone, one came again under another name, and
    one is new."""
    folder = shutil.copytree(landing, lakes.scratch_folder() / "landing")
    files = sorted(p for p in (folder / "accelerometer/landing").iterdir() if p.suffix == ".json")
    more = b'\n{"user":"new@example.com","timestamp":7,"x":1,"y":1,"z":1}{"user":1'
    files[0].write_bytes(files[0].read_bytes() + more)
    shutil.copy(files[1], files[1].with_name("again.json"))
    sorted((folder / "step_trainer/landing").iterdir())[0].unlink()
    (folder / "customer/landing/new.json").write_bytes(
        b'{"email":"new@example.com","birthDay":"1990-05-17","shareWithResearchAsOfDate":1,"lastUpdateDate":9}\n')
    return folder
