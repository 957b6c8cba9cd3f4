"""A lexer for strict RFC 8259 over bytes that may end too early, with one relaxation: a raw control byte does not end a
string. It is noted, so that the record around it can be rejected as a whole."""
import re

DEPTH_MAX = 128  # brackets that may be open at a time

# Why reading stopped. NEED_MORE: the bytes end where more must follow. SYNTAX_ERROR: `position` is the first byte that
# cannot follow. TOO_DEEP: `position` is the bracket that is one too many.
OK, NEED_MORE, SYNTAX_ERROR, TOO_DEEP = "ok", "need_more", "syntax_error", "too_deep"

skip_space = re.compile(rb"[ \t\n\r]*").match
# The repetition is bounded, since the matcher keeps every step of it. Possessive quantifiers, which would not, are
# wrong in Python 3.11.2.
_string_inside = re.compile(rb'(?:[^"\\\x00-\x1f]+|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4}){0,1000}').match
_digits = re.compile(rb"[0-9]+").match
_number = re.compile(rb"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?").fullmatch
_escape = re.compile(rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\[^u]")
_HEX = frozenset(b"0123456789abcdefABCDEF")
_ESCAPES = frozenset(b'"\\/bfnrtu')
_PLAIN_ESCAPES = {b"\\b": b"\b", b"\\f": b"\f", b"\\n": b"\n", b"\\r": b"\r", b"\\t": b"\t"}
_QUOTE, _BACKSLASH, _OPEN_OBJECT, _OPEN_ARRAY, _MINUS, _ZERO = b'"\\{[-0'
_LITERALS = {b[0]: b for b in (b"true", b"false", b"null")}


class Stopped(Exception):
    """Reading cannot go on. `status` is one of the above except OK."""

    def __init__(self, status, position):
        super().__init__(status)
        self.status, self.position = status, position


class JsonLexer:
    """Reads bytes [position, end) of `data`; each method returns the position after what it read, or raises
    Stopped."""

    def __init__(self, data, end):
        self.data, self.end = data, end
        self.first_control = None  # position of the first raw control byte in a string

    def space(self, position):
        """Skips white space; a byte must follow."""
        position = skip_space(self.data, position, self.end).end()
        if position >= self.end:
            raise Stopped(NEED_MORE, position)
        return position

    def expect(self, byte, position):
        if position >= self.end:
            raise Stopped(NEED_MORE, position)
        if self.data[position] != byte:
            raise Stopped(SYNTAX_ERROR, position)
        return position + 1

    def string(self, position):
        """Reads from an opening quote up to and including the closing one."""
        data, end = self.data, self.end
        position = self.expect(_QUOTE, position)
        while True:
            begin, position = position, _string_inside(data, position, end).end()
            if position >= end:
                raise Stopped(NEED_MORE, end)
            if position > begin:
                continue
            if data[position] == _QUOTE:
                return position + 1
            if data[position] == _BACKSLASH:
                position = self._escape(position + 1)
            else:
                if self.first_control is None:
                    self.first_control = position
                position += 1

    def value(self, position, depth):
        """Reads any value. `depth` brackets are open around it."""
        if position >= self.end:
            raise Stopped(NEED_MORE, position)
        first = self.data[position]
        if first == _QUOTE:
            return self.string(position)
        if first in (_OPEN_OBJECT, _OPEN_ARRAY):
            if depth >= DEPTH_MAX:
                raise Stopped(TOO_DEEP, position)
            inside = self._object if first == _OPEN_OBJECT else self._array
            return inside(position + 1, depth + 1)
        if first in _LITERALS:
            for byte in _LITERALS[first]:
                position = self.expect(byte, position)
            return position
        if first != _MINUS and not 0x30 <= first <= 0x39:
            raise Stopped(SYNTAX_ERROR, position)
        return self._number(position)

    def _escape(self, position):
        if position >= self.end:
            raise Stopped(NEED_MORE, position)
        if self.data[position] not in _ESCAPES:
            raise Stopped(SYNTAX_ERROR, position)
        is_unicode = self.data[position] == 0x75
        position += 1
        for _ in range(4 if is_unicode else 0):
            if position >= self.end:
                raise Stopped(NEED_MORE, position)
            if self.data[position] not in _HEX:
                raise Stopped(SYNTAX_ERROR, position)
            position += 1
        return position

    def _some_digits(self, position):
        if position >= self.end:
            raise Stopped(NEED_MORE, position)
        digits = _digits(self.data, position, self.end)
        if digits is None:
            raise Stopped(SYNTAX_ERROR, position)
        return digits.end()

    def _number(self, position):
        data, end = self.data, self.end
        if data[position] == _MINUS:
            position += 1
            if position >= end:
                raise Stopped(NEED_MORE, position)
        position = position + 1 if data[position] == _ZERO else self._some_digits(position)
        if position < end and data[position] == 0x2E:
            position = self._some_digits(position + 1)
        if position < end and data[position] in b"eE":
            position += 1
            if position >= end:
                raise Stopped(NEED_MORE, position)
            if data[position] in b"+-":
                position += 1
            position = self._some_digits(position)
        return position

    def _object(self, position, depth):
        data = self.data
        position = self.space(position)
        if data[position] == 0x7D:
            return position + 1
        while True:
            position = self.space(self.string(position))
            position = self.space(self.expect(0x3A, position))
            position = self.space(self.value(position, depth))
            if data[position] == 0x7D:
                return position + 1
            position = self.space(self.expect(0x2C, position))

    def _array(self, position, depth):
        data = self.data
        position = self.space(position)
        if data[position] == 0x5D:
            return position + 1
        while True:
            position = self.space(self.value(position, depth))
            if data[position] == 0x5D:
                return position + 1
            position = self.space(self.expect(0x2C, position))


def is_number(text):
    """Whether all of `text` is one JSON number."""
    return _number(text) is not None


def unescape(text):
    """Returns the bytes that the inside of a valid string means, and whether they are valid text. They are not when the
    string contains half a surrogate pair."""
    valid = True

    def replace(match):
        nonlocal valid
        escape = match.group()
        if len(escape) == 2:
            return _PLAIN_ESCAPES.get(escape, escape[1:])
        code_point = int(escape[2:6], 16)
        if len(escape) == 12:
            code_point = 0x10000 + ((code_point - 0xD800) << 10) + (int(escape[8:], 16) - 0xDC00)
        elif 0xD800 <= code_point < 0xE000:
            valid = False
            return b"?"
        return chr(code_point).encode()

    return _escape.sub(replace, text), valid
