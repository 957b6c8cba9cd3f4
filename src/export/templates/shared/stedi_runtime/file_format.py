"""Tells the format of a file by its first bytes, since names can be wrong: a gzip stream may be called a.json,
b.json.GZ or c.json.gz.1, and an archive may lie among the landing files."""

import re

FORMAT_BYTES = 512  # the format shows in this many first bytes
GZIP, ZSTD = "gzip", "zstd"
_CPIO = re.compile(rb"07070[12][0-9a-fA-F]{104}|070707[0-7]{70}")  # the two forms with text headers
_TAR_NUMBER = re.compile(rb" *([0-7]+)[ \0]*")
_SPACE = b" \t\n\r"
_MAGICS = (
    (b"PK\x03\x04", "a zip archive", 0),
    (b"PK\x05\x06", "a zip archive", 0),
    (b"PK\x07\x08", "a zip archive", 0),
    (b"PK00PK\x03\x04", "a zip archive", 0),
    (b"\x1f\x8b", "a gzip stream inside of another stream", 0),
    (b"\x28\xb5\x2f\xfd", "a zstd stream inside of another stream", 0),
    (b"\x1f\x9d", "a compress (.Z) file", 0),
    (b"\xfd7zXZ\0", "an xz file", 0),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", 0),
    (b"Rar!\x1a\x07", "a rar archive", 0),
    (b"\x04\x22\x4d\x18", "an lz4 file", 0),
    (b"\x02\x21\x4c\x18", "an lz4 file", 0),
    (b"\xff\x06\0\0sNaPpY", "a snappy file", 0),
    (b"LZIP\x01", "an lzip file", 0),
    (b"\x89LZO\0", "an lzop file", 0),
    (b"PAR1", "a Parquet file", 0),
    (b"PARE", "an encrypted Parquet file", 0),
    (b"Obj\x01", "an Avro file", 0),
    (b"ARROW1\0\0", "an Arrow file", 0),
    (b"SEQ\x06", "a Hadoop sequence file", 0),
    (b"SQLite format 3\0", "an SQLite database", 0),
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file", 0),
    (b"%PDF-", "a PDF document", 0),
    (b"\x89PNG\r\n\x1a\n", "a PNG image", 0),
    (b"\xff\xd8\xff", "a JPEG image", 0),
    (b"GIF87a", "a GIF image", 0),
    (b"GIF89a", "a GIF image", 0),
    (b"\x7fELF", "a program", 0),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Office document", 0),
    (b"ustar", "a tar archive", 257),
    (b"!<arch>\n", "an ar archive", 0),
    (b"!<thin>\n", "an ar archive", 0),
    (b"\xc7q", "a cpio archive", 0),
    (b"q\xc7", "a cpio archive", 0),
    (b"MSCF\0\0\0\0", "a cab archive", 0),
    (b"xar!", "a xar archive", 0),
    (b"WARC/", "a WARC archive", 0),
)


def compression_of(data):
    """Returns the compression whose magic number the stored bytes begin with, or None."""
    if data.startswith(b"\x1f\x8b\x08"):
        return GZIP
    if data.startswith(b"\x28\xb5\x2f\xfd") or (data[1:4] == b"\x2a\x4d\x18" and data[0] & 0xF0 == 0x50):
        return ZSTD
    return None


def format_problem(data):
    """Returns why decoded bytes cannot be landing data, or None. The text begins with a verb."""
    data = data[:FORMAT_BYTES]
    encoding = _encoding_of(data)
    if encoding:
        return f"is {encoding} text: deliver it as UTF-8 (iconv -f {encoding} -t UTF-8)"
    name = None
    for magic, what, offset in _MAGICS:
        if data[offset:offset + len(magic)] == magic:
            name = what
    if data.startswith(b"BZh") and data[4:10] in (b"1AY&SY", b"\x17\x72\x45\x38\x50\x90"):
        name = "a bzip2 file"
    if data.startswith(b"ORC") and len(data) > 3 and _is_odd(data[3]):
        name = "an ORC file"
    if _CPIO.match(data):
        name = "a cpio archive"
    if _is_tar(data):
        name = "a tar archive"
    if name is None and _is_binary(data):
        name = "a binary file"
    return name and f"is {name}: deliver JSON, as it is or as .gz or .zst"


def _is_tar(data):
    """Archives of the form before "ustar" have no magic number, so their headers are recognized by their checksum. It
    is computed with spaces in place of the checksum itself; some programs summed signed bytes."""
    stored = _TAR_NUMBER.fullmatch(data[148:156])
    if len(data) < 512 or not data[0] or not stored or not _TAR_NUMBER.fullmatch(data[100:108]):
        return False
    header = data[:148] + b" " * 8 + data[156:512]
    return int(stored[1], 8) in (sum(header), sum(header) - 256 * sum(byte >= 0x80 for byte in header))


def _is_odd(byte):
    return byte < 0x20 and byte not in _SPACE


def _encoding_of(data):
    def zeros(places):
        return len(data) >= len(places) and all((byte == 0) == (place == "0") for byte, place in zip(data, places))

    if data.startswith((b"\xff\xfe\0\0", b"\0\0\xfe\xff")) or zeros("x000x000") or zeros("000x000x"):
        return "UTF-32"
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or zeros("x0x0") or zeros("0x0x"):
        return "UTF-16"
    return None


def _is_binary(data):
    """Whether the bytes have many control characters and do not begin like JSON. One damaged byte does not make a file
    binary."""
    text = data.lstrip(_SPACE)
    if not text or text[0] in b'{["-0123456789tfn\xef':
        return False
    odd = sum(map(_is_odd, data))
    return odd >= 4 and odd * 16 >= len(data)
