"""Generates landing bytes of every layout, whole and damaged, from one seed. Two readers must read them alike."""
import json
import random

COLUMNS = [{"name": "name", "type": "STRING"}, {"name": "id", "type": "BIGINT", "not_null": True},
           {"name": "small", "type": "INT"}, {"name": "x", "type": "DOUBLE"}, {"name": "ok", "type": "BOOLEAN"}]
# Two feeds with the same columns: one rejects what does not fit, the other uses all properties that a feed can have.
FEEDS = {
    "things": {"columns": COLUMNS},
    "tolerant": {"columns": [{**c, "empty_is_null": c["name"] in ("name", "id", "small")} for c in COLUMNS],
                 "keep_unfit": True, "rejected_columns": ["name", "id", "x", "ok", "small"]}}

_NUMBERS = """0 -0 1 -1 5.0 50e-1 5e0 1.5 0.1 1e3 1E+3 1e-3 123456789012345678 9223372036854775807 9223372036854775808
 -9223372036854775808 -9223372036854775809 2147483647 2147483648 -2147483649 9007199254740993 9007199254740992 1e400
 1e-400 1e-320 4.9e-324 2e-324 0e99999999999 1e99999999999 1655564376361.0 00 01 -01 +1 1. .5 1.e1 1e 1e+ - 0x1 NaN
 Infinity -Infinity 0.30000000000000004 1.7976931348623157e308 1.7976931348623159e308 10000000000000000000000
 123456789012345678901234567890 0.000000000000000000000000000000000000000000000000001 8015551212 1.50""".split()
_STRINGS = ['"ann"', '""', '"123"', '"1.5"', '" 1"', '"1 "', '"1e3"', '"true"', '"ä€😀"', r'"a\"b\\c\/d"',
            r'"\u0041\n\t\b\f\r"', r'"\ud83d\ude00"', r'"\ud83d"', r'"\ude00\ud83d"', r'"\u0000"', r'"\u0031"', '"{"',
            '"}{\\"id\\":1"', '"]["', '"a,b"', r'"\ud83dx"', '"' + "long" * 80 + '"', '"ann@x.org"',
            '" bob@y "', '"a@b@c"', r'"\ud83d@x"']
_OTHERS = ["null", "true", "false", "[]", "{}", "[1,[2,{}]]", '{"id":7}', '{"a":{"id":1,"b":[{"id":2}]}}', "nul"]
_KEYS = ['"name"', '"id"', '"small"', '"x"', '"ok"']
_ODD_KEYS = ['"ID"', '"iD"', '"Name"', '"extra"', '"extra two"', r'"i\u0064"', r'"\u0049d"', r'"\ud800"',
             '"é"', '""', '"id "', '"a\\"b"']
_SPACES = ["", "", "", " ", "\n", "\t", "\r\n", "  "]
_INSERTED = [b'"', b"{", b"}", b"[", b"]", b",", b":", b"\n", b"\\", b"\x00", b"\x01", b"\x1f", b"\xff", b"\xc3",
             b"\xed\xa0\x80", b" ",
             b"}{", b'}{"', b'}{"id":', b'"}', b'{"', b"\xef\xbb\xbf", b"null", b"1", b"-", b"\r", b"\t",
             b"},\n{", b"][", b'"a":"', b"{{", b"\\u12"]


def _plain_record(rng):
    return json.dumps({"name": rng.choice(["ann", "bob", "eve", ""]), "id": rng.randrange(10**6),
                       "small": rng.randrange(-9, 9), "x": rng.choice([0.5, 1.25, -3e-7, 7]), "ok": rng.random() < 0.5},
                      separators=rng.choice([(",", ":"), (", ", ": ")]))


def _odd_record(rng):
    members = []
    for key in rng.sample(_KEYS, rng.randrange(2, 6)):
        value = rng.choice(rng.choices([_NUMBERS, _STRINGS, _OTHERS, ["1", "2"]], [4, 3, 1, 4])[0])
        members.append((key, value))
    if rng.random() < 0.4:
        odd = rng.choice(_ODD_KEYS), rng.choice(_NUMBERS[:14] + _STRINGS + _OTHERS)
        members.insert(rng.randrange(len(members) + 1), odd)
    s = lambda: rng.choice(_SPACES)
    return "{" + s() + ",".join(f"{s()}{k}{s()}:{s()}{v}{s()}" for k, v in members) + "}"


