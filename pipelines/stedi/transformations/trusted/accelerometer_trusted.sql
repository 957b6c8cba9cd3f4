-- Each reading once. The join is a filter: a person is one row of customers_trusted, so nothing fans
-- out. (EXISTS would say so, but with the condition on time it costs DuckDB a copy of the readings.)
CREATE MATERIALIZED VIEW accelerometer_trusted (
  user STRING COMMENT 'e-mail of the customer whose phone it is',
  timestamp BIGINT COMMENT 'time of the reading, milliseconds since 1970, UTC',
  x DOUBLE COMMENT 'acceleration along x',
  y DOUBLE COMMENT 'acceleration along y',
  z DOUBLE COMMENT 'acceleration along z'
)
COMMENT 'Distinct accelerometer readings of people who agree to share with research.'
TBLPROPERTIES (
  'not_null' = 'user,timestamp',
  'references.user' = 'customers_trusted.email',
  'may_be_empty' = '20',
  'pii' = 'user'
)
AS
SELECT DISTINCT
  a.user,
  a.timestamp,
  -- Adding 0 turns -0.0 into 0.0: they are one value to DISTINCT, which may keep either.
  a.x + 0.0e0 AS x,
  a.y + 0.0e0 AS y,
  a.z + 0.0e0 AS z
FROM accelerometer_landing a
JOIN customers_trusted c ON c.email = a.user
WHERE
  NOT cast('${stedi.only_after_consent}' AS BOOLEAN)
  OR a.timestamp >= c.sharewithresearchasofdate;
