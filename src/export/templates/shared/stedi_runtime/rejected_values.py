"""Finds, in the bytes of a rejected record, the values of the columns that a feed names (feed.rejected).

It looks for `"key" : value` at every quote, because after damage neither the parity of quotes nor the depth of
brackets can be trusted. A value counts only if it is whole: a string that is closed, a number that is followed by `}`
or another key. Values of the first column are taken from anywhere; if that column is text, so is every word that looks
like an e-mail address. Values of the other columns are only taken from a flat record, so that they certainly belong to
it. landing/rejected_values.cc in stedi's source does the same.
"""
import re

from .json_lexer import JsonLexer, Stopped, unescape
from .record_parser import ONE_RECORD, Contract
from .recovery import YES, key_follows

VALUE_BYTES_MAX = 64 << 10
WORD_BYTES_MAX = 320
_KEY_CHARACTERS_MAX = 255
_MEMBER_BYTES_MAX = VALUE_BYTES_MAX + 4096  # a key, what is around it, and its value
_SPACE = b" \t\n\r"
_SCALAR = frozenset(b"0123456789abcdefghijklmnopqrstuvwxyzE+-.")
_WORD = rb"(?<![^\x00-\x20\"'\\,:;=<>()\[\]{}])([^\x00-\x20\"'\\,:;=<>()\[\]{}]+)"
# _WHOLE_WORD: a word that is followed by a quote, or directly by a character that ends a value. Any other word may be
# half of a longer one, because a record can be cut off there. _OPEN_WORD: a word at the end of the bytes, of which it
# is not known yet what follows.
_WHOLE_WORD = re.compile(_WORD + rb"(?:[ \t\r\n]*[\"']|[,;}\]])")
_OPEN_WORD = re.compile(_WORD + rb"[ \t\r\n]*\Z")
_BRACKETS = re.compile(rb"[{}\[\]]|[ \t\r\n]+|,+|[^{}\[\] \t\r\n,]+")
_BEFORE, _INSIDE, _BEHIND, _NOT_FLAT = range(4)
_HEX = frozenset(b"0123456789abcdefABCDEF")


class _MemberReader:
    """Reads a member at a quote, the first byte of `text`. `text` ends where the rejection ends (`is_whole`), or is as
    long as a member can be."""

    def __init__(self, text, is_whole, in_array):
        self.text, self.is_whole, self.in_array, self.at = text, is_whole, in_array, 0

    def key(self):
        """Returns the unescaped key, or None if it cannot name a column. After a key, `at` is the position of its
        value."""
        text, key, at = self.text, bytearray(), 1
        while True:
            byte = text[at:at + 1]
            if byte == b'"':
                break
            if byte != b"\\":
                if byte < b" ":  # a control byte, or the end
                    return None
                key += byte
                at += 1
            else:
                # Names of columns are ASCII, so only the escape \\u00XX can stand for one of their characters.
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

    def may_be_nested(self):
        """Whether the value after a key is, or may have been, more than a string, number or literal. Its bracket can be
        lost: then something else, or the next key, is in its place."""
        begin, first, is_key = self.at, self._next(), False
        if first == b'"' and self._skip_string():
            self._skip_space()
            is_key = self._next() == b":"
        self.at = begin
        return is_key or (first != b"" and first not in b'"-0123456789tfn')

    def whole_value(self):
        """Returns the raw string, number or literal here if it is whole, else None."""
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
        """Moves behind the closing quote. Returns False if there is none before a control byte, which no string may
        contain."""
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
        """A closed string is whole if a member can end there, or if the comma before the next key was lost or damaged.
        Otherwise the quote that closes it opens another string, and its own is missing."""
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
        """Where a record was cut off, digits may be missing: only `}` or a comma of the record shows that none are."""
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
        """Begins another rejection. `in_array`: it may lie in a top-level array, where a comma can stand between
        records."""
        self._in_array, self._held = in_array, b""
        self._firsts = {}
        self._others = [None] * len(self._wanted)
        self._seen, self._repeated = set(), set()
        self._shape, self._held_word, self._words = _BEFORE, b"", {}

    def look(self, data, at_end):
        """Takes the next bytes of the rejection; `at_end`: they are the last ones."""
        if not self._wanted:
            return
        self._look_at_brackets(data)
        self._look_for_words(data)
        text = self._held + data
        # A member is read once all bytes that can belong to it are there.
        stop = len(text) if at_end else max(len(text) - _MEMBER_BYTES_MAX, 0)
        at = text.find(b'"')
        while 0 <= at < stop:
            member = text[at:at + _MEMBER_BYTES_MAX]
            at = text.find(b'"', at + self._read_member(member, len(member) < _MEMBER_BYTES_MAX))
        self._held = text[at:] if at >= 0 else b""

    def _look_at_brackets(self, data):
        """A record is flat as long as only its own `{` was opened, and only what can stand between records or at the
        end of an array follows its `}`."""
        for part in _BRACKETS.findall(data):
            is_space = part[:1] in _SPACE
            if self._shape == _BEFORE and not is_space:
                self._shape = _INSIDE if part == b"{" else _NOT_FLAT
            elif self._shape == _INSIDE and part in (b"{", b"}", b"[", b"]"):
                self._shape = _BEHIND if part == b"}" else _NOT_FLAT
            elif self._shape == _BEHIND and not is_space and part[:1] not in b",]":
                self._shape = _NOT_FLAT
            if self._shape == _NOT_FLAT:
                return

    def _look_for_words(self, data):
        if self._contract.columns[self._wanted[0]].type != "STRING":
            return
        text = self._held_word + data
        for word in _WHOLE_WORD.findall(text):
            left, _, right = word.partition(b"@")
            if left and right and b"@" not in right and len(word) <= WORD_BYTES_MAX:
                try:
                    self._words.setdefault(word.decode())
                except UnicodeDecodeError:
                    pass
        held = _OPEN_WORD.search(text)
        self._held_word = text[held.start():] if held else b""

    def _read_member(self, text, is_whole):
        reader = _MemberReader(text, is_whole, self._in_array)
        key = reader.key()
        if key is not None and reader.may_be_nested():
            self._shape = _NOT_FLAT
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
        """Returns one row for each value of the first column that was found; words that are not values of its key come
        last. If no value was found there is one row with None. A value of another column is in all rows if its key was
        found only once and the record is flat: there is no bracket between the `{` that the bytes begin with and the
        `}` that ends them, if they were not cut off. With `may_be_several`, no key of the contract may have been found
        twice either."""
        others = list(self._others)
        for slot, column in enumerate(self._wanted):
            if self._shape == _NOT_FLAT or column in self._repeated or (may_be_several and self._repeated):
                others[slot] = None
        return [(first, *others[1:]) for first in (self._firsts | self._words) or (None,)]


def rows_of_raw(feed, raw, reason, is_whole):
    """Returns the rows that the raw bytes of a rejection give. If `raw` has only its first bytes (not `is_whole`), it
    is not known whether the record is flat, so only the first column has values."""
    values = RejectedValues(Contract.of(feed))
    values.look(raw, True)
    rows = values.rows(not is_whole or reason not in ONE_RECORD)
    return rows if is_whole else [(row[0], *[None] * (len(row) - 1)) for row in rows]
