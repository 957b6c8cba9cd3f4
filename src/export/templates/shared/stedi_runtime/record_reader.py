"""Divides the bytes of a landing file into records, rejections, white space and framing, exactly as stedi's own reader
does (docs/decisions/0002-damage-in-landing-files.md in stedi's source)."""
import re
from dataclasses import dataclass, field

from .fast_path import FastPath
from .json_lexer import NEED_MORE, OK, SYNTAX_ERROR, TOO_DEEP, JsonLexer, Stopped
from .record_parser import Fault, kind_of, parse_record, record_values
from .record_proof import ELEMENT, OPEN, RECORD, SURE, prove_record, what_follows
from .record_proof import NEED_MORE as PROOF_NEED_MORE
from .recovery import CANDIDATE, FOUND, LOOK_AHEAD_BYTES_MAX, SPACE, RecoveryScanner
from .rejected_values import RejectedValues

BLOCK_BYTES = 1 << 20
RECORD_BYTES_MAX = 16 << 20  # longer records are too_large
RAW_BYTES_MAX = 64 << 10     # kept of a rejection
NO_MISFIT = (None, None, None)

_BYTE_ORDER_MARK = b"\xEF\xBB\xBF"
_DELIMITERS = frozenset(SPACE + b',]}[{"')
_separators = re.compile(rb"[ \t\n\r]*").match
_array_separators = re.compile(rb"[ \t\n\r,]*").match


@dataclass
class Row:
    offset: int   # byte of its '{' in the decoded file
    values: tuple  # by contract
    rescued: str  # None when there are no other keys and nothing is unfit
    unfit: str = None  # names of the columns that could not hold their values


@dataclass
class Rejection:
    offset: int
    length: int  # 0: something is missing here
    reason: str
    raw: bytes   # the first RAW_BYTES_MAX bytes
    rows: list   # of the table of rejected records: the values of its columns; empty without such a table
    misfit: tuple = NO_MISFIT  # (column, found, wanted) where the fault is about one value


@dataclass
class Counts:
    """Counts of decoded bytes, so that accepted + quarantined + whitespace + framing == decoded; and of records."""
    decoded: int = 0
    accepted: int = 0
    quarantined: int = 0
    framing: int = 0
    records: int = 0
    rejected: int = 0

    @property
    def whitespace(self):
        return self.decoded - self.accepted - self.quarantined - self.framing


class _Window:
    """A contiguous view of a file's decoded bytes that moves forward and can grow."""

    def __init__(self, read, block_bytes):
        self._read, self._block_bytes = read, block_bytes
        self.data, self.base, self.exhausted = b"", 0, False

    def extend(self, keep):
        """Reads more bytes and drops those before `keep`, which becomes the start of `data`. Returns False at the
        end."""
        kept = self.data[keep:]
        self.base += keep
        if self.exhausted:
            self.data = kept
            return False
        wanted = max(self._block_bytes, len(kept))  # doubling keeps reading a record again linear
        got = self._read(wanted)
        self.exhausted = len(got) < wanted
        self.data = kept + got
        return bool(got)


@dataclass
class _Damage:
    """A stretch that became no row. The bytes up to `observed` were well-formed; recovery starts there."""
    reason: str
    observed: int
    maybe_cut_off: bool = field(default=False)  # truncated if reading starts again right where it failed
    refused: int = field(default=0)  # no record begins between `observed` and here


class _Stretch:
    """Collects the bytes of a rejection while recovery passes over them."""

    def __init__(self, found):
        self._found = found
        self.raw = b""
        self.end = 0            # without trailing white space
        self.end_of_record = 0  # without trailing separators, of which `commas` are commas
        self.commas = 0

    def add(self, offset, data):
        self._found.look(data, False)
        self.raw += data[:RAW_BYTES_MAX - len(self.raw)]
        length = len(data.rstrip(SPACE))
        if length:
            self.end = offset + length
        length = len(data.rstrip(SPACE + b","))
        if length:
            self.end_of_record = offset + length
            self.commas = 0
        self.commas += data.count(b",", length)


def _trim_end(data, begin, end):
    """Returns one past the last byte of [begin, end) that is not white space."""
    return begin + len(data[begin:end].rstrip(SPACE))


_first_key = re.compile(rb'\{[ \t\n\r]*"([^"\\\x00-\x1f]*)"').match


