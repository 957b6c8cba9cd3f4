"""Finds where reading can start again after damage. It keeps the lexical state of the damaged record (open
brackets, inside a string or not) and goes on until a byte that nothing whole can contain: either a '{' that
cannot be nested where it stands, or `}{"key":`, which in valid JSON can be neither nested nor part of a
string."""
import re

from .json_lexer import DEPTH_MAX, skip_space

LOOK_AHEAD_BYTES_MAX = 4096  # the pattern `{ "key" :` must be complete within so many bytes of its '{'
KEY_BYTES_MAX = 256

NO, YES, NEED_MORE = "no", "yes", "need_more"
SPACE = b" \t\n\r"
_key_stop = re.compile(rb'["\\\x00-\x1f]').search
_stop_in_string = re.compile(rb'[{\n"\\]').search
_stop_outside = re.compile(rb'[{\n"\[\]},]').search
_inside_string = re.compile(rb'(?:[^"\\]+|\\.){0,1000}', re.DOTALL).match
_observe_outside = re.compile(rb'["{}\[\]]').search
_GO_ON, _BEFORE, _AFTER = "go_on", "before", "after"


def key_follows(data, position, end):
    """Whether ws* "key" ws* : follows behind a '{'. NEED_MORE: it depends on bytes at `end`."""
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


class RecoveryScanner:
    """At first at top level: no bracket is open. `ends_at_separator`: inside a top-level array, where ',' and
    ']' end garbage."""

    def __init__(self, ends_at_separator):
        self._ends_at_separator = ends_at_separator
        self._brackets = []  # at most DEPTH_MAX; brackets deeper down are only counted
        self._depth = 0
        self._in_string = False
        self._escaped = False
        self._previous_token = 0  # last byte that counts outside strings; '"' after a string
        self._previous_byte = 0   # last byte that is not white space, inside strings too

    def observe(self, data, begin, end):
        """Takes in the valid beginning of a record without looking for an end."""
        position = begin
        while position < end:
            if self._in_string and not self._escaped:
                stop = _inside_string(data, position, end).end()
            else:
                found = None if self._escaped else _observe_outside(data, position, end)
                stop = position if self._escaped else found.start() if found else end
            self._pass(data, position, stop)
            if stop == end:
                return
            position = stop
            byte = data[position]
            self._note(byte)
            if self._in_string:
                self._step_in_string(byte)
            else:
                self._previous_token = byte
                if byte == 0x22:
                    self._in_string = True
                elif byte in b"{[":
                    self._push(byte)
                else:
                    self._pop()
            position += 1

    def scan(self, data, begin, end, at_end):
        """(True, position where reading starts again), or (False, position): everything before it is taken in;
        show bytes from there on, and more of them. `at_end`: no bytes follow; then it is always the former."""
        position = begin
        while position < end:
            if not self._escaped:
                search = _stop_in_string if self._in_string else _stop_outside
                stop = search(data, position, end)
                self._pass(data, position, stop.start() if stop else end)
                if stop is None:
                    break
                position = stop.start()
            verdict = self._step(data, position, end, at_end)
            if verdict == _BEFORE:
                return True, position
            if verdict == _AFTER:
                return True, position + 1
            if verdict == NEED_MORE:
                return False, position
            self._note(data[position])
            position += 1
        return at_end, end

    def _pass(self, data, begin, end):
        """Bytes that change nothing but what was seen last."""
        seen = data[begin:end].rstrip(SPACE)
        if seen:
            self._previous_byte = seen[-1]
            if not self._in_string:
                self._previous_token = seen[-1]

    def _note(self, byte):
        if byte not in SPACE:
            self._previous_byte = byte

    def _step(self, data, position, end, at_end):
        byte = data[position]
        if byte == 0x7B:
            return self._step_at_brace(data, position, end, at_end)
        if byte == 0x0A:
            # A string holds no raw newline, and after damage the parity of quotes is not to be trusted.
            if self._in_string:
                self._previous_token = 0x22
            self._in_string = self._escaped = False
            return _BEFORE if self._depth == 0 else _GO_ON
        if self._in_string:
            self._step_in_string(byte)
            return _GO_ON
        if self._depth == 0 and self._ends_at_separator and byte in b",]":
            return _BEFORE
        self._previous_token = byte
        if byte == 0x22:
            self._in_string = True
        elif byte == 0x5B:
            self._push(byte)
        elif byte in b"}]" and self._pop():
            return _AFTER
        return _GO_ON

    def _step_at_brace(self, data, position, end, at_end):
        if self._previous_byte == 0x7D:
            follows = key_follows(data, position + 1, end)
            if follows == NEED_MORE and not at_end:
                return NEED_MORE
            if follows == YES:
                return _BEFORE
        if self._in_string:
            self._step_in_string(0x7B)
            return _GO_ON
        if not self._can_nest():
            return _BEFORE
        self._push(0x7B)
        self._previous_token = 0x7B
        return _GO_ON

    def _can_nest(self):
        if self._depth == 0:
            return False
        in_array_place = self._previous_token in b"[,"
        after_key = self._previous_token == 0x3A
        if self._depth > DEPTH_MAX:
            return in_array_place or after_key
        return after_key if self._brackets[self._depth - 1] == 0x7B else in_array_place

    def _step_in_string(self, byte):
        if self._escaped:
            self._escaped = False
        elif byte == 0x5C:
            self._escaped = True
        elif byte == 0x22:
            self._in_string = False
            self._previous_token = 0x22

    def _push(self, bracket):
        if self._depth < DEPTH_MAX:
            del self._brackets[self._depth:]
            self._brackets.append(bracket)
        self._depth += 1

    def _pop(self):
        """True when that was the last one."""
        if self._depth == 0:
            return False
        self._depth -= 1
        return self._depth == 0
