-- As published: a reading is repeated for every row its user has in customers_trusted.
CREATE MATERIALIZED VIEW accelerometer_trusted (
  user STRING COMMENT 'e-mail of the customer whose phone it is',
  timestamp BIGINT COMMENT 'time of the reading, milliseconds since 1970, UTC',
  x DOUBLE COMMENT 'acceleration along x',
  y DOUBLE COMMENT 'acceleration along y',
  z DOUBLE COMMENT 'acceleration along z'
)
COMMENT 'Accelerometer readings of users who are in customers_trusted, once for every row they have there.'
TBLPROPERTIES (
  'not_null' = 'user,timestamp',
  'references.user' = 'customers_trusted.email',
  'may_be_empty' = '20',
  'pii' = 'user'
)
AS
SELECT
  a.user,
  a.timestamp,
  a.x,
  a.y,
  a.z
FROM accelerometer_landing a
JOIN customers_trusted c ON a.user = c.email;
