-- As published: a reading is repeated for every row its serial number has in customers_curated.
CREATE MATERIALIZED VIEW step_trainer_trusted (
  sensorreadingtime BIGINT COMMENT 'time of the reading, milliseconds since 1970, UTC',
  serialnumber STRING COMMENT 'serial number of the step trainer',
  distancefromobject INT COMMENT 'distance from the sensor to the object before it'
)
COMMENT 'Step trainer readings of devices in customers_curated, once for every row they have there.'
TBLPROPERTIES (
  'not_null' = 'sensorreadingtime,serialnumber',
  'references.serialnumber' = 'customers_curated.serialnumber',
  'pii' = 'serialnumber'
)
AS
SELECT
  s.sensorreadingtime,
  s.serialnumber,
  s.distancefromobject
FROM step_trainer_landing s
JOIN customers_curated c ON s.serialnumber = c.serialnumber;