def _pretty(record, rng):
    try:
        return json.dumps(json.loads(record), indent=rng.choice([1, 2, 4]))
    except ValueError:
        return record


def _layout(records, rng):
    layout = rng.choice(["lines", "lines", "glued", "pretty", "array", "array_lines"])
    if layout == "lines":
        text = "".join(r + rng.choice(["\n", "\n", "\n", "\r\n", "\n\n"]) for r in records)
    elif layout == "glued":
        text = rng.choice(["", "", " "]).join(records)
    elif layout == "pretty":
        text = rng.choice(["", "\n", " "]).join(_pretty(r, rng) for r in records)
    elif layout == "array":
        text = "[" + ",".join(records) + "]"
    else:
        text = "[\n" + ",\n".join(records) + "\n]\n"
    return rng.choices(["", "\ufeff"], [9, 1])[0] + text


def _mutate(data, rng):
    for _ in range(rng.choice([1, 1, 1, 2, 3, 6])):
        at = rng.randrange(len(data) + 1)
        kind = rng.randrange(8)
        if kind == 0:
            data = data[:at]
        elif kind == 1:
            data = data[at:]
        elif kind == 2:
            data = data[:at] + bytes([rng.randrange(256)]) + data[at + 1:]
        elif kind == 3:
            data = data[:at] + data[at + rng.choice([1, 1, 2, 5, 20]):]
        elif kind == 4:
            other = rng.randrange(len(data) + 1)
            data = data[:at] + data[other:]
        elif kind == 5:
            nest = rng.choice([b"[", b'{"a":', b'[{"b":']) * rng.choice([1, 3, 127, 128, 129, 300])
            data = data[:at] + nest + data[at:]
        else:
            data = data[:at] + rng.choice(_INSERTED) + data[at:]
    return data


def _special(record_bytes_max):
    """Yields inputs that no mutation makes: those at the limits of size, depth and look-ahead."""
    nested = lambda n: b'{"id":1,"deep":' + b"[" * n + b"]" * n + b'}\n{"id":2}\n'
    fill = lambda n: b'{"id":1,"name":"' + b"a" * (n - 18) + b'"}'
    yield from (nested(n) for n in (126, 127, 128, 129))
    yield from (b'{"id":' + b"}" * n + b'{"id":3}' for n in (1, 2))
    for pad in (4080, 4089, 4090, 4096, 4100):
        yield b'{"id":1,x}{' + b" " * pad + b'"id":2}\n{"id":3}\n'
    for key in (255, 256, 257):
        yield b'{"id":1,x}{"' + b"k" * key + b'":2,"id":4}\n{"id":3}\n'
    for length in (record_bytes_max - 1, record_bytes_max, record_bytes_max + 1):
        yield fill(length) + b'\n{"id":2}\n'
    yield b'{"id":1,"name":"' + b"a\\n" * (record_bytes_max // 3) + b'"}{"id":2}\n{"id":3}\n'
    yield b'[1' + b",2" * 40 + b']\n{"id":1}\n"text"\n12\ntrue\nnull\n'
    yield from (b"", b" \n\t", b"\xef\xbb\xbf", b"\xef\xbb", b"[", b"[]", b"[]]", b'[[{"id":1}]]',
                b'[,,{"id":1},,]', b"{", b"}", b'{"id":1}')
    yield (b'{"name":"ann","id":1,"small":2,"x":0.5,"ok":true}\n' * 40000)[:-9] + b'{"id":5}'
    yield b'{"name":"ann","id":1,"x":0.5}' * 40000 + b'{"id":6}'


def inputs(seed, count, record_bytes_max=16 << 20):
    """Yields `count` random byte strings, then those at the limits."""
    rng = random.Random(seed)
    for _ in range(count):
        odd = rng.random() < 0.6
        records = [(_odd_record if odd and rng.random() < 0.5 else _plain_record)(rng)
                   for _ in range(rng.randrange(1, 9))]
        data = _layout(records, rng).encode()
        yield data if rng.random() < 0.1 else _mutate(data, rng)
    yield from _special(record_bytes_max)
