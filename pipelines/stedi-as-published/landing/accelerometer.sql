-- A reading without its user or its time cannot be used for anything: it is quarantined.
CREATE STREAMING TABLE accelerometer_landing (
  user STRING NOT NULL COMMENT 'e-mail of the customer whose phone it is',
  timestamp BIGINT NOT NULL COMMENT 'time of the reading, milliseconds since 1970, UTC',
  x DOUBLE COMMENT 'acceleration along x',
  y DOUBLE COMMENT 'acceleration along y',
  z DOUBLE COMMENT 'acceleration along z'
)
COMMENT 'Accelerometer readings from the mobile app as they came, repeated ones included.'
TBLPROPERTIES (
  'feed.path' = '${stedi.landing}/accelerometer/landing',
  'pii' = 'user'
);
