"""The decoded bytes of a landing file as a stream. Its first bytes, or else its name, tell whether it is gzip (RFC
1952, one or more members) or Zstandard (RFC 8878, one or more frames); any other file is read as it is."""
import hashlib
import io
import zlib

import pyarrow

from .file_format import FORMAT_BYTES, GZIP, ZSTD, compression_of, format_problem

_READ_BYTES = 1 << 20
_GZIP_FRAMING = zlib.MAX_WBITS + 16  # makes zlib accept gzip framing only


class DamagedFile(Exception):
    """The file as a whole cannot be decoded, or differs from its listing. The message begins with a verb."""


class _StoredBytes(io.RawIOBase):
    """Reads the first `size_bytes` stored bytes in order, and hashes them."""

    def __init__(self, stream, size_bytes):
        super().__init__()
        self._stream, self._left, self._digest = stream, size_bytes, hashlib.sha256()
        self._ahead = b""

    def peek(self):
        """Returns the first bytes. read() returns them again."""
        self._ahead = self.read(FORMAT_BYTES)
        return self._ahead

    def readable(self):
        return True

    def read(self, size=-1):
        if self._ahead:
            size = len(self._ahead) if size < 0 else size
            block, self._ahead = self._ahead[:size], self._ahead[size:]
            return block if len(block) == size else block + self.read(size - len(block))
        wanted = self._left if size < 0 else min(size, self._left)
        block = self._stream.read(wanted) if wanted else b""
        if len(block) < wanted:
            raise DamagedFile("became shorter while it was read: run again when its writer is done")
        self._left -= len(block)
        self._digest.update(block)
        return block

    def content_hash(self):
        return self._digest.hexdigest()


class _Gzip:
    def __init__(self, stored):
        self._stored, self._decoder, self._input = stored, None, b""
        self._members, self._in_member, self._is_padded = 0, False, False

    def read(self, size):
        parts, left = [], size
        while left > 0 and self._has_input():
            part = self._inflate(left)
            parts.append(part)
            left -= len(part)
        return b"".join(parts)

    def _has_input(self):
        """Makes sure that there is a byte of input. Returns False at the proper end of the stream."""
        if self._input:
            return True
        self._input = self._stored.read(_READ_BYTES)
        if not self._input:
            if self._in_member:
                raise DamagedFile("is a gzip stream that is cut off: deliver it again")
            if self._members == 0:
                raise DamagedFile("is empty, which is not a gzip file: deliver it again")
        return bool(self._input)

    def _skip_padding(self):
        """Skips zeros after the last member, as gzip(1) does. Returns False when there are none."""
        rest = self._input.lstrip(b"\0")
        self._is_padded = self._is_padded or len(rest) < len(self._input)
        if self._is_padded and rest:
            raise DamagedFile("has other bytes after its gzip stream: deliver it again")
        if self._is_padded:
            self._input = b""
        return self._is_padded

    def _inflate(self, size):
        if not self._in_member and self._members and self._skip_padding():
            return b""
        if not self._in_member:
            if self._input[0] != 0x1F:
                raise DamagedFile("has other bytes after its gzip stream: deliver it again" if self._members
                                  else "is not a gzip file: deliver it again")
            self._in_member, self._decoder = True, zlib.decompressobj(_GZIP_FRAMING)
        try:
            part = self._decoder.decompress(self._input, size)
        except zlib.error:
            raise DamagedFile("is a damaged gzip stream: deliver it again") from None
        if self._decoder.eof:
            self._in_member, self._members = False, self._members + 1
            self._input = self._decoder.unused_data
        else:
            self._input = self._decoder.unconsumed_tail
        return part


class _Zstd:
    """Decodes with pyarrow, which Spark's Python has anyway. It reads all frames, and refuses a stream that is cut off
    and bytes that are no frame."""

    def __init__(self, stored, size_bytes):
        if size_bytes == 0:
            raise DamagedFile("is empty, which is not a zstd file: deliver it again")
        self._stream = pyarrow.CompressedInputStream(pyarrow.PythonFile(stored, mode="r"), "zstd")

    def read(self, size):
        parts, left = [], size
        while left > 0:
            try:
                part = self._stream.read(left)
            except OSError as error:
                raise DamagedFile(f"is a damaged zstd stream ({error}): deliver it again") from None
            if not part:
                break
            parts.append(part)
            left -= len(part)
        return b"".join(parts)


class _Plain:
    def __init__(self, stored):
        self._stored = stored

    def read(self, size):
        return self._stored.read(size)


class DecodedFile:
    """read(n) returns the next n decoded bytes, fewer only at the end; it raises DamagedFile. content_hash() returns
    the hash of the stored bytes, after all of them have been read."""

    def __init__(self, filesystem, path, size_bytes):
        try:
            self._stream = filesystem.open_input_stream(path, compression=None)
        except OSError as error:
            raise DamagedFile(f"cannot be opened: {error}") from None
        self._stored = _StoredBytes(self._stream, size_bytes)
        first_bytes = self._stored.peek()
        named = GZIP if path.endswith(".gz") else ZSTD if path.endswith(".zst") else None
        compression = compression_of(first_bytes) or named
        self.decoding = compression or "plain"
        if compression == GZIP:
            self._decoder = _Gzip(self._stored)
        elif compression == ZSTD:
            self._decoder = _Zstd(self._stored, size_bytes)
        else:
            self._decoder = _Plain(self._stored)
        self._ahead = self._decoder.read(FORMAT_BYTES)
        problem = format_problem(self._ahead)
        if problem:
            self._stream.close()
            raise DamagedFile(problem)

    def read(self, size):
        block, self._ahead = self._ahead[:size], self._ahead[size:]
        return block + self._decoder.read(size - len(block)) if len(block) < size else block

    def content_hash(self):
        return self._stored.content_hash()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._stream.close()
