"""Tells by their names which files in a feed's folder are landing data: those that match the patterns of 'feed.files'
or, if the feed has none, a default rule. Names match in either ASCII case."""
import re

_DATA_ENDINGS = {"json", "jsonl", "ndjson"}
# Endings of compressed files and archives, including those that cannot be decoded.
_PACKED_ENDINGS = {"gz", "gzip", "zst", "zstd", "bz2", "xz", "lzma", "lz4", "zip", "tar", "tgz", "7z", "rar", "z", "br",
                   "snappy"}
_number = re.compile(r"(?<=.)[.-][0-9]+\Z", re.DOTALL)
_digit = re.compile(r"[0-9]")


def _lower(text):
    return "".join(c.lower() if c.isascii() else c for c in text)


def matches_name(name, pattern):
    """'*' matches any number of characters, '?' matches one."""
    wanted = "".join({"*": ".*", "?": "."}.get(c, re.escape(c)) for c in _lower(pattern))
    return re.fullmatch(wanted, _lower(name), re.DOTALL) is not None


def is_landing_name(name, patterns=()):
    """Whether a name is that of landing data. Without patterns these are names that end in .json, .jsonl or .ndjson,
    and names without an ending that hold a digit, as Firehose, Glue and Spark write them. The ending of a compressed
    file or archive, and numbers, may follow (a.json.gz.1). A name with such an ending needs no digit, so that a file
    that cannot be decoded is reported."""
    if patterns:
        return any(matches_name(name, pattern) for pattern in patterns)
    if name.endswith("~") or name.startswith("#"):  # backup copies of editors
        return False
    rest, is_packed = name, False
    while True:
        shorter = _number.sub("", rest)
        stem, dot, ending = rest.rpartition(".")
        if shorter != rest:
            rest = shorter
        elif dot and _lower(ending) in _PACKED_ENDINGS:
            rest, is_packed = stem, True
        else:
            break
    if "." in rest:
        return _lower(rest.rpartition(".")[2]) in _DATA_ENDINGS
    return is_packed or _digit.search(name) is not None


def _holds_address(part):
    return "@" in part or "%40" in part


def _shown_part(part):
    if not _holds_address(part):
        return part
    key, equals, _ = part.partition("=")  # user=ann@example.com is shown as user=***
    return f"{key}=***" if equals and not _holds_address(key) else "***"


def shown_file(file, is_personal):
    """Returns a file's path as people and logs may see it. All of it is masked where the feed declares that file names
    are personal data, else each part that holds an e-mail address."""
    return "***" if is_personal else "/".join(_shown_part(part) for part in file.split("/"))
