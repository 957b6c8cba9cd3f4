"""Finds the files of a feed below its folder (local or s3://). A file is known by its path relative to that folder."""
import hashlib
import os
import urllib.parse
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from pyarrow import fs

from .file_format import FORMAT_BYTES, compression_of
from .file_names import is_landing_name, shown_file

_READ_BYTES = 4 << 20
_HASH_THREADS = 8


class LandingError(Exception):
    """Landing files cannot be read. The message is for the user, with one line for each fault."""


@dataclass(frozen=True)
class LandingFile:
    file: str      # relative to the feed's folder, '/'-separated: the column _source_file
    path: str      # in its file system
    size_bytes: int  # as stored
    mtime_ns: int


def filesystem_of(uri):
    """Returns (file system, path in it) for a local path, a file:// or an s3:// URI. For S3 the credentials come from
    where AWS clients find them, the region from AWS_REGION or AWS_DEFAULT_REGION, and a server other than AWS's own
    from AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL."""
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
        options.setdefault("region", "us-east-1")  # such servers have no region, but signing needs one
    return fs.S3FileSystem(**options), uri.partition("://")[2].rstrip("/")


def _local_path(uri):
    return urllib.parse.unquote(urllib.parse.urlsplit(uri).path) if uri.startswith("file:") else uri


def decoding_of(filesystem, file):
    """Returns how a file's bytes are decoded: plain, gzip or zstd."""
    named = {".gz": "gzip", ".zst": "zstd"}.get(os.path.splitext(file.file)[1])
    with filesystem.open_input_stream(file.path, compression=None) as stream:
        return compression_of(stream.read(FORMAT_BYTES)) or named or "plain"


def list_feed(uri, patterns=(), follow_links=False, passed_over=None, is_personal=False):
    """Returns (file system, LandingFiles sorted by `file`) for the files below a folder. Names that begin with '.' or
    '_' are hidden: they are left out silently, as by Spark. Files whose names do not match `patterns` are appended to
    `passed_over`. `follow_links`: follow links that leave the folder, too. `is_personal`: file names must not be shown.
    Raises LandingError when there is no such folder, and when files cannot be read: then it names all of them."""
    filesystem, folder = filesystem_of(uri)
    try:
        if filesystem.get_file_info(folder).type != fs.FileType.Directory:
            raise LandingError(f"the landing folder {uri} is not a folder: check the feed's path")
        listing = _Listing(patterns, follow_links)
        if isinstance(filesystem, fs.LocalFileSystem):
            listing.root = os.path.realpath(folder)
            listing.visit(folder, "", ())
        else:
            listing.add_objects(folder, filesystem.get_file_info(fs.FileSelector(folder, recursive=True)))
    except OSError as error:
        raise LandingError(f"the landing folder {uri} cannot be listed: {error}") from error
    if listing.problems:
        raise LandingError("\n".join(f"{uri}/{shown_file(file, is_personal)} {problem}"
                                     for file, problem in sorted(listing.problems)))
    if passed_over is not None:
        passed_over += sorted(listing.passed_over)
    return filesystem, sorted(listing.files, key=lambda f: f.file.encode())


def _is_hidden(name):
    return name.startswith((".", "_"))


class _Listing:
    def __init__(self, patterns, follow_links):
        self.patterns, self.follow_links, self.root = patterns, follow_links, None
        self.files, self.passed_over, self.problems = [], [], []

    def add_objects(self, folder, infos):
        for info in infos:
            file = info.path[len(folder):].lstrip("/")
            if info.type != fs.FileType.File or any(_is_hidden(name) for name in file.split("/")):
                continue
            if is_landing_name(file.rpartition("/")[2], self.patterns):
                self.files.append(LandingFile(file, info.path, info.size, info.mtime_ns or 0))
            else:
                self.passed_over.append(file)

    def visit(self, folder, prefix, ancestors):
        real = os.path.realpath(folder)
        if real in ancestors:
            self.problems.append((prefix[:-1], "is a link to a folder that holds it: remove it"))
            return
        with os.scandir(folder) as entries:
            for entry in entries:
                if not _is_hidden(entry.name):
                    self._visit_entry(entry, prefix + entry.name, (*ancestors, real))

    def _visit_entry(self, entry, file, ancestors):
        is_folder, problem = entry.is_dir(), None
        if not is_folder and not is_landing_name(entry.name, self.patterns):
            self.passed_over.append(file)
            return
        if not _is_utf8(file):
            file = os.fsencode(file).decode(errors="replace")
            problem = "has a name that is not UTF-8: rename it"
        elif not os.path.exists(entry.path):
            problem = "is a link to nothing: remove it or restore what it names"
        elif not is_folder and not entry.is_file():
            problem = "is not a regular file: move it elsewhere, or begin its name with '_'"
        elif entry.is_symlink() and not self._may_follow(entry.path):
            problem = ("is a link that leaves the feed's folder: put what it names there, or give the feed "
                       "'feed.follow_links' = 'true'")
        if problem:
            self.problems.append((file, problem))
        elif is_folder:
            self.visit(entry.path, file + "/", ancestors)
        else:
            status = entry.stat()
            self.files.append(LandingFile(file, entry.path, status.st_size, status.st_mtime_ns))

    def _may_follow(self, path):
        return self.follow_links or os.path.commonpath((self.root, os.path.realpath(path))) == self.root


def _is_utf8(text):
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def content_hash(filesystem, file):
    """Returns the SHA-256 of the stored bytes, in hex."""
    digest = hashlib.sha256()
    with filesystem.open_input_stream(file.path, compression=None) as stream:
        while block := stream.read(_READ_BYTES):
            digest.update(block)
    return digest.hexdigest()


def content_hashes(filesystem, files):
    """Returns file -> content hash."""
    with ThreadPoolExecutor(_HASH_THREADS) as pool:
        hashes = pool.map(lambda file: content_hash(filesystem, file), files)
        return {file.file: found for file, found in zip(files, hashes)}
