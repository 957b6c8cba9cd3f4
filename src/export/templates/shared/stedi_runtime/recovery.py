"""Finds where reading can start again after damage: before a '{' with a key that is proven to begin a record
(record_proof.py), whatever brackets and quotes seem to be open. It still counts them, to recognize the end of a line
that is not part of a record, and the end of a top-level array."""
import re

from .json_lexer import skip_space

LOOK_AHEAD_BYTES_MAX = 4096  # the pattern `{ "key" :` must be complete within this many bytes of its '{'
KEY_BYTES_MAX = 256

NO, YES, NEED_MORE = "no", "yes", "need_more"
SPACE = b" \t\n\r"
_key_stop = re.compile(rb'["\\\x00-\x1f]').search
_stop_in_string = re.compile(rb'["\\\n]').search
_stop_outside = re.compile(rb'["{}\[\]\n]').search
_look_in_array = re.compile(rb"[{\]]").search
_look_in_lines = re.compile(rb"[{\n]").search
_skip_in_line = re.compile(rb"[ \t\r]*").match
FOUND, CANDIDATE = "found", "candidate"


def key_follows(data, position, end):
    """Whether ws* "key" ws* : follows; `position` is behind a '{'. NEED_MORE: it depends on bytes at `end`."""
    is_cut = end - position < LOOK_AHEAD_BYTES_MAX
    limit = end if is_cut else position + LOOK_AHEAD_BYTES_MAX
    at_limit = NEED_MORE if is_cut else NO
    position = skip_space(data, position, limit).end()
    if position == limit:
        return at_limit
    if data[position] != 0x22:
        return NO
    key = position + 1
    stop = _key_stop(data, key, limit)
    length = (stop.start() if stop else limit) - key
    if length > KEY_BYTES_MAX:
        return NO
    if stop is None:
        return at_limit
    if length == 0 or stop.group() != b'"':
        return NO
    position = skip_space(data, stop.end(), limit).end()
    if position == limit:
        return at_limit
    return YES if data[position] == 0x3A else NO


def _file_ends(data, position, end, at_end):
    """Whether nothing but white space follows."""
    is_cut = end - position < LOOK_AHEAD_BYTES_MAX
    limit = end if is_cut else position + LOOK_AHEAD_BYTES_MAX
    if skip_space(data, position, limit).end() < limit or not is_cut:
        return NO
    return YES if at_end else NEED_MORE


def _line_opens(data, position, end):
    """Whether the line begins with a '{'. An empty line does not."""
    is_cut = end - position < LOOK_AHEAD_BYTES_MAX
    limit = end if is_cut else position + LOOK_AHEAD_BYTES_MAX
    position = _skip_in_line(data, position, limit).end()
    if position == limit:
        return NEED_MORE if is_cut else NO
    return YES if data[position] == 0x7B else NO


class _Reading:
    """Open brackets and quotes. Damage may have inverted what is inside of strings and what is not."""
    __slots__ = ("depth", "in_string", "escaped")

    def __init__(self, depth=0, in_string=False):
        self.depth, self.in_string, self.escaped = depth, in_string, False

    def pass_over(self, data, begin, end):
        position = begin
        while position < end:
            if self.escaped:
                self.step(data[position])
                position += 1
                continue
            found = (_stop_in_string if self.in_string else _stop_outside)(data, position, end)
            if found is None:
                return
            self.step(data[found.start()])
            position = found.end()

    def step(self, byte):
        if byte == 0x0A:
            # A string cannot contain a raw newline, and after damage the parity of quotes cannot be trusted.
            self.in_string = self.escaped = False
        elif self.in_string:
            if byte == 0x22 and not self.escaped:
                self.in_string = False
            self.escaped = byte == 0x5C and not self.escaped
        elif byte == 0x22:
            self.in_string = True
        elif byte in b"{[":
            self.depth += 1
        elif byte in b"}]" and self.depth:
            self.depth -= 1

    def at_top_level(self):
        return self.depth == 0 and not self.in_string


class RecoveryScanner:
    """Begins at top level, where no bracket is open."""

    def __init__(self, in_array):
        self._in_array = in_array
        self._as_read, self._inverted = _Reading(), None
        self._look_at = _look_in_array if in_array else _look_in_lines

    def observe(self, data, begin, end):
        """Takes in the valid beginning of a record without looking for an end."""
        self._as_read.pass_over(data, begin, end)

    def scan(self, data, begin, end, refused, at_end):
        """Returns (FOUND, position where reading starts again); (CANDIDATE, position where perhaps a record begins): to
        refuse it, scan on from there; or (NEED_MORE, position): everything before it is taken in; show bytes from there
        on, and more of them. Candidates before `refused` are passed over. `at_end`: no bytes follow `end`."""
        if self._inverted is None:
            self._inverted = _Reading(self._as_read.depth, not self._as_read.in_string)
        position = begin
        while True:
            found = self._look_at(data, position, end)
            stop = found.start() if found else end
            self._as_read.pass_over(data, position, stop)
            self._inverted.pass_over(data, position, stop)
            if not found:
                return (FOUND if at_end else NEED_MORE), end
            verdict = self._look(data, stop, end, refused, at_end)
            if verdict:
                return verdict, stop
            self._as_read.pass_over(data, stop, stop + 1)
            self._inverted.pass_over(data, stop, stop + 1)
            position = stop + 1

    def at_top_level(self):
        """Whether the brackets since the beginning are closed again, by one of the two readings."""
        return self._as_read.at_top_level() or self._inverted.at_top_level()

    def _look(self, data, position, end, refused, at_end):
        """Judges the byte at `position` before it is taken in. Returns None to go on."""
        byte = data[position]
        if byte == 0x7B:
            if position < refused:
                return None
            found, verdict = key_follows(data, position + 1, end), CANDIDATE
        elif byte == 0x5D:
            if not self.at_top_level():
                return None
            found, verdict = _file_ends(data, position + 1, end, at_end), FOUND
        else:
            # The damaged line ends, and the next one begins as a record does.
            if self._as_read.depth:
                return None
            found, verdict = _line_opens(data, position + 1, end), FOUND
        if found == NEED_MORE and not at_end:
            return NEED_MORE
        return verdict if found == YES else None
