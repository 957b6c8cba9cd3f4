"""Checks who is in the tables, by a model of its own, for people with random sequences of records.

Each step draws some people. They agree, never agree, withdraw or agree again; their dates are missing, in seconds, in
microseconds or in the future; they spell their e-mail in other ways; or their records are damaged. The records come in
any order, split into files in any way. `stedi run` reads them in one or several runs. Then customers_trusted and
consent_unclear must hold exactly the people whom the model names. The model reads the bytes by itself. From stedi it
takes only which stretches of a file were rejected, which the tests of the landing reader check, and it looks for
e-mails and dates in these in its own way.

The rules of the model: a person's last clear yes counts if every no of the same person is older, whatever the no is
made of and however the e-mail is spelled. A record that cannot be understood is a no; a no without a date is the
latest.

usage: consent.py STEDI [--steps N] [--seconds S] [--seed K]
"""
import argparse
import csv
import datetime
import io
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
ENVIRONMENT = dict(os.environ, STEDI_PSEUDONYM_KEY="0123456789abcdef")
AS_OF = "2026-06-01"
DAY = 86_400_000
TODAY = int(datetime.datetime.fromisoformat(AS_OF).replace(tzinfo=datetime.timezone.utc).timestamp()) * 1000
Y2000 = 946_684_800_000
SOME_TIME = 1_600_000_000_000
NEVER_ENDING = float("inf")
COLUMNS = {"email", "birthday", "serialnumber", "registrationdate", "lastupdatedate", "sharewithresearchasofdate",
           "phone", "customername", "sharewithpublicasofdate", "sharewithfriendsasofdate"}


def spelled_otherwise(choice, email):
    return choice.choice([email.upper(), email.title(), " " + email, email + "  ", email.capitalize() + " ",
                          "\t" + email, email + "\n", "\u00a0" + email.upper() + "\u00a0 "])


