-- As published: each reading once, whoever and however many have its device in customers_curated.
CREATE MATERIALIZED VIEW step_trainer_trusted (
  sensorreadingtime BIGINT COMMENT 'time of the reading, milliseconds since 1970, UTC',
  serialnumber STRING COMMENT 'serial number of the step trainer',
  distancefromobject INT COMMENT 'distance from the sensor to the object before it'
)
COMMENT 'Distinct step trainer readings of devices in customers_curated.'
TBLPROPERTIES (
  'not_null' = 'sensorreadingtime,serialnumber',
  'references.serialnumber' = 'customers_curated.serialnumber',
  'may_be_empty' = '20',
  'pii' = 'serialnumber'
)
AS
SELECT DISTINCT
  s.sensorreadingtime,
  s.serialnumber,
  s.distancefromobject
FROM step_trainer_landing s
JOIN customers_curated c ON s.serialnumber = c.serialnumber;
