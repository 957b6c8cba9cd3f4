"""The landing data that `make bench` measures: valid records only, the same bytes each time, kept between runs.

A month (--months 1, the default) is 1.6 GB in about 1,700 files of 1 MB: 142,000 people, one in twenty with an
update, half of whom agree to share with research; 11.8 million accelerometer and 4.2 million step trainer
readings, one in a hundred of all records delivered twice. A person walks four times in the month (one in fifty
never does); files are pieces of time, so hundreds of people meet in each. A moment has a step reading and three
accelerometer readings; one step reading in fifteen has no such moment. Each further month has people of its own.

usage: make_set.py FOLDER [--months N] [--layouts ndjson,line,gz]      (DuckDB of the group `peers`)

FOLDER/ndjson, FOLDER/line (each feed one line, `{..}{..}`) and FOLDER/gz are landing folders of the same records;
FOLDER/news.json is one more accelerometer file, 10,000 readings of 10,000 moments, half of them moments of the
month, half after it. Layouts that are there are kept if they were made by this text.
"""
import argparse
import concurrent.futures
import gzip
import hashlib
import pathlib
import shutil

import duckdb

PEOPLE, MONTH_MS, START_MS = 142_000, 30 * 86_400_000, 1_655_290_000_000
SESSIONS, MOMENTS, READINGS = 4, 7, 3  # of a person; of a session; of a moment
NEWS = 10_000
FEEDS = {  # feed -> records a file, about 1 MB
    "customer": 3_300,
    "accelerometer": 10_500,
    "step_trainer": 8_800,
}
FIRST = ("Ada Amira Anton Bela Carla Dario Edda Emil Farid Greta Hanna Ibrahim Ines Jonas Kira Lars Leila Mateo Mina "
         "Nadia Noor Olga Pavel Quinn Rosa Samir Selma Tariq Uma Viktor Wanda Yusuf").split()
LAST = ("Abendroth Bramble Castella Dorngard Eastwick Fernlund Grimaud Hollis Iversholm Jarrow Kestrel Lindqvar "
        "Marwick Norhaven Ostrava Penrith Quarrie Rosendal Silverby Thornley Ulvestad "
        "Vantongeren Wexler Ysander").split()

# bits(stream, ..) is a random number that follows from what it is for. A hash of several values is not even in
# its low bits; the hash of that is.
MACROS = f"""
CREATE MACRO bits(stream, a, b) AS (hash(hash(stream, a, b)) >> 1)::BIGINT;
CREATE MACRO start_of(month) AS {START_MS} + month * {MONTH_MS};
CREATE MACRO name_of(i) AS {FIRST!r}[1 + bits('first', i, 0) % {len(FIRST)}] || ' ' ||
  {LAST!r}[1 + bits('last', i, 0) % {len(LAST)}];
CREATE MACRO email_of(i) AS replace(name_of(i), ' ', '.') || i || '@example.com';
CREATE MACRO serial_of(i) AS regexp_replace(md5('serial' || i), '(.{{8}})(.{{4}})(.{{4}})(.{{4}})(.{{12}})',
  '\\1-\\2-\\3-\\4-\\5');
CREATE MACRO session_of(i, s) AS start_of(i // {PEOPLE}) + bits('session', i, s) % ({MONTH_MS} - 60000);
CREATE MACRO moment_of(i, s, m) AS session_of(i, s) + m * 4000 + bits('moment', i, s * 100 + m) % 3900;
CREATE MACRO axis(name, i, n) AS ((bits(name, i, n) % 401 - 200) / 100)::DOUBLE;
CREATE MACRO reading(i, ms, n) AS '{{"user":"' || email_of(i) || '","timestamp":' || ms || ',"x":' || axis('x', i, n) ||
  ',"y":' || axis('y', i, n) || ',"z":' || axis('z', i, n) || '}}';
CREATE MACRO consent(key, ms, agrees) AS CASE WHEN agrees THEN ', "' || key || '": ' || ms ELSE '' END;
"""
# Each gives (ms, line): when a record arrives, and its text. $month is replaced.
PERSON = f"(SELECT range AS i FROM range($month * {PEOPLE}, ($month + 1) * {PEOPLE}))"
WALKER = f"(SELECT i FROM {PERSON} WHERE i % 50 > 0)"
MOMENT = f"(SELECT range AS s FROM range({SESSIONS})) CROSS JOIN (SELECT range AS m FROM range({MOMENTS}))"
RECORDS = {
    "customer": f"""
SELECT ms, '{{"customerName": "' || name_of(i) || '", "email": "' || email_of(i) || '", "phone": "801555' ||
  lpad((bits('phone', i, 0) % 10000)::VARCHAR, 4, '0') || '", "birthDay": "' || CASE bits('birthday', i, 1) % 200
    WHEN 0 THEN birthday[3:] WHEN 1 THEN birthday[2:] WHEN 2 THEN 'unknown' WHEN 3 THEN '1399-01-01' ELSE birthday END
  || '", "serialNumber": "' || serial_of(i) || '", "registrationDate": ' || registered || ', "lastUpdateDate": ' || ms
  || consent('shareWithResearchAsOfDate', ms, (bits('research', i, 0) + u * (bits('research', i, 1) % 2)) % 2 = 0)
  || consent('shareWithPublicAsOfDate', registered, bits('public', i, 0) % 5 < 3)
  || consent('shareWithFriendsAsOfDate', registered, bits('friends', i, 0) % 5 < 3) || '}}' AS line
FROM (SELECT i, u, start_of($month) + bits('registered', i, 0) % {MONTH_MS} AS registered,
    registered + u * (86400000 + bits('update', i, 1) % 600000000) AS ms,
    (1930 + bits('birthday', i, 2) % 70) || '-' || lpad((1 + bits('birthday', i, 3) % 12)::VARCHAR, 2, '0') || '-' ||
    lpad((1 + bits('birthday', i, 4) % 28)::VARCHAR, 2, '0') AS birthday
  FROM {PERSON}, (SELECT range AS u FROM range(2)) WHERE u = 0 OR bits('update', i, 0) % 20 = 0)""",
    "accelerometer": f"""
SELECT moment_of(i, s, m) AS ms, reading(i, moment_of(i, s, m), (s * {MOMENTS} + m) * {READINGS} + n) AS line
FROM {WALKER}, {MOMENT}, (SELECT range AS n FROM range({READINGS}))""",
    # Twice a month a person's phone misses what the step trainer measured.
    "step_trainer": f"""
SELECT moment_of(i, s, m) + p AS ms, '{{"sensorReadingTime":' || moment_of(i, s, m) + p || ',"serialNumber":"'
  || serial_of(i) || '","distanceFromObject":' || 150 + bits('distance', i, s * 100 + m) % 120 || '}}' AS line
FROM {WALKER}, {MOMENT}, (SELECT range AS p FROM range(2)) WHERE p = 0 OR (s < 2 AND m = 0)""",
}
NEWS_LINES = f"""
SELECT reading(i, CASE WHEN k % 2 = 0 THEN moment_of(i, bits('s', k, 0) % {SESSIONS}, bits('m', k, 0) % {MOMENTS})
    ELSE start_of($months) + k * 100 END, 1000000 + k) || chr(10) AS line
FROM (SELECT range AS k, bits('news', range, 0) % ($months * {PEOPLE}) AS i FROM range({NEWS})) ORDER BY k"""


