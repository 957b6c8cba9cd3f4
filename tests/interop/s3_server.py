"""Runs SeaweedFS as the S3 server of a test, and gives stedi and PyArrow what they need to reach it."""
import contextlib
import os
import socket
import subprocess
import sys
import time

import pyarrow.fs

import lakes

KEY_ID, SECRET = "stedi-test-key", "stedi-test-secret-that-is-never-shown"
START_SECONDS_MAX = 60


def _free_port():
    """Returns a free port whose twin 10,000 higher, where SeaweedFS speaks gRPC, is free, too."""
    for _ in range(200):
        with socket.socket() as first, socket.socket() as twin:
            first.bind(("127.0.0.1", 0))
            port = first.getsockname()[1]
            with contextlib.suppress(OSError, OverflowError):
                twin.bind(("127.0.0.1", port + 10_000))
                return port
    raise AssertionError("no two free ports 10,000 apart")


def skip_without_server():
    """Ends the process as skipped when set-up could not fetch SeaweedFS."""
    if not (lakes.arguments.deps / "s3.pins").exists():
        print("SKIPPED: SeaweedFS is not there; tools/setup.sh s3 fetches it when the network allows")
        sys.exit(77)


class S3Server:
    """Runs between enter and exit, bound to 127.0.0.1; its files go to a scratch folder."""

    def __enter__(self):
        folder = lakes.scratch_folder()
        self.port = _free_port()
        ports = {"s3.port": self.port, "s3.port.iceberg": 0, "s3.port.lance": 0}
        ports.update({f"{name}.port": _free_port() for name in ("master", "filer", "volume", "admin")})
        self.log = open(folder / "log", "wb")
        (folder / "data").mkdir()
        self.process = subprocess.Popen(
            [lakes.arguments.deps / "venv-s3/bin/weed", "mini", f"-dir={folder / 'data'}", "-ip=127.0.0.1",
             "-ip.bind=127.0.0.1", "-webdav=false", *(f"-{name}={port}" for name, port in ports.items())],
            cwd=folder, env=dict(os.environ, AWS_ACCESS_KEY_ID=KEY_ID, AWS_SECRET_ACCESS_KEY=SECRET, HOME=str(folder)),
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=subprocess.STDOUT)
        try:
            self._await_answer(folder / "log")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.log.close()

    def _await_answer(self, log):
        end = time.monotonic() + START_SECONDS_MAX
        while True:
            try:
                self.files().create_dir("ready")
                return
            except OSError as error:
                if self.process.poll() is not None or time.monotonic() > end:
                    raise AssertionError(f"SeaweedFS does not answer: {error}\n{log.read_text()[-2000:]}") from error
            time.sleep(0.2)

    def files(self):
        """The server's buckets as a PyArrow file system."""
        return pyarrow.fs.S3FileSystem(access_key=KEY_ID, secret_key=SECRET, region="us-east-1", scheme="http",
                                       endpoint_override=f"127.0.0.1:{self.port}", allow_bucket_creation=True,
                                       allow_bucket_deletion=True)

    def environment(self, port=None, **variables):
        """Returns the environment to start stedi with. `port`: that of a proxy in front of the server."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        return dict(environment, AWS_ACCESS_KEY_ID=KEY_ID, AWS_SECRET_ACCESS_KEY=SECRET, AWS_REGION="us-east-1",
                    AWS_ENDPOINT_URL_S3=f"http://127.0.0.1:{port or self.port}", STEDI_PSEUDONYM_KEY=lakes.KEY,
                    **variables)

    def upload(self, folder, prefix):
        """Copies all files below `folder` to `prefix`, which begins with the bucket. Creates the bucket if needed."""
        files = self.files()
        files.create_dir(prefix.split("/")[0])
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                self.put(f"{prefix}/{path.relative_to(folder)}", path.read_bytes())

    def put(self, path, content):
        with self.files().open_output_stream(path, compression=None) as stream:
            stream.write(content)


def run(environment, *words, seconds=120):
    """Runs stedi. Returns its status, its standard output, and the lines of its standard error."""
    done = subprocess.run([lakes.arguments.stedi, *map(str, words)], capture_output=True, text=True, env=environment,
                          timeout=seconds)
    for name, text in (("output", done.stdout), ("error", done.stderr)):
        if SECRET in text or "X-Amz-Signature" in text:
            raise AssertionError(f"a secret in the standard {name} of {words}")
    return done.returncode, done.stdout, done.stderr.splitlines()


def project_words(landing, lake, catalog):
    """Returns the arguments of a run of the demo project with the tests' parameters."""
    sets = [word for name, value in lakes.PARAMETERS.items() for word in ("--set", f"{name}={value}")]
    place = ("--catalog", catalog) if catalog else ()
    return ("run", lakes.PROJECT, "--landing", landing, "--lake", lake, *place, "--json", *sets)


def checksums(server, lake, catalog="catalog.db"):
    """Returns table -> (number of rows, sum of the rows' hashes) of a lake on a disk or on `server`, by DuckDB from
    Python. The quarantine is taken without run_id, which differs from run to run."""
    connection = lakes.duckdb_connection()
    connection.execute(f"LOAD '{lakes.arguments.deps}/extensions/httpfs.duckdb_extension'")
    connection.execute(f"CREATE SECRET (TYPE s3, KEY_ID '{KEY_ID}', SECRET '{SECRET}', REGION 'us-east-1',"
                       f" USE_SSL false, ENDPOINT '127.0.0.1:{server.port}', URL_STYLE 'path')")
    found = {}
    for table, location in lakes.catalog_rows(lake, catalog).items():
        columns = "* EXCLUDE (run_id)" if table == "quarantine" else "*"
        found[table] = connection.execute(f"SELECT count(*), sum(hash(t)) FROM (SELECT {columns}"
                                          f" FROM iceberg_scan('{location}')) AS t").fetchone()
    return found


def differences(environment, expected_lake, lake, catalog):
    """Returns what `stedi compare` says about two lakes that should be the same, or "" when all tables are equal.
    `catalog`: that of `lake`."""
    place = ("--catalog-b", catalog) if catalog else ()
    status, out, errors = run(environment, "compare", expected_lake, lake, *place)
    return "" if status == 0 else f"status {status}\n{out[-2000:]}" + "\n".join(errors)
