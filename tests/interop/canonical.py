"""Gives a value one text, whatever reader it came from, so that readers with different types (Arrow, Java, DuckDB) can
be compared. Needs nothing but Python, since it runs in each reader's own environment."""
import datetime
import decimal


def canonical(value):
    """None stays None: it differs from every text."""
    if value is None:
        return None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, (bytes, bytearray)):
        return bytes(value).hex()
    if isinstance(value, datetime.datetime):
        if value.tzinfo:
            value = value.astimezone(datetime.timezone.utc).replace(tzinfo=None)
        return value.isoformat(sep=" ", timespec="microseconds")
    if isinstance(value, (int, str, datetime.date, decimal.Decimal)):
        return str(value)
    raise TypeError(f"no canonical form of a {type(value).__name__}")