def write_ndjson(folder, months):
    """Writes each month's records in the order of their arrival; one in a hundred arrives again within the hour."""
    database = duckdb.connect(config={"threads": 2})
    database.execute(MACROS)
    for feed, records in FEEDS.items():
        place = folder / feed / "landing"
        place.mkdir(parents=True)
        for month in range(months):
            database.execute(f"""CREATE OR REPLACE TEMP TABLE arrivals AS
              WITH once AS MATERIALIZED ({RECORDS[feed].replace("$month", str(month))})
              SELECT line, row_number() OVER (ORDER BY ms, line) - 1 AS place FROM (SELECT ms, line FROM once UNION ALL
                SELECT ms + hash(line, 'late') % 3600000, line FROM once WHERE hash(line) % 100 = 0)""")
            pieces = database.execute(f"""SELECT place // {FEEDS[feed]} AS piece,
              string_agg(line, chr(10) ORDER BY place) || chr(10) FROM arrivals GROUP BY piece ORDER BY piece""")
            while row := pieces.fetchone():
                (place / f"{feed}-{month:02}-{row[0]:05}.json").write_bytes(row[1].encode())
    lines = database.execute(NEWS_LINES.replace("$months", str(months))).fetchall()
    (folder.parent / "news.json").write_text("".join(line for line, in lines))


def write_line(source, folder):
    """Each feed in one file, on one line."""
    for feed in FEEDS:
        place = folder / feed / "landing"
        place.mkdir(parents=True)
        with open(place / f"{feed}.json", "wb") as file:
            for path in sorted((source / feed / "landing").iterdir()):
                file.write(path.read_bytes().replace(b"\n", b""))


def write_gz(source, folder):
    """Each file compressed, under its name and .gz."""
    def compress(path):
        copy = folder / path.relative_to(source).with_name(path.name + ".gz")
        copy.write_bytes(gzip.compress(path.read_bytes(), 6, mtime=0))

    for feed in FEEDS:
        (folder / feed / "landing").mkdir(parents=True)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        list(pool.map(compress, sorted(source.rglob("*.json"))))


def make_set(folder, months=1, layouts=("ndjson",)):
    """Makes what is missing of a set; a layout appears under its name only when it is whole."""
    maker = hashlib.sha256(pathlib.Path(__file__).read_bytes()).hexdigest()
    stamp = folder / "made-by"
    if not stamp.exists() or stamp.read_text() != maker:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        stamp.write_text(maker)
    for layout in dict.fromkeys(("ndjson", *layouts)):
        if (folder / layout).exists():
            continue
        part = folder / (layout + ".part")
        shutil.rmtree(part, ignore_errors=True)
        if layout == "ndjson":
            write_ndjson(part, months)
        else:
            {"line": write_line, "gz": write_gz}[layout](folder / "ndjson", part)
        part.rename(folder / layout)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--months", type=int, default=1)
    parser.add_argument("--layouts", default="ndjson", type=lambda text: text.split(","))
    options = parser.parse_args()
    make_set(options.folder, options.months, options.layouts)
