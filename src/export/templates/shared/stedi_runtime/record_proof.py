"""Tells whether an object is a record of the file or lies inside one. After damage the open brackets are not known any
more; what *follows* an object tells. Inside a record every object is followed by ',', ']' or '}': so one that is
followed by a '{', or by the end of the file, is a record. Elements of a top-level array are followed by ',' as well:
there reading goes on to the ']' that ends the values: more of the record follows a nested array, but not a top-level
one."""
import re

from .json_lexer import NEED_MORE as LEX_NEED_MORE
from .json_lexer import JsonLexer, Stopped, skip_space
from .recovery import LOOK_AHEAD_BYTES_MAX, NO, YES

SURE, ASK, NEED_MORE = "sure", "ask", "need_more"
# RECORD: a record. ELEMENT: a record and an element of a top-level array. NESTED: inside a record, or only the
# beginning of one. OPEN: whole, with a ',' behind it, but there is more damage before the bytes tell. UNKNOWN: not
# whole, or followed by what follows no record.
RECORD, ELEMENT, NESTED, OPEN, UNKNOWN = "record", "element", "nested", "open", "unknown"
_skip_separators = re.compile(rb"[ \t\n\r,]*").match
_QUOTE, _COMMA, _COLON, _OPEN, _CLOSE, _OPEN_ARRAY, _CLOSE_ARRAY = b'",:{}[]'


def what_follows(data, position, end, at_end, in_array, is_empty):
    """Returns what the bytes from `position` on, right after a well-formed object, say about it. SURE: such bytes never
    follow an object inside a record. ASK: prove_record() decides. `is_empty`: the object is `{}`, which may also occur
    in text; outside an array it only counts on a line of its own."""
    is_cut = end - position < LOOK_AHEAD_BYTES_MAX
    limit = end if is_cut else position + LOOK_AHEAD_BYTES_MAX
    behind = position
    at_limit = ASK if not is_cut else SURE if at_end else NEED_MORE
    position = skip_space(data, position, limit).end()
    if position == limit:
        return at_limit
    if is_empty and not in_array and b"\n" not in data[behind:position]:
        return ASK
    if data[position] in (_OPEN, _OPEN_ARRAY):
        return SURE
    if data[position] != _COMMA or not in_array:
        return ASK
    position = _skip_separators(data, position, limit).end()
    if position == limit:
        return at_limit
    if data[position] in (_CLOSE, _COLON, _CLOSE_ARRAY):
        return ASK
    if data[position] != _QUOTE or _is_text_element(data, position, limit):
        return SURE
    return NEED_MORE if is_cut and not at_end else ASK


def _is_text_element(data, position, end):
    lexer = JsonLexer(data, end)
    try:
        return data[lexer.space(lexer.string(position))] in (_COMMA, _CLOSE_ARRAY)
    except Stopped:
        return False


def prove_record(data, begin, end, at_end, record_bytes_max, size_counts):
    """Returns (what it is, next) for the object whose '{' is at `begin`. Reads at most LOOK_AHEAD_BYTES_MAX bytes
    beyond record_bytes_max. NESTED, OPEN, UNKNOWN: no record that could be proven begins before `next`, which is always
    behind the '{'. `size_counts`: whether a run of values that is longer than the largest record shows that no record
    is around them. `at_end`: no bytes follow `end`."""
    return _RecordProof(data, begin, end, at_end, record_bytes_max, size_counts).run()


class _RecordProof:
    def __init__(self, data, begin, end, at_end, record_bytes_max, size_counts):
        self._data, self._begin, self._size_counts = data, begin, size_counts
        limit = record_bytes_max + LOOK_AHEAD_BYTES_MAX  # a record of that length, and what follows it
        self._is_limited = end - begin > limit  # bytes follow `end`, but a record ends before them
        self._at_end = at_end and not self._is_limited
        self._end = begin + limit if self._is_limited else end
        self._is_first = True  # the current value is the object at `begin`
        self._has_comma = False

    def run(self):
        data, end, position = self._data, self._end, self._begin
        while True:
            value, lexer = position, JsonLexer(data, end)
            self._is_first = value == self._begin
            try:
                behind = lexer.value(value, 0)
            except Stopped as stopped:
                if stopped.status == LEX_NEED_MORE:
                    return self._at_end_of_bytes(True)
                # A string cannot contain a raw newline: the next record may begin after it.
                return self._not_proven(stopped.position if lexer.first_control is None else lexer.first_control)
            # Outside a record, the reader takes a string with a control byte for damage.
            if lexer.first_control is not None and data[value] != _OPEN:
                return self._not_proven(behind)
            position = skip_space(data, behind, end).end()
            if position == end:
                return self._at_end_of_bytes(False)
            if data[position] != _COMMA:
                return self._at_last(value, behind, position)
            self._has_comma = True
            position = _skip_separators(data, position, end).end()
            if position == end:
                return self._at_end_of_bytes(False)
            if data[position] == _CLOSE_ARRAY:
                return self._at_bracket(position)
            if data[position] in (_CLOSE, _COLON):
                return self._in_object(position)
            if data[position] == _QUOTE:
                key = self._is_key(position)
                if key == YES:
                    return self._in_object(position)
                if key == NEED_MORE:
                    return self._at_end_of_bytes(True)

    def _proven(self):
        return (ELEMENT if self._has_comma else RECORD), None

    def _not_proven(self, position):
        return (OPEN if self._has_comma else UNKNOWN), max(position, self._begin + 1)

    def _in_object(self, position):
        """What is at `position` belongs to an object around the values. An object does not contain several values in a
        row, so more than one value is damage."""
        return (NESTED, position) if self._is_first else self._not_proven(position)

    def _at_end_of_bytes(self, in_value):
        if self._is_limited:
            return (ELEMENT, None) if self._size_counts and self._has_comma else self._not_proven(self._end)
        if not self._at_end:
            return NEED_MORE, None
        return self._not_proven(self._end) if in_value else self._proven()

    def _is_key(self, position):
        lexer = JsonLexer(self._data, self._end)
        try:
            return YES if self._data[lexer.space(lexer.string(position))] == _COLON else NO
        except Stopped as stopped:
            return NEED_MORE if stopped.status == LEX_NEED_MORE else NO

    def _at_last(self, value, behind, position):
        """Decides by the byte at `position`, which follows the value [value, behind) and is no ','."""
        data, byte = self._data, self._data[position]
        if byte == _CLOSE_ARRAY:
            return self._at_bracket(position)
        if byte == _CLOSE:
            return self._in_object(position + 1)
        is_empty = not self._has_comma and skip_space(data, value + 1, behind).end() == behind - 1
        if is_empty and b"\n" not in data[behind:position]:
            return self._not_proven(position)
        if byte in (_OPEN, _OPEN_ARRAY):
            return self._proven()
        # An object on a line of its own is whole, even if damage follows. But where a `}` took the place of a `,`, the
        # beginning of a record looks whole, and the rest of its keys follows.
        is_line = b"\n" in data[behind:position]
        may_be_key = byte in (_QUOTE, _COLON)
        if not is_line or (may_be_key and b"\n" in data[value:behind]):
            return self._not_proven(position)
        return self._proven()

    def _at_bracket(self, position):
        position = skip_space(self._data, position + 1, self._end).end()
        if position == self._end:
            return (ELEMENT, None) if self._at_end else self._at_end_of_bytes(False)
        if self._data[position] in (_COMMA, _CLOSE, _CLOSE_ARRAY):
            return NESTED, position
        return self._proven()
