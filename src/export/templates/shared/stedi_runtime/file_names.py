"""Which files of a feed's folder are landing data, told from their names: by the patterns of 'feed.files', or by the
rule that holds where a feed has none. Names match without ASCII case."""
import re

_DATA_ENDINGS = {"json", "jsonl", "ndjson"}
# Of compressed files and archives, also of those that cannot be decoded.
_PACKED_ENDINGS = {"gz", "gzip", "zst", "zstd", "bz2", "xz", "lzma", "lz4", "zip", "tar", "tgz", "7z", "rar", "z", "br",
                   "snappy"}
_number = re.compile(r"(?<=.)[.-][0-9]+\Z", re.DOTALL)
_digit = re.compile(r"[0-9]")


def _lower(text):
    return "".join(c.lower() if c.isascii() else c for c in text)


def matches_name(name, pattern):
    """'*' stands for any characters, none among them; '?' for one."""
    wanted = "".join({"*": ".*", "?": "."}.get(c, re.escape(c)) for c in _lower(pattern))
    return re.fullmatch(wanted, _lower(name), re.DOTALL) is not None


def is_landing_name(name, patterns=()):
    """Without patterns: names that end in .json, .jsonl or .ndjson, and names without an ending that hold a digit, as
    Firehose, Glue and Spark write them. Behind either may stand the ending of a compressed file or an archive, and
    numbers (a.json.gz.1). A name with such an ending needs no digit: what cannot be decoded is to be told."""
    if patterns:
        return any(matches_name(name, pattern) for pattern in patterns)
    if name.endswith("~") or name.startswith("#"):  # copies that editors keep
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
    key, equals, _ = part.partition("=")  # user=ann@example.com: the key is the folder's name alone
    return f"{key}=***" if equals and not _holds_address(key) else "***"


def shown_file(file, is_personal):
    """A file's path as people and logs may see it. Where file names are said to be personal data all of it is masked,
    else each part that holds an e-mail address."""
    return "***" if is_personal else "/".join(_shown_part(part) for part in file.split("/"))
