"""A tolerant look at the bytes of a rejected record: the values of the columns that a feed names (feed.rejected).

It looks for `"key" : value` at every quote, because after damage neither the parity of quotes nor the depth of
brackets can be trusted. A value counts only if it is whole: a string that is closed, a number that `}` or another key
follows. As landing/rejected_values.cc in stedi's source.
"""
from .json_lexer import JsonLexer, Stopped, unescape
from .record_parser import Contract
from .recovery import YES, key_follows

VALUE_BYTES_MAX = 64 << 10
_KEY_CHARACTERS_MAX = 255
_MEMBER_BYTES_MAX = VALUE_BYTES_MAX + 4096  # of a key, what stands around it, and its value
_SPACE = b" \t\n\r"
_SCALAR = frozenset(b"0123456789abcdefghijklmnopqrstuvwxyzE+-.")
_ONE_RECORD = ("invalid_utf8", "duplicate_key", "type_mismatch", "out_of_range", "not_null")
_HEX = frozenset(b"0123456789abcdefABCDEF")


class _MemberReader:
    """Reads what stands at a quote, the first byte of `text`; `text` ends with the rejection (`is_whole`), or is as
    long as a member can be."""

    def __init__(self, text, is_whole, in_array):
        self.text, self.is_whole, self.in_array, self.at = text, is_whole, in_array, 0

    def key(self):
        """A key that can name a column, unescaped, or None; then `at` stands before the value."""
        text, key, at = self.text, bytearray(), 1
        while True:
            byte = text[at:at + 1]
            if byte == b'"':
                break
            if byte != b"\\":
                if byte < b" ":  # also: the end
                    return None
                key += byte
                at += 1
            else:
                # Names of columns are plain, so no escape but \\u00XX can stand for a character of one.
                escape = text[at:at + 6]
                if len(escape) < 6 or escape[1:2] != b"u" or not _HEX.issuperset(escape[2:]):
                    return None
                meant, _ = unescape(escape)
                if len(meant) != 1:
                    return None
                key += meant
                at += 6
            if len(key) > _KEY_CHARACTERS_MAX:
                return None
        self.at = at + 1
        self._skip_space()
        if self._next() != b":":
            return None
        self.at += 1
        self._skip_space()
        return bytes(key)

    def whole_value(self):
        """The raw string, number or literal here, if it is whole, else None."""
        begin, is_string = self.at, self._next() == b'"'
        if not (self._skip_string() if is_string else self._skip_scalar()):
            return None
        raw = self.text[begin:self.at]
        if not (self._string_is_whole() if is_string else self._scalar_is_whole()):
            return None
        try:
            if JsonLexer(raw, len(raw)).value(0, 128) != len(raw):
                return None
            raw.decode()
        except (Stopped, UnicodeDecodeError):
            return None
        return raw

    def _next(self):
        return self.text[self.at:self.at + 1]

    def _skip_space(self):
        rest = self.text[self.at:]
        self.at += len(rest) - len(rest.lstrip(_SPACE))

    def _skip_string(self):
        """Moves behind the closing quote; a control byte cannot stand in a string."""
        text, at = self.text, self.at + 1
        while at < len(text) and text[at] >= 0x20:
            if text[at] == 0x22:
                self.at = at + 1
                return True
            if text[at] == 0x5C:
                if at + 1 >= len(text):
                    return False
                at += 1
            at += 1
        return False

    def _skip_scalar(self):
        begin = self.at
        while self.at < len(self.text) and self.text[self.at] in _SCALAR:
            self.at += 1
        return self.at > begin

    def _string_is_whole(self):
        """A closed string ends where a member ends, or where the comma between it and the next key was lost or
        spoilt. Else the quote that closes it is one that opens another string: its own is missing."""
        self._skip_space()
        following = self._next()
        if not following:
            return self.is_whole
        if following in (b",", b"}", b"]"):
            return True
        if following != b'"':
            self.at += 1
        return key_follows(self.text, self.at, len(self.text)) == YES

    def _scalar_is_whole(self):
        """Digits could go on where a record was cut off: only `}` or a comma of the record shows that they do not."""
        self._skip_space()
        if self._next() == b"}":
            return True
        if self._next() != b",":
            return False
        self.at += 1
        self._skip_space()
        return self._next() == b'"' if self._next() else self.is_whole and not self.in_array


class RejectedValues:
    def __init__(self, contract):
        self._contract = contract
        self._wanted = contract.rejected
        self.begin(True)

    def __bool__(self):
        return bool(self._wanted)

    def begin(self, in_array):
        """Begins with the bytes of another rejection. `in_array`: it may lie in a top-level array, where a comma can
        stand between records."""
        self._in_array, self._held = in_array, b""
        self._firsts = {}
        self._others = [None] * len(self._wanted)
        self._seen, self._repeated = set(), set()

    def look(self, data, at_end):
        """The next bytes of it; `at_end`: they are the last ones."""
        if not self._wanted:
            return
        text = self._held + data
        # A member is read when all bytes that can belong to it are there.
        stop = len(text) if at_end else max(len(text) - _MEMBER_BYTES_MAX, 0)
        at = text.find(b'"')
        while 0 <= at < stop:
            member = text[at:at + _MEMBER_BYTES_MAX]
            at = text.find(b'"', at + self._read_member(member, len(member) < _MEMBER_BYTES_MAX))
        self._held = text[at:] if at >= 0 else b""

    def _read_member(self, text, is_whole):
        reader = _MemberReader(text, is_whole, self._in_array)
        key = reader.key()
        column = None if key is None else self._contract.find(key)
        if column is None:
            return 1
        value_begin = reader.at
        if column in self._seen:
            self._repeated.add(column)
        self._seen.add(column)
        raw = reader.whole_value() if column in self._wanted else None
        value = None if raw is None else self._contract.fitting(column, raw)
        if value is not None:
            slot = self._wanted.index(column)
            if slot:
                self._others[slot] = value
            else:
                self._firsts.setdefault(value)
        return value_begin

    def rows(self, may_be_several):
        """One row for each value of the first column, one with None there if none was found. A value of another
        column stands in all rows if its key was found only once; where the bytes may be those of several records,
        also only if no key of the contract was found twice."""
        others = list(self._others)
        for slot, column in enumerate(self._wanted):
            if column in self._repeated or (may_be_several and self._repeated):
                others[slot] = None
        return [(first, *others[1:]) for first in self._firsts or (None,)]


def rows_of_raw(feed, raw, reason, is_whole):
    """The rows that the raw bytes of a rejection give, or its first bytes."""
    values = RejectedValues(Contract.of(feed))
    values.look(raw, is_whole)
    return values.rows(not is_whole or reason not in _ONE_RECORD)
