CREATE STREAMING TABLE people (
  email STRING, serialnumber STRING, birthday STRING, lastupdatedate BIGINT, sharewithresearchasofdate BIGINT
) TBLPROPERTIES ('feed.path' = '${stedi.landing}/customer/landing', 'pii' = 'email');

CREATE STREAMING TABLE phones (user STRING, timestamp BIGINT, x DOUBLE, z DOUBLE)
TBLPROPERTIES ('feed.path' = '${stedi.landing}/accelerometer/landing', 'pii' = 'user');

CREATE STREAMING TABLE steps (sensorreadingtime BIGINT, serialnumber STRING, distancefromobject INT)
TBLPROPERTIES ('feed.path' = '${stedi.landing}/step_trainer/landing');
