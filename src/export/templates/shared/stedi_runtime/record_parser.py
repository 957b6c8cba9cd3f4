"""The full parser: turns any well-formed record into a row by a contract, or gives the reason why it cannot."""
import math
from dataclasses import dataclass

from .coercion import TYPE_MISMATCH, to_bigint, to_double, to_int
from .json_lexer import OK, JsonLexer, Stopped, is_number, unescape

COLUMNS_MAX = 256
_TO_NUMBER = {"BIGINT": to_bigint, "INT": to_int, "DOUBLE": to_double}
TYPES = ("STRING", "BOOLEAN", *_TO_NUMBER)
# The reject reasons that apply to one well-formed record, in the order of stedi's landing/rejection.h.
ONE_RECORD = ("invalid_utf8", "duplicate_key", "type_mismatch", "out_of_range", "not_null")


@dataclass(frozen=True)
class ContractColumn:
    name: str
    type: str  # one of TYPES
    not_null: bool = False
    empty_is_null: bool = False  # the empty string counts as null

    def is_null(self, raw):
        return raw == b"null" or (self.empty_is_null and raw == b'""')


class Contract:
    """What a feed promises about its records. Keys of records match names in either ASCII case."""

    def __init__(self, columns, keep_unfit=False, rejected=()):
        self.columns = tuple(columns)
        # If true, a value that its nullable column cannot hold does not reject the record: it becomes None, and is
        # rescued.
        self.keep_unfit = keep_unfit
        if len(self.columns) > COLUMNS_MAX:
            raise ValueError(f"a feed has {len(self.columns)} columns; at most {COLUMNS_MAX} are possible")
        for column in self.columns:
            if column.type not in TYPES:
                raise ValueError(f"column {column.name}: a feed has no type {column.type}")
        self.index = {column.name.encode(): i for i, column in enumerate(self.columns)}
        self.required = tuple(i for i, column in enumerate(self.columns) if column.not_null)
        # The columns whose values are looked for in the bytes of a rejected record.
        self.rejected = tuple(self.index[name.encode()] for name in rejected)

    @classmethod
    def of(cls, feed):
        """Returns the contract of a feed of pipeline.json."""
        return cls((ContractColumn(c["name"], c["type"], c.get("not_null", False), c.get("empty_is_null", False))
                    for c in feed["columns"]), feed.get("keep_unfit", False), feed.get("rejected_columns", ()))

    def can_keep_unfit(self, column):
        """Whether a value that the column cannot hold may become None. The first of the rejected columns tells whose
        record it is. A record without it is rejected, so that its bytes are searched for that value."""
        return self.keep_unfit and not self.columns[column].not_null and column not in self.rejected[:1]

    def find(self, key):
        """Returns the index of the column that an unescaped key names, or None."""
        return self.index.get(key.lower())

    def fitting(self, column, raw):
        """Returns a raw string, number or literal in the column's type; None when it does not fit, or is null."""
        try:
            if self.columns[column].is_null(raw) or not _string(raw)[1]:
                return None
            return _convert(self.columns[column], raw)
        except Fault:
            return None


class ParsedRecord:
    """The members of one record. `stop` is one past its '}', or where reading stopped."""
    __slots__ = ("status", "stop", "first_control", "members")

    def __init__(self, status, stop, first_control, members):
        self.status, self.stop = status, stop
        self.first_control = first_control  # position of the first raw control byte in a string, or None
        self.members = members  # (raw key without its quotes, raw value), in input order


def parse_record(data, begin, end):
    """Reads the object whose '{' is at `begin`."""
    lexer = JsonLexer(data, end)
    members = []
    try:
        position = lexer.space(begin + 1)
        if data[position] == 0x7D:
            return ParsedRecord(OK, position + 1, None, members)
        while True:
            key, key_end = position, lexer.string(position)
            value = lexer.space(lexer.expect(0x3A, lexer.space(key_end)))
            value_end = lexer.value(value, 1)
            members.append((data[key + 1:key_end - 1], data[value:value_end]))
            position = lexer.space(value_end)
            if data[position] == 0x7D:
                return ParsedRecord(OK, position + 1, lexer.first_control, members)
            position = lexer.space(lexer.expect(0x2C, position))
    except Stopped as stopped:
        return ParsedRecord(stopped.status, stopped.position, lexer.first_control, members)


