"""Decides which landing files of a feed are new, by what is known from earlier runs."""
from collections import Counter
from dataclasses import dataclass, field

from .landing_files import content_hashes, decoding_of

REDELIVERED = "redelivered"


@dataclass
class FeedNews:
    to_load: list = field(default_factory=list)   # new content, or a known path with new content
    settled: list = field(default_factory=list)   # records of files that need no loading: re-delivered or touched
    outdated: set = field(default_factory=set)    # known paths whose rows in the table are out of date


def _decoding(record):
    """Returns how a known file was decoded. Records from before there was such a column lack it: then the name
    tells."""
    return record.get("decoding") or {"gz": "gzip", "zst": "zstd"}.get(record["file"].rpartition(".")[2], "plain")


def _key(record):
    return record["content_hash"], _decoding(record)


def find_news(feed, filesystem, files, known):
    """Returns the FeedNews. `files`: LandingFiles sorted by name. `known`: file -> record (a dict of the files table).
    A known file with the same size and mtime is not opened. A file is re-delivered if it has the same content as a file
    whose rows are in the table after this run, and both are decoded in the same way. Files are read here only where
    their sizes are equal."""
    def is_untouched(file):
        record = known.get(file.file)
        return record and (record["size_bytes"], record["mtime_ns"]) == (file.size_bytes, file.mtime_ns)

    def has_rows(record):
        return record["status"] != REDELIVERED

    candidates = [file for file in files if not is_untouched(file)]
    sizes = Counter(record["size_bytes"] for record in known.values())
    sizes.update(file.size_bytes for file in candidates)
    hashes = content_hashes(filesystem, [f for f in candidates if f.size_bytes and sizes[f.size_bytes] > 1])

    def key_of(file):
        """Returns the content hash and the decoding of a file; None: no other file has the same content."""
        if is_untouched(file):
            record = known[file.file]
            return record["content_hash"], record.get("decoding") or decoding_of(filesystem, file)
        return (hashes[file.file], decoding_of(filesystem, file)) if file.file in hashes else None

    keys = {file.file: key_of(file) for file in files}
    news, without_rows = FeedNews(), []
    for file in files:
        record = known.get(file.file)
        if record is None or not has_rows(record):
            without_rows.append(file)
        elif keys[file.file] != _key(record):
            news.outdated.add(file.file)
            without_rows.append(file)
        elif not is_untouched(file) or not record.get("decoding"):
            news.settled.append({**record, "mtime_ns": file.mtime_ns, "decoding": keys[file.file][1]})
    # The keys of the files whose rows are in the table after this run.
    loaded = {_key(record) for name, record in known.items() if has_rows(record) and name not in news.outdated}
    for file in without_rows:
        record, key = known.get(file.file), keys[file.file]
        if key is None or key not in loaded:
            loaded.add(key)
            news.to_load.append(file)
        elif not (record and not has_rows(record) and is_untouched(file) and key == _key(record)):
            news.settled.append({"feed": feed, "file": file.file, "status": REDELIVERED, "size_bytes": file.size_bytes,
                                 "decoded_bytes": file.size_bytes, "mtime_ns": file.mtime_ns, "content_hash": key[0],
                                 "decoding": key[1]})
    return news
