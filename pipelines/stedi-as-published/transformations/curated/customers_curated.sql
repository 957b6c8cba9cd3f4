CREATE MATERIALIZED VIEW customers_curated (
  customername STRING COMMENT 'name as given at registration',
  email STRING COMMENT 'e-mail; can be in several rows',
  phone STRING COMMENT 'telephone number as given',
  birthday STRING COMMENT 'the latest of the birthdays given, YYYY-MM-DD, repaired where it had lost its first digits',
  serialnumber STRING COMMENT 'serial number of the step trainer the customer has',
  registrationdate BIGINT COMMENT 'first registration of the records that count, milliseconds since 1970, UTC',
  lastupdatedate BIGINT COMMENT 'last update of the records that count, milliseconds since 1970, UTC',
  sharewithresearchasofdate BIGINT COMMENT 'last agreed to share with research at, milliseconds since 1970, UTC',
  sharewithpublicasofdate BIGINT COMMENT 'last agreed to share with the public at, milliseconds since 1970, UTC; empty = never agreed'
)
COMMENT 'Rows of customers_trusted whose e-mail has at least one reading in accelerometer_trusted.'
TBLPROPERTIES (
  'not_null' = 'email,birthday,sharewithresearchasofdate',
  'references.email' = 'customers_trusted.email',
  'may_be_empty' = '20',
  'expect.consent' = 'sharewithresearchasofdate >= 1',
  'pii' = 'customername,email,phone,birthday,serialnumber'
)
AS
SELECT DISTINCT
  c.customername,
  c.email,
  c.phone,
  c.birthday,
  c.serialnumber,
  c.registrationdate,
  c.lastupdatedate,
  c.sharewithresearchasofdate,
  c.sharewithpublicasofdate
FROM customers_trusted c
JOIN accelerometer_trusted a ON a.user = c.email;
