-- As published: a customer is a group of name, serial number, phone and e-mail, so one person can be
-- several rows; and an agreement counts for ever, also after it was withdrawn. Records are taken out
-- before they are grouped: one without an agreement, or with another birthday, adds no date to the group.
CREATE MATERIALIZED VIEW customers_trusted (
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
COMMENT 'Groups of name, serial number, phone and e-mail with an agreement to share with research at any time.'
TBLPROPERTIES (
  'not_null' = 'birthday,sharewithresearchasofdate',
  'expect.consent' = 'sharewithresearchasofdate >= 1',
  'consent' = 'email',
  'may_be_empty' = 'true',
  'parameter.stedi.max_age' = '0 to 3000',
  'parameter.stedi.as_of' = '2000-01-01 to 2100-12-31',
  'pii' = 'customername,email,phone,birthday,serialnumber'
)
AS
WITH repaired AS (
  SELECT
    c.customername,
    c.email,
    c.phone,
    CASE length(c.birthday)
      WHEN 10 THEN c.birthday
      WHEN 9 THEN '1' || c.birthday
      WHEN 8 THEN '19' || c.birthday
    END AS birthday,
    c.serialnumber,
    c.registrationdate,
    c.lastupdatedate,
    c.sharewithresearchasofdate,
    c.sharewithpublicasofdate
  FROM customers_landing c
),
dated AS (
  SELECT
    r.customername,
    r.email,
    r.phone,
    r.birthday,
    -- The digits are looked at first: what a cast takes for a date differs from engine to engine.
    try_cast(
      CASE WHEN regexp_like(r.birthday, '^[0-9]{4}-[0-9]{2}-[0-9]{2}$') THEN r.birthday END
      AS DATE
    ) AS born,
    r.serialnumber,
    r.registrationdate,
    r.lastupdatedate,
    r.sharewithresearchasofdate,
    r.sharewithpublicasofdate
  FROM repaired r
)
-- Exact duplicates of a record need no step of their own: they change neither a minimum nor a maximum.
SELECT
  d.customername,
  d.email,
  d.phone,
  max(d.birthday) AS birthday,
  d.serialnumber,
  min(d.registrationdate) AS registrationdate,
  max(d.lastupdatedate) AS lastupdatedate,
  max(d.sharewithresearchasofdate) AS sharewithresearchasofdate,
  max(d.sharewithpublicasofdate) AS sharewithpublicasofdate
FROM dated d
WHERE
  d.sharewithresearchasofdate >= 1
  -- There is no year 0, but one engine takes it for 1 BC.
  AND d.born >= cast('0001-01-01' AS DATE)
  AND round(
    cast(
      datediff(coalesce(cast(nullif('${stedi.as_of}', '') AS DATE), current_date), d.born)
      AS DOUBLE
    ) / 365
  ) < cast('${stedi.max_age}' AS INT)
GROUP BY d.customername, d.serialnumber, d.phone, d.email;
