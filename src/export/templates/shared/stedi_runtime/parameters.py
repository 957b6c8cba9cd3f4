"""Values of the ${names} in a project's SQL, and their replacement: as text, everywhere but in comments."""
import re

AS_OF, PSEUDONYM_KEY, LANDING = "stedi.as_of", "stedi.pseudonym_key", "stedi.landing"

_refused = re.compile(r"['\"`\\\n\r\0]")
# What is copied as it stands up to a ${..}; block comments nest, so their inside is not looked into here.
_piece = re.compile(r"--[^\n]*|/\*|\*/|'|\"|`|\$\{([^}'\"\r\n{]*)\}|\$\{", re.DOTALL)


class ParameterError(Exception):
    """One line: what is wrong with a parameter."""


def check_value(name, value):
    """A value without quotes, so that '${name}' is always one text."""
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
    """`sql` with each ${name} replaced. Raises ParameterError for a name without a value."""
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
