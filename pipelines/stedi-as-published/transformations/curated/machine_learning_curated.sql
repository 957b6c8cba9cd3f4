-- As published: readings meet when the moment is the same, whoever they are from; and the e-mail and
-- the serial number stand in the table to train on.
CREATE MATERIALIZED VIEW machine_learning_curated (
  user STRING COMMENT 'e-mail of the customer of the accelerometer reading',
  serialnumber STRING COMMENT 'serial number of the step trainer, possibly of another customer',
  timestamp BIGINT COMMENT 'time of both readings, milliseconds since 1970, UTC',
  distancefromobject INT COMMENT 'distance from the step trainer to the object before it',
  x DOUBLE COMMENT 'acceleration of the phone along x',
  y DOUBLE COMMENT 'acceleration of the phone along y',
  z DOUBLE COMMENT 'acceleration of the phone along z'
)
COMMENT 'Step trainer and accelerometer readings of the same moment, also of different people.'
TBLPROPERTIES (
  'not_null' = 'user,serialnumber,timestamp',
  'references.user' = 'customers_trusted.email',
  'may_be_empty' = '20',
  'pii' = 'user,serialnumber'
)
AS
SELECT
  a.user,
  s.serialnumber,
  a.timestamp,
  s.distancefromobject,
  a.x,
  a.y,
  a.z
FROM step_trainer_trusted s
JOIN accelerometer_trusted a ON a.timestamp = s.sensorreadingtime;