def _begins_a_record(data, begin, brace, end):
    """Whether the '{' at `brace`, which is a syntax error in the record at `begin`, begins the next record. Otherwise
    this '{' may be a byte too many, which the rest of the record follows. No record has its first key twice: if the
    same key follows the '{', it begins the next record."""
    before = _trim_end(data, begin, brace)
    if data[before - 1] == 0x7B:
        return True  # the '{' is doubled: nothing of the record precedes it
    if b"\n" in data[before:brace] and (data[before - 1] != 0x2C or b"\n" not in data[begin:before]):
        return True
    own, following = _first_key(data, begin, brace), _first_key(data, brace, end)
    return bool(own and following and own[1] and own[1] == following[1])


class RecordReader:
    """Iterates over the Rows and Rejections of one file in order. `read(n)` returns the next n decoded bytes, fewer
    only at the end. `counts` is valid after the iteration."""

    def __init__(self, contract, read, block_bytes=BLOCK_BYTES, record_bytes_max=RECORD_BYTES_MAX,
                 fast_path=True):
        self._contract = contract
        self._window = _Window(read, block_bytes)
        self._record_bytes_max = record_bytes_max
        self._fast_path = FastPath(contract) if fast_path else None
        self._found = RejectedValues(contract)
        self._at = 0             # the position in the window's data
        self._has_begun = False  # a byte other than white space was read
        self._is_array = None    # the first such byte decides: '[' makes an array file
        self._in_array = False   # a top-level '[' is open
        self.counts = Counts()

    def __iter__(self):
        self._skip_byte_order_mark()
        while self._skip_separators():
            byte = self._window.data[self._at]
            is_first, self._has_begun = not self._has_begun, True
            if self._is_array is None:
                self._is_array = byte == 0x5B
            if byte == 0x7B:
                if self._fast_path:
                    yield from self._run_fast_path()
                    if self._at >= len(self._window.data) or self._window.data[self._at] != 0x7B:
                        continue
                yield self._read_record(is_first)
            elif self._is_array and byte == (0x5D if self._in_array else 0x5B):
                self._in_array = not self._in_array
                self.counts.framing += 1
                self._at += 1
            else:
                yield self._read_other_value(is_first)
        self.counts.decoded = self._window.base + self._at
        if self._in_array:
            self._found.begin(self._in_array)
            yield self._reject(0, "truncated", b"", True)  # the ']' is missing

    def _skip_byte_order_mark(self):
        while len(self._window.data) < len(_BYTE_ORDER_MARK) and self._window.extend(0):
            pass
        if self._window.data.startswith(_BYTE_ORDER_MARK):
            self._at = len(_BYTE_ORDER_MARK)
            self.counts.framing += self._at

    def _skip_separators(self):
        """Skips white space and, in an array, commas. Returns False when no byte is left."""
        skip = _array_separators if self._in_array else _separators
        while True:
            data = self._window.data
            stop = skip(data, self._at).end()
            if self._in_array:
                self.counts.framing += data.count(b",", self._at, stop)
            self._at = stop
            if stop < len(data):
                return True
            more = self._window.extend(stop)
            self._at = 0
            if not more:
                return False

    def _run_fast_path(self):
        """Yields rows as long as records match a template. Stops before whatever does not, perhaps a separator."""
        data, at, base = self._window.data, self._at, self._window.base
        in_array, counts, templates = self._in_array, self.counts, self._fast_path.templates
        separators = _array_separators if in_array else _separators
        end = len(data)
        try:
            while at < end and data[at] == 0x7B:
                for place, template in enumerate(templates):
                    match = template.match(data, at)
                    if match:
                        break
                else:
                    return
                stop = match.end()
                following = separators(data, stop).end()
                # If no other record follows directly, the full parser must check whether this one is whole.
                if stop - at > self._record_bytes_max or following == end or data[following] != 0x7B:
                    return
                try:
                    values, rescued = template.values(match)
                except UnicodeDecodeError:
                    return
                if place:
                    templates.insert(0, templates.pop(place))
                counts.accepted += stop - at
                counts.records += 1
                row = Row(base + at, values, rescued)
                at = following
                if in_array:
                    counts.framing += data.count(b",", stop, at)
                yield row
        finally:
            self._at = at

    def _parse_end(self):
        """Returns where parsing of the current record must end: with the bytes that are there, or at the size limit."""
        return min(len(self._window.data), self._at + self._record_bytes_max)

    def _lengthen(self):
        """Reads more bytes of the current record. Returns True: there are more. False: the file ends. None: the record
        is too large."""
        if len(self._window.data) - self._at > self._record_bytes_max:
            return None
        more = self._window.extend(self._at)
        self._at = 0
        return more

    def _read_record(self, is_first):
        """Reads one record. `is_first`: only white space precedes it in the file."""
        is_proven = False
        while True:
            data, begin = self._window.data, self._at
            record = parse_record(data, begin, self._parse_end())
            has_control = record.first_control is not None
            if record.status == OK:
                follows = SURE if is_proven else what_follows(data, record.stop, len(data), self._window.exhausted,
                                                              self._in_array, not record.members)
                if follows == SURE:
                    return self._store(record)
                if follows == PROOF_NEED_MORE:
                    self._window.extend(begin)
                    self._at = 0
                    continue
                length, base = record.stop - begin, self._window.base
                proof, refused = self._prove(begin, True)
                self._at -= self._window.base - base
                is_proven = self._accept(proof, is_first or self._in_array)
                if is_proven:
                    continue
                return self._recover(_Damage("malformed", self._at + length, False, refused))
            if record.status == TOO_DEEP:
                return self._recover(_Damage("too_deep", record.stop))
            if record.status == SYNTAX_ERROR:
                length = record.stop - begin
                fault = (record.first_control if has_control else record.stop) - begin
                refused = data[record.stop] == 0x7B and not self._is_next_record(length)
                return self._recover(_Damage("malformed", self._at + fault, not has_control,
                                             self._at + length + 1 if refused else 0))
            more = self._lengthen()
            if more is None:
                observed = record.first_control if has_control else self._at + self._record_bytes_max
                return self._recover(_Damage("too_large", observed))
            if not more:
                data = self._window.data
                reason = "malformed" if has_control else "truncated"
                return self._reject_whole(_trim_end(data, self._at, len(data)), reason, True)

    def _is_next_record(self, length):
        """Whether the '{' that lies `length` bytes into the current record, as a syntax error, begins the next
        record."""
        while len(self._window.data) - self._at - length < LOOK_AHEAD_BYTES_MAX:
            more = self._window.extend(self._at)
            self._at = 0
            if not more:
                break
        brace = self._at + length
        end = min(len(self._window.data), brace + LOOK_AHEAD_BYTES_MAX)
        return _begins_a_record(self._window.data, self._at, brace, end)

    def _prove(self, begin, size_counts):
        """Returns (proof, next) for the object at `begin`. Bytes before `begin` may be dropped from the window; then
        the object is at 0."""
        while True:
            data = self._window.data
            proof, following = prove_record(data, begin, len(data), self._window.exhausted, self._record_bytes_max,
                                            size_counts)
            if proof != PROOF_NEED_MORE:
                return proof, following
            self._window.extend(begin)
            begin = 0

    def _accept(self, proof, open_suffices):
        """Whether `proof` makes the object a record. `open_suffices`: OPEN is enough, since nothing speaks against
        it."""
        if proof == RECORD:
            return True
        if proof != ELEMENT and not (proof == OPEN and open_suffices):
            return False
        self._in_array = self._is_array = True  # perhaps the '[' was lost
        return True

    def _store(self, record):
        data, begin = self._window.data, self._at
        try:
            values, rescued, unfit = record_values(self._contract, data, begin, record)
        except Fault as fault:
            # With a raw newline in a string these may be two records: one was cut off, the next one lost its beginning.
            return self._reject_whole(record.stop, fault.reason, record.first_control is not None, fault.misfit)
        if self._fast_path:
            self._fast_path.learn(data, begin, record)
        self.counts.accepted += record.stop - begin
        self.counts.records += 1
        self._at = record.stop
        return Row(self._window.base + begin, tuple(values), rescued, unfit)

    def _read_other_value(self, is_first):
        """Rejects a number, string, literal or array between records, or garbage."""
        is_inner_array = self._in_array and self._window.data[self._at] == 0x5B
        while True:
            data, begin = self._window.data, self._at
            lexer, status = JsonLexer(data, self._parse_end()), OK
            try:
                stop = lexer.value(begin, 0)
            except Stopped as stopped:
                status, stop = stopped.status, stopped.position
            if lexer.first_control is not None or status == SYNTAX_ERROR:
                return self._recover(_Damage("malformed", begin))
            if status == TOO_DEEP:
                return self._recover(_Damage("too_deep", stop))
            if status == OK and stop < len(data):
                if is_first and data[stop] == 0x5B:
                    self._is_array = None  # a byte too many before the '['
                kind = kind_of(data[begin:stop])
                if data[stop] not in _DELIMITERS or (is_inner_array and self._is_array_left_open(stop)):
                    return self._recover(_Damage("malformed", self._at))
                return self._reject_whole(stop - begin + self._at, "not_an_object", True, (None, kind, "object"))
            more = self._lengthen()
            if more:
                continue
            if more is None and not is_inner_array:
                return self._recover(_Damage("too_large", self._at + self._record_bytes_max))
            if is_inner_array or status == NEED_MORE:
                return self._recover(_Damage("malformed", self._at))
            kind = kind_of(data[begin:stop])
            return self._reject_whole(len(self._window.data), "not_an_object", True, (None, kind, "object"))

    def _is_array_left_open(self, stop):
        """Whether the file ends after the array that ends at `stop`, inside the top-level array. Then its ']' closes
        the top-level array, and one '[' is too many."""
        length = stop - self._at
        for place in range(length, length + LOOK_AHEAD_BYTES_MAX):
            if self._at + place == len(self._window.data):
                more = self._window.extend(self._at)
                self._at = 0
                if not more:
                    return True
            if self._window.data[self._at + place] not in SPACE:
                return False
        return False

    def _recover(self, damage):
        window, observed = self._window, damage.observed
        scanner = RecoveryScanner(self._in_array)
        scanner.observe(window.data, self._at, observed)
        self._found.begin(self._in_array)
        stretch = _Stretch(self._found)
        stretch.add(window.base + self._at, window.data[self._at:observed])
        start, last_observed = window.base + self._at, window.base + observed
        first = _first_key(window.data, self._at)
        key = first[1] if first and observed > self._at else b""  # the first key of the damaged record
        position, refused = observed, max(damage.refused, observed)
        while True:
            data = window.data
            status, stop = scanner.scan(data, position, len(data), refused, window.exhausted)
            stretch.add(window.base + position, data[position:stop])
            position = stop
            if status == FOUND:
                break
            base = window.base
            if status == CANDIDATE:
                proof, refused = self._prove(position, damage.reason == "malformed")
                position -= window.base - base
                # If there is more damage before the values end, the brackets or the first keys decide.
                own_key = _first_key(window.data, position)[1]
                is_likely = scanner.at_top_level() or key == own_key
                if self._accept(proof, self._in_array and is_likely):
                    break
                if not key and proof == OPEN:
                    key = own_key
                continue
            window.extend(position)
            refused -= window.base - base
            position = 0
        has_separators = self._in_array and stretch.end_of_record > start  # else the commas are the fault
        end = stretch.end_of_record if has_separators else stretch.end
        # If nothing is between the fault and what comes next, the record was cut off there.
        is_cut_off = damage.maybe_cut_off and end <= last_observed
        self._at = start - window.base
        self._found.look(b"", True)
        reason = "truncated" if is_cut_off else damage.reason
        rejection = self._reject(end - start, reason, stretch.raw[:end - start], True)
        self.counts.framing += stretch.commas if has_separators else 0
        self._at = position
        return rejection

    def _reject_whole(self, end, reason, may_be_several, misfit=NO_MISFIT):
        begin = self._at
        self._found.begin(self._in_array)
        self._found.look(self._window.data[begin:end], True)
        raw = self._window.data[begin:min(end, begin + RAW_BYTES_MAX)]
        rejection = self._reject(end - begin, reason, raw, may_be_several, misfit)
        self._at = end
        return rejection

    def _reject(self, length, reason, raw, may_be_several, misfit=NO_MISFIT):
        """Returns a rejection of bytes that `_found` has searched. `may_be_several`: they may be several records."""
        self.counts.quarantined += length
        self.counts.rejected += 1
        rows = self._found.rows(may_be_several) if self._found else []
        return Rejection(self._window.base + self._at, length, reason, raw, rows, misfit)
