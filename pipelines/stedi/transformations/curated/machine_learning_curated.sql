-- The table to train on. It names nobody: no name, no e-mail, no serial number, and an order that does
-- not follow the e-mails.
--
-- A step reading meets an accelerometer reading when the moment and the person are the same. The
-- person of a step reading is who has the device; two people with one device each get their own pairs.
CREATE MATERIALIZED VIEW machine_learning_curated (
  customer STRING COMMENT 'pseudonym of the person: keyed hash of the e-mail',
  split STRING COMMENT 'train, validation or test (about 80, 10 and 10 percent of the people); all rows of a person have the same, for ever',
  timestamp BIGINT COMMENT 'time of both readings, milliseconds since 1970, UTC',
  distancefromobject INT COMMENT 'distance from the step trainer to the object before it',
  x DOUBLE COMMENT 'acceleration of the phone along x',
  y DOUBLE COMMENT 'acceleration of the phone along y',
  z DOUBLE COMMENT 'acceleration of the phone along z'
)
COMMENT 'Step trainer and accelerometer readings of the same person at the same moment, without personal data.'
TBLPROPERTIES (
  'not_null' = 'customer,split,timestamp',
  'references.customer' = 'customers_curated.customer',
  'may_be_empty' = '20',
  -- A clock that is some milliseconds off pairs nothing. Many a step has no reading of the phone.
  'covers.step_trainer_trusted' = '0.1 by timestamp = sensorreadingtime from 20 rows',
  'expect.split' = 'split IN (''train'', ''validation'', ''test'')'
)
AS
SELECT
  p.customer,
  p.split,
  s.sensorreadingtime AS timestamp,
  s.distancefromobject,
  a.x,
  a.y,
  a.z
FROM step_trainer_trusted s
JOIN (
  SELECT
    c.customer,
    c.email,
    c.serialnumber,
    -- Sorting by a number is cheaper than by the 64 letters of the pseudonym.
    CAST(row_number() OVER (ORDER BY c.customer) AS INT) AS place,
    -- The pseudonym is a hash: its first digits share people out evenly. cccd is 0.8, e666 is 0.9.
    CASE
      WHEN substring(c.customer, 1, 4) < 'cccd' THEN 'train'
      WHEN substring(c.customer, 1, 4) < 'e666' THEN 'validation'
      WHEN substring(c.customer, 1, 4) >= 'e666' THEN 'test'
    END AS split
  FROM customers_curated c
) p ON p.serialnumber = s.serialnumber
JOIN accelerometer_trusted a ON a.user = p.email AND a.timestamp = s.sensorreadingtime
ORDER BY p.place, s.sensorreadingtime;