def draw_time(choice):
    """Draws a time: mostly a plain one out of a few values, so that times are often equal."""
    plain = SOME_TIME + choice.randint(1, 6)
    odd = [plain // 1000, plain * 1000, Y2000 - 1, Y2000, TODAY + DAY - 1, TODAY + 2 * DAY - 1, TODAY + 2 * DAY, 5]
    return plain if choice.random() < 0.85 else choice.choice(odd)


def draw_record(choice, email, serials):
    """Draws the members of one record, in order, with values as JSON text."""
    members = [("email", json.dumps(email))]
    if choice.random() < 0.02:  # the e-mail of nobody, or a value of another kind
        members = [("email", choice.choice(['""', '" "', '"\\t\\u00a0"', f'["{email}"]', f'{{"address":"{email}"}}', "true",
                                            "{}"]))]
    if choice.random() < 0.9:
        members.append(("birthDay", json.dumps(choice.choice(["1990-05-17", "1990-05-17", "990-05-17", "bad"]))))
    members.append(("serialNumber", json.dumps(choice.choice(serials))))
    if choice.random() < 0.7:
        members.append(("registrationDate", str(draw_time(choice))))
    if choice.random() < 0.9:
        members.append(("lastUpdateDate", str(draw_time(choice))))
    if choice.random() < 0.65:
        share = str(draw_time(choice)) if choice.random() < 0.9 else choice.choice(["0", "-1", "null"])
        if choice.random() < 0.06:
            share = str(choice.choice([TODAY + DAY - 1, TODAY + DAY, TODAY + 300 * DAY]))
        members.append(("shareWithResearchAsOfDate", share))
    if choice.random() < 0.12:  # a value that does not fit its column
        key = choice.choice(["shareWithResearchAsOfDate", "shareWithResearchAsOfDate", "lastUpdateDate",
                             "registrationDate", "phone", "shareWithPublicAsOfDate"])
        value = choice.choice(['"no"', "false", "0.5", "[1]", '{"a":1}', "99999999999999999999", "true"])
        members = [member for member in members if member[0] != key] + [(key, value)]
    if choice.random() < 0.08:  # a date that belongs to something else
        date = f'"lastUpdateDate":{draw_time(choice)}'
        members.append(choice.choice([("history", f"[{{{date}}}]"), ("previous", f"{{{date}}}"),
                                      ("previous", f'{{"a":"b",{date},"c":1}}'), ("tags", '["a"]')]))
    if choice.random() < 0.04:
        members.append(("shareWithResearchAsOfDate", '""'))
        members = [member for i, member in enumerate(members)
                   if member[0] != "shareWithResearchAsOfDate" or i == len(members) - 1]
    if choice.random() < 0.3:
        choice.shuffle(members)
    return members


def to_line(members):
    return ("{" + ",".join(f'"{key}":{value}' for key, value in members) + "}").encode()


def damage(choice, line):
    """Returns the line damaged so that it is no record any more. It is still one line, unless it is cut in a string."""
    kind = choice.randrange(9)
    if kind == 0:
        return line[:choice.randint(1, len(line) - 1)]
    if kind == 1:  # the first half is gone
        return line[choice.randint(1, len(line) - 1):]
    if kind == 2:  # the key twice
        return line[:-1] + b',"EMAIL":"' + choice.choice([b"x@example.com", b""]) + b'"}'
    if kind == 3:
        return line[:-1] + b',"lastUpdateDate":' + str(draw_time(choice)).encode() + b"}"
    if kind == 4:
        return line[:-1] + b',"customerName":"M\xfcller"}'
    if kind == 5:
        return line.replace(b",", b",,", 1)
    if kind == 6:
        at = choice.randrange(len(line))
        return line[:at] + line[at + 1:]
    if kind == 7:
        at = choice.randrange(len(line))
        return line[:at] + bytes([choice.choice(b'"{}[],:x0\\')]) + line[at:]
    return b"[" + line + b"]"


def draw_files(choice, step):
    """Draws some customer files. Returns name -> bytes."""
    lines = []
    for i in range(choice.randint(3, 8)):
        email = f"p{i}@s{step}.example.com"
        serials = [f"s{i}", f"s{i}b"]
        for _ in range(choice.randint(1, 5)):
            written = email if choice.random() < 0.85 else spelled_otherwise(choice, email)
            line = to_line(draw_record(choice, written, serials))
            if choice.random() < 0.05:
                line = line.replace(b"@", b"\\u0040", 1)
            lines.append(damage(choice, line) if choice.random() < 0.12 else line)
    choice.shuffle(lines)
    files = {}
    for i, line in enumerate(lines):
        name = f"{step}-{choice.randint(1, 3)}.json"
        files[name] = files.get(name, b"") + line + b"\n"
    return files


class Duplicate(Exception):
    """A column is named twice."""


def parse_record(text):
    """Returns column -> JSON value as written, for a record that was accepted."""
    record = {}

    def take(pairs):
        found = {}
        for key, value in pairs:
            if key.lower() in found and key.lower() in COLUMNS:
                raise Duplicate(key)
            found[key.lower()] = value
        return found
    record = json.loads(text, object_pairs_hook=take, parse_float=Real, parse_int=Real)
    return record


class Real(str):
    """A number as it is written."""


def as_bigint(value):
    """Returns (whether the value fits a BIGINT column without loss, the number or None)."""
    if value is None:
        return True, None
    if isinstance(value, Real) or (isinstance(value, str) and re.fullmatch(r"-?(0|[1-9][0-9]*)", value)):
        number = float(value) if not re.fullmatch(r"-?[0-9]+", value) else int(value)
        if number == int(number) and -(1 << 63) <= number < 1 << 63:
            return True, int(number)
    elif value == "":  # the feed declares that an empty text is NULL
        return True, None
    return False, None


def is_one_object(raw):
    """Whether the bytes are one JSON object, perhaps with keys that repeat or bytes that are not UTF-8."""
    try:
        return isinstance(json.loads(raw.decode("utf-8", "replace")), dict)
    except ValueError:
        return False


_key = re.compile(rb'"((?:[^"\\\x00-\x1f]|\\u[0-9a-fA-F]{4}){1,40})"[ \t\r\n]*:[ \t\r\n]*')
_text = re.compile(rb'("(?:[^"\\\x00-\x1f]|\\.)*")[ \t\r\n]*(.?)', re.DOTALL)
_number = re.compile(rb'(-?(?:0|[1-9][0-9]*))[ \t\r\n]*(?:\}|,[ \t\r\n]*(?:"|\Z))')
_member = re.compile(rb'.?[ \t\r\n]*"[^"\\\x00-\x1f]+"[ \t\r\n]*:')


# A key with what may be, or may have been, an object in place of a plain value.
_nested = re.compile(rb'"(?:[^"\\\x00-\x1f]|\\u00[0-7][0-9a-fA-F]){0,255}"[ \t\r\n]*:[ \t\r\n]*'
                     rb'(?:[^ \t\r\n"0-9tfn-]|"(?:[^"\\\x00-\x1f]|\\.)*"[ \t\r\n]*:)', re.DOTALL)
_flat = re.compile(rb"\{[^][{}]*(?:\}[ \t\r\n,\]]*)?")
_separators = rb"\x00-\x20\"'\\,:;=<>()\[\]{}"
_word = re.compile(rb"(?<![^" + _separators + rb"])([^@" + _separators + rb"]+@[^@" + _separators + rb"]+)"
                   rb"(?:[ \t\r\n]*[\"']|[,;}\]])")


def looked_for(raw):
    """Returns (e-mails, update) that are whole in rejected bytes. E-mails are taken from anywhere. The update counts
    only if it occurs once, is not in another object, and nothing hints at two records; otherwise it is not known whose
    update it is."""
    emails, updates, keys = set(), [], []
    is_flat = _flat.fullmatch(raw)
    value_at = 0  # the quote that ends a column's key begins nothing
    for word in _word.findall(raw):
        try:
            emails.add(word.decode())
        except UnicodeDecodeError:
            pass
    for at in (i for i, byte in enumerate(raw) if byte == ord('"')):
        if at < value_at:
            continue
        is_flat = is_flat and not _nested.match(raw, at)
        match = _key.match(raw, at)
        if not match:
            continue
        try:
            key = json.loads(b'"' + match[1] + b'"').lower()
        except ValueError:
            continue
        if key not in COLUMNS:
            continue
        keys.append(key)
        value_at = match.end()
        text, number = _text.match(raw, match.end()), _number.match(raw, match.end())
        if key == "email" and text:
            # The quote that ends it must be its own, not one that begins the next key.
            if text[2] in (b",", b"}", b"]", b"") or _member.match(raw, text.start(2)):
                try:
                    emails.add(json.loads(text[1]))
                except ValueError:  # an escape was damaged
                    pass
        elif key == "email" and number:
            emails.add(number[1].decode())
        elif key == "lastupdatedate" and number:
            updates.append(int(number[1]))
    repeated = {key for key in keys if keys.count(key) > 1}
    unclear = not is_flat or "lastupdatedate" in repeated or (repeated and not is_one_object(raw))
    return emails, None if unclear or len(updates) != 1 else updates[0]


def fold(email):
    """Returns what all spellings of one e-mail have in common; "" for a spelling that is nobody's e-mail."""
    return "".join(c.lower() if "A" <= c <= "Z" else c for c in email).strip(" \t\n\v\f\r\u00a0")


def word_of(email, place, update_fits, update, registered_fits, registered, share_fits, share):
    """Returns what one accepted record says: when, yes or no, whether that is clear, and whether it has a date of
    consent at all ("hopeful")."""
    said_at = update if update is not None or not update_fits else registered
    dated = update_fits and (update is not None or registered_fits) and said_at is not None
    dated = dated and Y2000 <= said_at < TODAY + 2 * DAY
    hopeful = share is not None and share > 0
    is_yes = dated and share_fits and hopeful and Y2000 <= share < TODAY + DAY
    clear = dated and share_fits and (is_yes or not hopeful)
    return {"email": email, "place": place, "at": said_at if dated else NEVER_ENDING, "yes": is_yes, "clear": clear,
            "hopeful": hopeful, "share": share}


class Model:
    def __init__(self):
        self.words = []      # what every record says
        self.standing = {}   # e-mail -> [(when, sort key, serial number)] of records that could represent the person

    def add_file(self, name, data, rejected):
        """Adds the records of a file. `rejected`: (offset, length) of the stretches that were rejected."""
        at = 0
        for offset, length in sorted(rejected):
            self._add_accepted(name, data, at, offset)
            self._add_rejected(name, offset, data[offset:offset + length])
            at = max(at, offset + length)
        self._add_accepted(name, data, at, len(data))

    def _add_accepted(self, name, data, begin, end):
        decoder = json.JSONDecoder()
        text = data[begin:end]
        at = 0
        while match := re.compile(rb"\S").search(text, at):
            at = match.start()
            if text[at] in b"[],":  # of a top-level array
                at += 1
                continue
            rest = text[at:].decode("utf-8")
            _, used = decoder.raw_decode(rest)
            record = rest[:used]
            self._add_record(name, begin + at, parse_record(record))
            at += len(record.encode())

    def _add_record(self, name, offset, record):
        email = record.get("email")
        if email is None or not fold(email):
            return
        update_fits, update = as_bigint(record.get("lastupdatedate"))
        registered_fits, registered = as_bigint(record.get("registrationdate"))
        share_fits, share = as_bigint(record.get("sharewithresearchasofdate"))
        word = word_of(email, (name, offset), update_fits, update, registered_fits, registered, share_fits, share)
        self.words.append(word)
        birthday = {"1990-05-17": "1990-05-17", "990-05-17": "1990-05-17"}.get(record.get("birthday"))
        if birthday:
            public = as_bigint(record.get("sharewithpublicasofdate"))[1]
            values = [registered, public, None, birthday, record.get("serialnumber"), update]
            key = [(value is not None, value) if not isinstance(value, str) else (True, value) for value in values]
            key = [pair if pair[0] else (False, 0) for pair in key]
            self.standing.setdefault(email, []).append((word["at"], key, record.get("serialnumber")))

    def _add_rejected(self, name, offset, raw):
        emails, update = looked_for(raw)
        dated = update is not None and Y2000 <= update < TODAY + 2 * DAY
        for email in filter(fold, emails):
            self.words.append({"email": email, "place": (name, offset), "at": update if dated else NEVER_ENDING,
                               "yes": False, "clear": False, "hopeful": False, "share": None})

    def answer(self):
        """Returns two sets: (e-mail, date of consent, serial number) of the people who are in, and (e-mail, file,
        offset) of the people who are held back and of the record that does so."""
        inside, unclear = set(), set()
        people = {}
        for word in self.words:
            people.setdefault(fold(word["email"]), []).append(word)
        for words in people.values():
            for email in {word["email"] for word in words}:
                own = [word for word in words if word["email"] == email]
                yeses = [word for word in own if word["yes"]]
                last_yes = max((word["at"] for word in yeses), default=None)
                noes = [word for word in words if not word["yes"]]
                if last_yes is not None and all(word["at"] < last_yes for word in noes):
                    if email in self.standing:
                        share = max(word["share"] for word in yeses if word["at"] == last_yes)
                        inside.add((email, share, max(self.standing[email])[2]))
                    continue
                hope = max((word["at"] for word in own if word["hopeful"]), default=None)
                own_no = [word["at"] for word in own if word["clear"] and not word["yes"]]
                if hope is None or any(at >= hope for at in own_no):
                    continue
                for word in noes:
                    if last_yes is not None and word["at"] < last_yes:
                        continue
                    if not word["clear"] or word["email"] != email:
                        unclear.add((email, *word["place"]))
        return inside, unclear


class Lake:
    def __init__(self, stedi, folder):
        self.stedi, self.landing, self.lake = stedi, folder / "landing", folder / "lake"
        for feed in ("customer", "accelerometer", "step_trainer"):
            (self.landing / feed / "landing").mkdir(parents=True)
        self.customers = self.landing / "customer/landing"

    def call(self, *words):
        done = subprocess.run([self.stedi, *words], env=ENVIRONMENT, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise AssertionError(f"stedi {words[0]} ended with status {done.returncode}: {done.stdout[-600:]}{done.stderr[-600:]}")
        return done.stdout

    def run(self):
        self.call("run", ROOT / "pipelines/stedi", "--landing", self.landing, "--lake", self.lake, "--set",
                  f"stedi.as_of={AS_OF}", "--allow-shrink")

    def query(self, sql):
        rows = list(csv.reader(io.StringIO(self.call("query", sql, "--lake", self.lake, "--format", "csv"))))
        return rows[1:]

    def rejected(self):
        """Returns file -> (offset, length) of its rejected stretches."""
        found = {}
        for file, offset, length in self.query("SELECT file, byte_offset, byte_length FROM quarantine "
                                               "WHERE table_name = 'customers_landing'"):
            found.setdefault(file, []).append((int(offset), int(length)))
        return found


def expected(files, rejected):
    model = Model()
    for name, data in files.items():
        model.add_file(name, data, rejected.get(name, []))
    return model.answer()


def check(lake, files):
    """Returns how many people are in and how many records hold somebody back. Raises AssertionError where stedi and the
    model differ."""
    inside, unclear = expected(files, lake.rejected())
    got_inside = {(email, int(share), serial or None) for email, share, serial in  # in CSV, NULL is empty
                  lake.query("SELECT email, sharewithresearchasofdate, serialnumber FROM customers_trusted")}
    got_unclear = {(email, file, int(offset)) for email, file, offset in
                   lake.query("SELECT email, file, byte_offset FROM consent_unclear")}
    if got_inside != inside:
        raise AssertionError(f"customers_trusted has too many {got_inside - inside}, too few {inside - got_inside}")
    if got_unclear != unclear:
        raise AssertionError(f"consent_unclear has too many {got_unclear - unclear}, too few {unclear - got_unclear}")
    return len(inside), len(unclear)


def one_step(stedi, choice, step, folder):
    """Delivers the files of one step in one to three runs. Returns what check() returns after the last one."""
    lake = Lake(stedi, folder)
    files = draw_files(choice, step)
    names = list(files)
    choice.shuffle(names)
    runs = choice.randint(1, 3) if choice.random() < 0.3 else 1
    delivered = {}
    counts = (0, 0)
    for part in range(runs):
        for name in names[part::runs]:
            (lake.customers / name).write_bytes(files[name])
            delivered[name] = files[name]
        lake.run()
        counts = check(lake, delivered)
    return counts


def draw_many(seed, steps):
    """Returns name -> bytes of the files of many steps, for one run. The people of each step have a mail domain of
    their own."""
    files = {}
    for step in range(1, steps + 1):
        files |= draw_files(random.Random(seed * 1_000_003 + step), step)
    return files


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("stedi", type=pathlib.Path)
    parser.add_argument("--steps", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=1e9)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if not options.stedi.is_file():
        parser.error(f"no program {options.stedi}: make release")
    memory = pathlib.Path("/dev/shm")
    end = time.monotonic() + options.seconds
    step = inside = unclear = 0
    while step < options.steps and time.monotonic() < end:
        step += 1
        choice = random.Random(options.seed * 1_000_003 + step)
        folder = pathlib.Path(tempfile.mkdtemp(prefix="stedi-consent-", dir=memory if memory.is_dir() else None))
        try:
            counts = one_step(options.stedi.resolve(), choice, step, folder)
        except AssertionError as failure:
            sys.exit(f"seed {options.seed}, step {step}: {failure}\nleft in {folder}")
        inside, unclear = inside + counts[0], unclear + counts[1]
        shutil.rmtree(folder)
    print(f"seed {options.seed}: {step} steps; {inside} people are in and {unclear} records hold somebody back, "
          "as the model says")
    if not inside or not unclear:
        sys.exit("too few steps: nobody was in, or nobody was held back")


if __name__ == "__main__":
    main()