class Fault(Exception):
    """Why a well-formed record cannot become a row."""

    def __init__(self, reason, found=None, column=None, wanted=None):
        super().__init__(reason)
        self.reason = reason
        self.misfit = (column, found, wanted)  # names of the column and of kinds of values, never a value


def _column_of(contract, key):
    if b"\\" in key:
        key, valid = unescape(key)
        if not valid:
            return None
    return contract.find(key)


def _string(raw):
    """Returns (text, whether it is valid) of a raw string. Other raw values are returned as they are."""
    if raw[:1] != b'"':
        return raw, True
    inside = raw[1:-1]
    return unescape(inside) if b"\\" in inside else (inside, True)


_KINDS = {b"n": "null", b"t": "true", b"f": "false", b"{": "object", b"[": "array"}


def kind_of(raw):
    """Returns the kind of a raw value, for messages."""
    if raw[:1] != b'"':
        return _KINDS.get(raw[:1], "number")
    text = _string(raw)[0]
    if not text:
        return "empty text"
    return "text" if text.strip(b" \t\n\r") else "blank text"


def _is_inexact(column_type, text):
    """Whether a number that no double equals lies between two doubles. Otherwise it is out of range."""
    if column_type != "DOUBLE":
        return False
    value = float(text)
    return value != 0 and not math.isinf(value)


def _convert(column, raw):
    first = raw[:1]

    def misfit(reason, found):
        return Fault(reason, found, column.name, column.type)

    if column.type == "BOOLEAN":
        if first not in (b"t", b"f"):
            raise misfit(TYPE_MISMATCH, kind_of(raw))
        return first == b"t"
    is_string = first == b'"'
    if not is_string and first not in b"-0123456789":
        raise misfit(TYPE_MISMATCH, kind_of(raw))
    text = _string(raw)[0] if is_string else raw
    if column.type == "STRING":
        return text.decode()
    if is_string and not is_number(text):
        raise misfit(TYPE_MISMATCH, kind_of(raw))
    value, reason = _TO_NUMBER[column.type](text)
    if reason == TYPE_MISMATCH:
        raise misfit(reason, "fraction")
    if reason:
        raise misfit(reason, "whole number that is not exact" if _is_inexact(column.type, text)
                     else "number out of range")
    return value


def record_values(contract, data, begin, record):
    """Returns the values of a record by contract, the JSON text of its other keys and unfit values, and the names of
    the columns with unfit values; the last two are None when there are none. Raises Fault with the reason that comes
    first."""
    if record.first_control is not None:
        raise Fault("malformed")
    try:
        data[begin:record.stop].decode()
    except UnicodeDecodeError:
        raise Fault("invalid_utf8") from None
    fields, rescued, duplicate = {}, [], None
    for place, (key, raw) in enumerate(record.members):
        column = _column_of(contract, key)
        if column is None:
            rescued.append(place)
        elif column in fields:
            duplicate = column if duplicate is None else duplicate
        else:
            fields[column] = (place, raw)
    for column, (_, raw) in fields.items():
        if contract.columns[column].type == "STRING" and raw[:1] == b'"' and not _string(raw)[1]:
            raise Fault("invalid_utf8", "half a surrogate pair", contract.columns[column].name, "STRING")
    if duplicate is not None:
        raise Fault("duplicate_key", "key given twice", contract.columns[duplicate].name, "one value")
    values, unfit = [None] * len(contract.columns), []
    for column, (place, raw) in fields.items():
        promised = contract.columns[column]
        if promised.is_null(raw):
            continue
        try:
            values[column] = _convert(promised, raw)
        except Fault:
            if not contract.can_keep_unfit(column):
                raise
            rescued.append(place)
            unfit.append(column)
    for column in contract.required:
        if values[column] is None:
            required = contract.columns[column]
            raise Fault("not_null", "null" if column in fields else "no such key", required.name,
                        f"{required.type} NOT NULL")
    members = [b'"' + key + b'":' + raw for key, raw in (record.members[place] for place in sorted(rescued))]
    return (values, (b"{" + b",".join(members) + b"}").decode() if members else None,
            ",".join(contract.columns[column].name for column in sorted(unfit)) or None)
