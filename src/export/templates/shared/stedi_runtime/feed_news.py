"""Which landing files of a feed are news, by what is known of earlier runs."""
from collections import Counter
from dataclasses import dataclass, field

from .landing_files import content_hashes

REDELIVERED = "redelivered"


@dataclass
class FeedNews:
    to_load: list = field(default_factory=list)   # new content, or a known path with new content
    settled: list = field(default_factory=list)   # records of files that need no loading: re-delivered or touched
    outdated: set = field(default_factory=set)    # known paths whose rows in the table are no longer true


def find_news(feed, filesystem, files, known):
    """`files`: LandingFiles sorted by name. `known`: file -> record (a dict of the files table). Same path, size and
    mtime: not opened. Same content as a loaded file, elsewhere: re-delivered. Files are read here only where
    sizes are equal."""
    def is_same(file):
        record = known.get(file.file)
        return record and (record["size_bytes"], record["mtime_ns"]) == (file.size_bytes, file.mtime_ns)

    candidates = [file for file in files if not is_same(file)]
    sizes = Counter(record["size_bytes"] for record in known.values())
    sizes.update(file.size_bytes for file in candidates)
    hashes = content_hashes(filesystem, [f for f in candidates if f.size_bytes and sizes[f.size_bytes] > 1])
    news, changed = FeedNews(), set()
    for file in candidates:
        record = known.get(file.file)
        if record is None or hashes.get(file.file) == record["content_hash"]:
            continue  # new, or touched only
        changed.add(file.file)
        if record["status"] != REDELIVERED:
            news.outdated.add(file.file)
    loaded = {record["content_hash"] for name, record in known.items()
              if record["status"] != REDELIVERED and name not in changed}
    for file in candidates:
        found = hashes.get(file.file)
        if file.file in known and file.file not in changed:
            news.settled.append({**known[file.file], "mtime_ns": file.mtime_ns})
        elif found and found in loaded:
            news.settled.append({"feed": feed, "file": file.file, "status": REDELIVERED, "size_bytes": file.size_bytes,
                                 "decoded_bytes": file.size_bytes, "mtime_ns": file.mtime_ns, "content_hash": found})
        else:
            loaded.add(found)
            news.to_load.append(file)
    # A copy that was not loaded because its original was: when the original's content has gone, it is what is left.
    for file in files:
        record = known.get(file.file)
        if record and record["status"] == REDELIVERED and is_same(file) and record["content_hash"] not in loaded:
            loaded.add(record["content_hash"])
            news.to_load.append(file)
    return news
