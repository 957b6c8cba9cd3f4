"""Checks the values of the ${names} in a project's SQL, and replaces the names with them: as text, everywhere but in
comments."""
import datetime
import math
import re

AS_OF, PSEUDONYM_KEY, LANDING = "stedi.as_of", "stedi.pseudonym_key", "stedi.landing"

_refused = re.compile(r"['\"`\\\n\r\0]")
# Matches what decides whether a ${..} is replaced: comments, quotes and the ${..} itself. Block comments nest, so
# _comment_end finds where they end.
_piece = re.compile(r"--[^\n]*|/\*|\*/|'|\"|`|\$\{([^}'\"\r\n{]*)\}|\$\{", re.DOTALL)


class ParameterError(Exception):
    """A parameter is wrong. The message is one line for the user."""


_WHOLE = r"(?:0|-?[1-9][0-9]*)"
_REAL = r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?"
_TIME = r"(?: (?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,6})?)?"


def _is_day(text):
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text, re.ASCII):
        return False
    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _is_whole(text, bits=64):
    return bool(re.fullmatch(_WHOLE, text, re.ASCII)) and -(1 << bits - 1) <= int(text) < 1 << bits - 1


def _is_real(text):
    return bool(re.fullmatch(_REAL, text, re.ASCII)) and math.isfinite(float(text))


def _is_decimal(text, precision, scale):
    match = re.fullmatch(r"-?(0|[1-9][0-9]*)(?:\.([0-9]+))?", text, re.ASCII)
    if not match or len(match.group(2) or "") > scale:
        return False
    return match.group(1) == "0" or len(match.group(1)) + scale <= precision


def is_value(text, kind):
    """Whether a text is a value of a type, in the only form that all engines read alike."""
    if kind in ("INT", "BIGINT"):
        return _is_whole(text, 32 if kind == "INT" else 64)
    if kind in ("DOUBLE", "FLOAT"):
        return _is_real(text)
    if kind.startswith("DECIMAL"):
        return _is_decimal(text, *(int(n) for n in re.findall(r"[0-9]+", kind)))
    if kind == "BOOLEAN":
        return text.lower() in ("true", "false")
    if kind == "DATE":
        return _is_day(text)
    if kind.startswith("TIMESTAMP"):
        return _is_day(text[:10]) and bool(re.fullmatch(_TIME, text[10:], re.ASCII))
    return True


def _is_inside(text, least, most):
    if _is_day(least):
        return _is_day(text) and least <= text <= most
    return _is_whole(text) and int(least) <= int(text) <= int(most)


def check_rules(name, value, rules):
    """Returns the value. Raises ParameterError if it is not of the types that the SQL casts it to, or out of range."""
    for rule in rules.get("types", []):
        if not (rule["may_be_empty"] and not value) and not is_value(value, rule["type"]):
            raise ParameterError(f"{name} = '{value}' is not a value of type {rule['type']}")
    for rule in rules.get("ranges", []):
        if not _is_inside(value, rule["least"], rule["most"]):
            raise ParameterError(f"{name} = '{value}' is outside {rule['least']} to {rule['most']}")
    return value


def check_value(name, value):
    """Returns the value. Raises ParameterError if it contains a quote, a backslash or a line end: without these,
    '${name}' is always one text literal."""
    if _refused.search(value):
        raise ParameterError(f"the value of parameter {name} holds a quote, a backslash or a line end: "
                             "parameters are replaced as text, also between quotes: use a plain value")
    return value


def _comment_end(sql, begin):
    depth, at = 0, begin
    while at < len(sql):
        if sql.startswith("/*", at):
            depth, at = depth + 1, at + 2
        elif sql.startswith("*/", at):
            depth, at = depth - 1, at + 2
            if depth == 0:
                return at
        else:
            at += 1
    return len(sql)


def replace_parameters(sql, values):
    """Returns `sql` with each ${name} replaced. Raises ParameterError for a name without a value."""
    out, copied, at, quote = [], 0, 0, ""
    while match := _piece.search(sql, at):
        token, at = match.group(), match.end()
        if token in ("'", '"', "`"):
            quote = token if not quote else "" if quote == token else quote
        elif token == "/*" and not quote:
            at = _comment_end(sql, match.start())
        elif token.startswith("--") and quote:
            at = match.start() + 2
        elif token.startswith("${"):
            name = match.group(1)
            if name is None:
                raise ParameterError("${ is not closed: write ${name}, all on one line")
            if name not in values:
                raise ParameterError(f'parameter "{name}" is not set')
            out += [sql[copied:match.start()], values[name]]
            copied = at
    return "".join(out) + sql[copied:]
