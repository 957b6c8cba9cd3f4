-- Duplicate rows are kept.
CREATE MATERIALIZED VIEW filtered (user STRING, n BIGINT, x DOUBLE)
TBLPROPERTIES ('expect.early' = 'n < 25', 'expect.early.action' = 'warn')
AS SELECT p.user, p.timestamp AS n, p.x FROM phones p WHERE p.x IS NULL OR p.timestamp > 1600000000010;

-- Distinct rows, in which all columns are computed.
CREATE MATERIALIZED VIEW each_once (name STRING, half BIGINT)
AS SELECT DISTINCT translate(p.user, 'p', 'P') AS name, cast(floor(p.timestamp / 2) AS BIGINT) AS half FROM phones p;

-- Rebuilt when what it reads changed: the latest record of each person.
CREATE MATERIALIZED VIEW latest (email STRING, serialnumber STRING, agreed BIGINT)
TBLPROPERTIES ('unique.email' = 'email', 'not_null' = 'email')
AS
SELECT q.email, q.serialnumber, q.agreed
FROM (
  SELECT
    p.email, p.serialnumber, p.sharewithresearchasofdate AS agreed,
    row_number() OVER (PARTITION BY p.email ORDER BY p.lastupdatedate DESC NULLS LAST, p._source_file DESC, p._offset DESC) AS place
  FROM people p
  WHERE p.email IS NOT NULL
) q
WHERE q.place = 1;

-- A join of a table that grows with one that is rebuilt, on a column that may be NULL.
CREATE MATERIALIZED VIEW joined (user STRING, serialnumber STRING, timestamp BIGINT, z DOUBLE)
TBLPROPERTIES (
  'references.user' = 'latest.email',
  'unique.reading' = 'user,timestamp,z', 'unique.reading.action' = 'warn'
)
AS
SELECT p.user, l.serialnumber, p.timestamp, p.z
FROM latest l JOIN phones p ON p.user = l.email
WHERE NOT cast('${stedi.only_after_consent}' AS BOOLEAN) OR p.timestamp >= l.agreed;

-- A join of three inputs, all of which may change at once.
CREATE MATERIALIZED VIEW paired (serialnumber STRING, moment BIGINT, distance INT, z DOUBLE)
AS
SELECT s.serialnumber, s.sensorreadingtime AS moment, s.distancefromobject AS distance, j.z
FROM steps s
JOIN (
  SELECT l.email, l.serialnumber AS device, row_number() OVER (ORDER BY l.email DESC) AS place FROM latest l
) l ON l.device = s.serialnumber
JOIN joined j ON j.user = l.email AND j.timestamp = s.sensorreadingtime
ORDER BY l.place, s.sensorreadingtime;

-- The columns of a row tell whether it meets the condition ..
CREATE MATERIALIZED VIEW seen (email STRING, serialnumber STRING)
TBLPROPERTIES ('references.email' = 'latest.email')
AS
SELECT l.email, l.serialnumber FROM latest l
WHERE EXISTS (SELECT 1 FROM phones p WHERE p.user = l.email AND p.timestamp > 1600000000005);

-- .. or they do not: copies of a row come from records of which only some meet the condition.
CREATE MATERIALIZED VIEW records_seen (email STRING)
AS
SELECT p.email FROM people p
WHERE p.serialnumber IN (SELECT s.serialnumber FROM steps s WHERE s.distancefromobject = 1);

-- Two conditions, both of which change.
CREATE MATERIALIZED VIEW seen_twice (email STRING, birthday STRING)
AS
SELECT p.email, p.birthday FROM people p
WHERE p.email IN (SELECT j.user FROM joined j) AND EXISTS (SELECT 1 FROM filtered f WHERE f.user = p.email AND f.n > 12);

CREATE MATERIALIZED VIEW all_moments (name STRING, moment BIGINT)
AS
SELECT f.user AS name, f.n AS moment FROM filtered f
UNION ALL
SELECT s.serialnumber AS name, s.sensorreadingtime AS moment FROM steps s JOIN latest l ON l.serialnumber = s.serialnumber;

CREATE MATERIALIZED VIEW either (name STRING, moment BIGINT)
AS
SELECT j.user AS name, j.timestamp AS moment FROM joined j
UNION
SELECT s.serialnumber AS name, s.sensorreadingtime AS moment FROM steps s WHERE s.distancefromobject IS NOT NULL;

-- An aggregate over several rows, which is rebuilt.
CREATE MATERIALIZED VIEW counted (email STRING, n BIGINT)
AS SELECT j.user AS email, count(*) AS n FROM joined j GROUP BY j.user;

-- All columns of a table that is rebuilt.
CREATE MATERIALIZED VIEW often (email STRING, n BIGINT)
AS SELECT DISTINCT c.* FROM counted c WHERE c.n > 1;
