"""Lossless conversion of JSON numbers to the column types of a contract. A number that a type cannot hold exactly is a
reason to reject the record."""
import math

TYPE_MISMATCH, OUT_OF_RANGE = "type_mismatch", "out_of_range"

_EXPONENT_MAX = 1_000_000_000  # no 64-bit integer has more digits
_BIGINT_DIGITS_MAX = 19
_EXACT_DIGITS_MAX = 15  # every integer of this many digits is exactly a double


def _exponent(text):
    """Returns the exponent as written, limited to +-_EXPONENT_MAX."""
    digits = text.lstrip(b"+-").lstrip(b"0")
    value = _EXPONENT_MAX if len(digits) > 10 else min(int(digits or b"0"), _EXPONENT_MAX)
    return -value if text.startswith(b"-") else value


def _take_apart(number):
    """Returns (negative, whole digits, fraction digits, exponent, is an integer literal)."""
    negative = number.startswith(b"-")
    mantissa, e, exponent = number[negative:].lower().partition(b"e")
    whole, point, fraction = mantissa.partition(b".")
    return negative, whole, fraction, _exponent(exponent) if e else 0, not e and not point


def to_integer(number, bits):
    """Returns (value, None) for an exact integer in any notation (5, 5.0, 50e-1), else (None, reason)."""
    negative, whole, fraction, exponent, _ = _take_apart(number)
    digits = whole + fraction
    if not digits.strip(b"0"):
        return 0, None
    point = len(whole) + exponent
    if digits[max(point, 0):].strip(b"0"):
        return None, TYPE_MISMATCH
    significant = digits[:max(point, 0)].lstrip(b"0")
    zeros = max(point - len(digits), 0)
    if len(significant) + zeros > _BIGINT_DIGITS_MAX:
        return None, OUT_OF_RANGE
    value = int(significant or b"0") * 10 ** zeros
    if negative:
        value = -value
    if not -(1 << (bits - 1)) <= value < 1 << (bits - 1):
        return None, OUT_OF_RANGE
    return value, None


def to_bigint(number):
    return to_integer(number, 64)


def to_int(number):
    return to_integer(number, 32)


def to_double(number):
    """Returns (value, None) with the nearest double. Returns (None, reason) for an integer literal that no double
    equals, for overflow, and for a number other than 0 that would become 0."""
    negative, whole, fraction, _, is_integer_literal = _take_apart(number)
    if not (whole + fraction).strip(b"0"):
        return -0.0 if negative else 0.0, None
    value = float(number)
    if math.isinf(value) or value == 0:
        return None, OUT_OF_RANGE
    if is_integer_literal and len(whole) > _EXACT_DIGITS_MAX and int(abs(value)) != int(whole):
        return None, OUT_OF_RANGE
    return value, None
