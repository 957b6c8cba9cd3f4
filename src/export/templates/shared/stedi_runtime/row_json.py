"""Formats a row as the JSON text that the quarantine keeps, exactly as stedi's own engine writes it."""
import datetime
import decimal
import json
import re

_DECIMAL_DIGITS_MAX = 15  # decimals with more digits keep trailing zeros
_control = re.compile(r"\\u00([0-9a-f]{2})")


def _number(value):
    """Formats a double with the fewest digits, without an exponent from 1e-6 up to 1e21."""
    if value != value:
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "Infinity" if value > 0 else "-Infinity"
    sign, digits, exponent = decimal.Decimal(repr(value)).as_tuple()
    text = "".join(map(str, digits)).rstrip("0") or "0"
    point = len(digits) + exponent if value else 1
    minus = "-" if sign else ""
    if -6 < point <= 21:
        if point <= 0:
            return f"{minus}0.{'0' * -point}{text}"
        return f"{minus}{text[:point].ljust(point, '0')}.{text[point:] or '0'}"
    fraction = f".{text[1:]}" if len(text) > 1 else ""
    return f"{minus}{text[0]}{fraction}e{point - 1}"


def _text(value):
    return _control.sub(lambda match: match.group().upper().replace("U", "u", 1), json.dumps(value, ensure_ascii=False))


def _bytes(value):
    return "".join(chr(b) if 0x20 <= b < 0x7F and b not in b"\"'\\" else f"\\x{b:02X}" for b in value)


def _value(value, data_type):
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, decimal.Decimal):
        precision = int(re.search(r"\((\d+),", data_type).group(1))
        return _number(float(value)) if precision <= _DECIMAL_DIGITS_MAX else f"{value:f}"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, (bytes, bytearray)):
        return _text(_bytes(value))
    if isinstance(value, datetime.datetime):
        text = value.isoformat(" ", "microseconds")
        return _text(text.rstrip("0").rstrip("."))
    return _text(str(value))


def row_json(names, types, values):
    """Returns the JSON text of a row. `types`: Spark's names of the columns' types."""
    members = (f"{_text(name)}:{_value(value, kind)}" for name, kind, value in zip(names, types, values))
    return "{" + ",".join(members) + "}"
