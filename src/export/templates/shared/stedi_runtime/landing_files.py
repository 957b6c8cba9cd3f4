"""The files of a feed: found below its folder (local or s3://), each known by its path relative to it."""
import hashlib
import os
import urllib.parse
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from pyarrow import fs

_READ_BYTES = 4 << 20
_HASH_THREADS = 8
# A folder with such a name is most likely a mistake (or another tool's output), not a partition.
_FILE_EXTENSIONS = (".json", ".ndjson", ".jsonl", ".gz", ".zst")


class LandingError(Exception):
    """Landing files are not as they must be; one line for the user."""


@dataclass(frozen=True)
class LandingFile:
    file: str      # relative to the feed's folder, '/'-separated: the column _source_file
    path: str      # to open it in its file system
    size_bytes: int  # as stored
    mtime_ns: int


def filesystem_of(uri):
    """(file system, path in it) of a local path, a file:// or an s3:// URI. S3 takes its credentials from
    where AWS clients find them, its region from AWS_REGION or AWS_DEFAULT_REGION, and a server other than
    AWS's own from AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL."""
    if not uri.startswith(("s3://", "s3a://")):
        return fs.LocalFileSystem(), os.path.abspath(_local_path(uri))
    options = {}
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    if region:
        options["region"] = region
    endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
    if endpoint:
        parts = urllib.parse.urlsplit(endpoint)
        options.update(scheme=parts.scheme, endpoint_override=parts.netloc)
        options.setdefault("region", "us-east-1")  # such servers have none, but sign with one
    return fs.S3FileSystem(**options), uri.partition("://")[2].rstrip("/")


def _local_path(uri):
    return urllib.parse.unquote(urllib.parse.urlsplit(uri).path) if uri.startswith("file:") else uri


def list_feed(uri):
    """(file system, LandingFiles sorted by `file`) below a folder. Names that begin with '.' or '_' are passed
    over, as Spark does. Raises LandingError when there is no such folder, or for what is no regular file."""
    filesystem, folder = filesystem_of(uri)
    try:
        if filesystem.get_file_info(folder).type != fs.FileType.Directory:
            raise LandingError(f"the landing folder {uri} is not a folder: check the feed's path")
        infos = filesystem.get_file_info(fs.FileSelector(folder, recursive=True))
    except OSError as error:
        raise LandingError(f"the landing folder {uri} cannot be listed: {error}") from error
    files = []
    for info in infos:
        file = info.path[len(folder):].lstrip("/")
        if any(name.startswith((".", "_")) for name in file.split("/")):
            continue
        if info.type == fs.FileType.Directory:
            if os.path.splitext(file)[1] in _FILE_EXTENSIONS:
                raise LandingError(f"{uri}/{file} is a folder with the name of a file: rename it, "
                                   "or begin its name with '_'")
        elif info.type == fs.FileType.File:
            files.append(LandingFile(file, info.path, info.size, info.mtime_ns or 0))
        else:
            raise LandingError(f"{uri}/{file} is not a regular file: move it elsewhere, or begin its name with '_'")
    return filesystem, sorted(files, key=lambda f: f.file.encode())


def content_hash(filesystem, file):
    """SHA-256 of the stored bytes, in hex."""
    digest = hashlib.sha256()
    with filesystem.open_input_stream(file.path, compression=None) as stream:
        while block := stream.read(_READ_BYTES):
            digest.update(block)
    return digest.hexdigest()


def content_hashes(filesystem, files):
    """file -> content hash of each."""
    with ThreadPoolExecutor(_HASH_THREADS) as pool:
        hashes = pool.map(lambda file: content_hash(filesystem, file), files)
        return {file.file: found for file, found in zip(files, hashes)}
