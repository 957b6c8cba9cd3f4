CREATE MATERIALIZED VIEW customers_curated (
  customer STRING COMMENT 'pseudonym of the person: keyed hash of the e-mail',
  customername STRING COMMENT 'name as given at registration',
  email STRING COMMENT 'e-mail; one row each',
  phone STRING COMMENT 'telephone number as given',
  birthday DATE COMMENT 'birthday, repaired where it had lost its first digits',
  serialnumber STRING COMMENT 'serial number of the step trainer the customer has',
  registrationdate BIGINT COMMENT 'registration, milliseconds since 1970, UTC',
  lastupdatedate BIGINT COMMENT 'latest update with a plausible birthday, milliseconds since 1970, UTC',
  sharewithresearchasofdate BIGINT COMMENT 'agreed to share with research at, by the latest record of all, milliseconds since 1970, UTC',
  sharewithpublicasofdate BIGINT COMMENT 'agreed to share with the public at, milliseconds since 1970, UTC; empty = did not agree',
  sharewithfriendsasofdate BIGINT COMMENT 'agreed to share with friends at, milliseconds since 1970, UTC; empty = did not agree'
)
COMMENT 'People of customers_trusted who have at least one reading in accelerometer_trusted.'
TBLPROPERTIES (
  'not_null' = 'customer,email,birthday,sharewithresearchasofdate',
  'unique.person' = 'email',
  'unique.pseudonym' = 'customer',
  'references.email' = 'customers_trusted.email',
  'may_be_empty' = '20',
  'expect.consent' = 'sharewithresearchasofdate > 0',
  'pii' = 'customername,email,phone,birthday,serialnumber'
)
AS
SELECT
  c.customer,
  c.customername,
  c.email,
  c.phone,
  c.birthday,
  c.serialnumber,
  c.registrationdate,
  c.lastupdatedate,
  c.sharewithresearchasofdate,
  c.sharewithpublicasofdate,
  c.sharewithfriendsasofdate
FROM customers_trusted c
WHERE c.email IN (
  SELECT DISTINCT a.user
  FROM accelerometer_trusted a
);
