-- A reading without its time or its device cannot be used for anything: it is quarantined.
CREATE STREAMING TABLE step_trainer_landing (
  sensorreadingtime BIGINT NOT NULL COMMENT 'time of the reading, milliseconds since 1970, UTC',
  serialnumber STRING NOT NULL COMMENT 'serial number of the step trainer',
  distancefromobject INT COMMENT 'distance from the sensor to the object before it'
)
COMMENT 'Motion sensor readings from the step trainers as they came, repeated ones included.'
TBLPROPERTIES (
  'feed.path' = '${stedi.landing}/step_trainer/landing',
  'pii' = 'serialnumber'
);
