"""Reads records that look like an earlier one with one regular expression each: the same keys in the same order, values
of the same kinds, and no escapes. The full parser decides about any record that does not match."""
import re
from operator import itemgetter

from .record_parser import record_values

_TEMPLATES_MAX = 16
_W = rb"[ \t\n\r]*"
_NUMBER = rb"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?"
_TEXT = rb'"([^"\\\x00-\x1f]*)"'
_SOME_TEXT = rb'"([^"\\\x00-\x1f]+)"'
# Narrower than JSON: only numbers that convert without further checks.
_WHOLE = rb"(-?(?:0|[1-9][0-9]{0,%d}))(?:\.0+)?"
_REAL = rb"(-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,40})?(?:[eE][+-]?[0-9]{1,2})?)"
_OTHER = rb'("[^"\\\x00-\x1f]*"|' + _NUMBER + rb"|true|false|null)"
_plain_key = re.compile(rb"[A-Za-z0-9_ .$-]+").fullmatch


def _is_true(text):
    return text == b"true"


def _value_pattern(column, raw):
    """Returns (pattern with one group, conversion of the group) for values like `raw`, or None when such values need
    the full parser."""
    column_type, is_string = column.type, raw[:1] == b'"'
    if column_type == "STRING":
        text = _SOME_TEXT if column.empty_is_null else _TEXT
        return (text if is_string or raw == b"null" else b"(" + _NUMBER + b")", bytes.decode)
    if is_string and not column.is_null(raw):
        return None
    return {"BIGINT": (_WHOLE % 17, int), "INT": (_WHOLE % 8, int), "DOUBLE": (_REAL, float),
            "BOOLEAN": (rb"(true|false)", _is_true)}[column_type]


class Template:
    """Matches records with exactly these keys in this order."""

    def __init__(self, contract, members, columns):
        parts, self._conversions, self._rescued = [], [], []
        slots = []
        for (key, raw), column in zip(members, columns):
            prefix = b'"' + re.escape(key) + b'"' + _W + b":" + _W
            if column is None:
                self._rescued.append((len(slots), '"' + key.decode() + '":'))
                parts.append(prefix + _OTHER)
                self._conversions.append(bytes.decode)
            else:
                promised = contract.columns[column]
                pattern, conversion = _value_pattern(promised, raw)
                null = b"" if promised.not_null else b'|null|""' if promised.empty_is_null else b"|null"
                parts.append(prefix + b"(?:" + pattern + null + b")")
                self._conversions.append(conversion)
            slots.append(column)
        self.match = re.compile(rb"\{" + _W + (_W + b"," + _W).join(parts) + _W + rb"\}").match
        # The index of each column's group. Missing columns have the index after all groups, where values() puts a None.
        places = [slots.index(i) if i in slots else len(slots) for i in range(len(contract.columns))]
        self._pick = itemgetter(*places) if len(places) > 1 else lambda values: (values[places[0]],)

    def values(self, match):
        """Returns the values and the rescued text as record_values does; nothing is unfit. Raises UnicodeDecodeError
        when a text is not UTF-8."""
        values = [None if group is None else conversion(group)
                  for conversion, group in zip(self._conversions, match.groups())]
        values.append(None)
        rescued = None
        if self._rescued:
            rescued = "{" + ",".join([key + values[slot] for slot, key in self._rescued]) + "}"
        return self._pick(values), rescued


class FastPath:
    def __init__(self, contract):
        self._contract = contract
        self.templates = []  # the one that matched last comes first

    def learn(self, data, begin, record):
        """Makes a template from a record that the full parser made into a row, if the form of the record allows it."""
        columns = [self._contract.find(key) for key, _ in record.members]
        named = [column for column in columns if column is not None]
        if not named or len(named) != len(set(named)) or len(columns) > 100:
            return
        if not set(self._contract.required) <= set(named):
            return
        for (key, raw), column in zip(record.members, columns):
            if not _plain_key(key):
                return
            if column is not None and _value_pattern(self._contract.columns[column], raw) is None:
                return
        template = Template(self._contract, record.members, columns)
        match = template.match(data, begin)
        # A template is only used if it reads its own example as the full parser does.
        if match is None or match.end() != record.stop:
            return
        values, rescued, unfit = record_values(self._contract, data, begin, record)
        if (*template.values(match), None) != (tuple(values), rescued, unfit):
            return
        self.templates.insert(0, template)
        del self.templates[_TEMPLATES_MAX:]
