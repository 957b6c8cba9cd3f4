"""Runs Trino as the server of a test, with Iceberg tables and JSON files on an S3 server."""
import glob
import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request

import lakes
from s3_server import KEY_ID, SECRET

JAVA_VERSION_MIN = 24
START_SECONDS_MAX = 240
NODES_SECONDS_MAX = 60
_HEAP = "2G"


def _java():
    """Returns a java of JAVA_VERSION_MIN or newer, from PATH, $JAVA_HOME or Debian's folder; None if there is none."""
    homes = [os.environ.get("JAVA_HOME"), *sorted(glob.glob("/usr/lib/jvm/*"))]
    for java in ["java", *(f"{home}/bin/java" for home in homes if home)]:
        try:
            told = subprocess.run([java, "-version"], capture_output=True, text=True).stderr
        except OSError:
            continue
        version = re.search(r'version "(\d+)', told)
        if version and int(version[1]) >= JAVA_VERSION_MIN:
            return java
    return None


def skip_without_trino():
    """Ends the process as skipped when Trino or a Java for it is not there."""
    if not (lakes.arguments.deps / "trino.pins").exists():
        print("SKIPPED: Trino is not there; make test-trino fetches it (0.8 GB) when the network allows")
        sys.exit(77)
    if _java() is None:
        print(f"SKIPPED: Trino needs Java {JAVA_VERSION_MIN} or newer; none in JAVA_HOME, PATH or /usr/lib/jvm")
        sys.exit(77)


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class TrinoServer:
    """Runs between enter and exit, bound to 127.0.0.1, with two catalogs: `iceberg`, whose tables are added by
    system.register_table, and `hive`, for external tables. Their metadata is in a scratch folder."""

    def __init__(self, s3_port):
        self.s3_port = s3_port

    def __enter__(self):
        folder = lakes.scratch_folder()
        self.port = _free_port()
        self._configure(folder)
        home = lakes.arguments.deps / "trino"
        self.log = folder / "log"
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                [_java(), f"-Xmx{_HEAP}", "-XX:+UseG1GC", "--add-modules=jdk.incubator.vector",
                 "-Djdk.attach.allowAttachSelf=true", f"-Dconfig={folder}/config.properties",
                 "-Dnode.environment=test", "-Dnode.id=test", f"-Dnode.data-dir={folder}",
                 "-cp", f"{home}/lib/*", "io.trino.server.TrinoServer"],
                cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
        try:
            self._await_answer()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def _configure(self, folder):
        (folder / "plugin").mkdir()
        for name in ("hive", "iceberg"):  # no others: each costs time to load
            (folder / "plugin" / name).symlink_to(lakes.arguments.deps / "trino/plugin" / name)
        (folder / "catalog").mkdir()
        files = {"fs.native-local.enabled": "true", "local.location": folder, "fs.native-s3.enabled": "true",
                 "s3.endpoint": f"http://127.0.0.1:{self.s3_port}", "s3.region": "us-east-1",
                 "s3.path-style-access": "true", "s3.aws-access-key": KEY_ID, "s3.aws-secret-key": SECRET}
        settings = {
            "config": {"coordinator": "true", "node-scheduler.include-coordinator": "true",
                       "http-server.http.port": self.port, "discovery.uri": f"http://127.0.0.1:{self.port}",
                       "node.internal-address": "127.0.0.1", "node.bind-ip": "127.0.0.1",
                       "plugin.dir": folder / "plugin", "catalog.config-dir": folder / "catalog"},
            "catalog/iceberg": {"connector.name": "iceberg", "iceberg.catalog.type": "TESTING_FILE_METASTORE",
                                "hive.metastore.catalog.dir": "local:///iceberg",
                                "iceberg.register-table-procedure.enabled": "true", **files},
            "catalog/hive": {"connector.name": "hive", "hive.metastore": "file",
                             "hive.metastore.catalog.dir": "local:///hive", "hive.recursive-directories": "true",
                             "hive.non-managed-table-writes-enabled": "true", **files},
        }
        for name, values in settings.items():
            (folder / f"{name}.properties").write_text("".join(f"{k}={v}\n" for k, v in values.items()))

    def _await_answer(self):
        end = time.monotonic() + START_SECONDS_MAX
        while True:
            try:
                if not json.load(self._open("/v1/info"))["starting"]:
                    self.nodes_deadline = time.monotonic() + NODES_SECONDS_MAX
                    return
            except OSError as error:
                if time.monotonic() > end:
                    raise AssertionError(f"Trino does not answer: {error}\n{self._log_tail()}") from error
            if self.process.poll() is not None:
                raise AssertionError(f"Trino ended\n{self._log_tail()}")
            time.sleep(0.5)

    def _log_tail(self):
        return self.log.read_text(errors="replace")[-3000:]

    def _open(self, url, body=None, headers=()):
        url = url if url.startswith("http") else f"http://127.0.0.1:{self.port}{url}"
        request = urllib.request.Request(url, data=body, headers={"X-Trino-User": "test", **dict(headers)})
        return urllib.request.urlopen(request, timeout=120)

    def query(self, sql, catalog="iceberg", schema="stedi"):
        """Returns the rows of a statement as lists. Raises AssertionError with Trino's message when it fails."""
        while True:
            try:
                return self._query(sql, catalog, schema)
            except AssertionError as error:
                # The server answers some seconds before its own worker has registered.
                if "No nodes available" not in str(error) or time.monotonic() > self.nodes_deadline:
                    raise
            time.sleep(0.5)

    def _query(self, sql, catalog, schema):
        headers = {"X-Trino-Catalog": catalog, "X-Trino-Schema": schema, "X-Trino-Time-Zone": "UTC"}
        answer = json.load(self._open("/v1/statement", sql.encode(), headers))
        rows = []
        while True:
            if "error" in answer:
                raise AssertionError(f"Trino: {answer['error']['message']}\n{sql}")
            rows += answer.get("data", [])
            if "nextUri" not in answer:
                return rows
            answer = json.load(self._open(answer["nextUri"]))
