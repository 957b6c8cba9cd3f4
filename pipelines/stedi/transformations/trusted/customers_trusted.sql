-- One row for each person who agrees to share with research and whose birthday can be believed.
--
-- What a person agrees to is what they said last, in any record with their e-mail. Which record stands
-- for the person is another question: the latest of those with a plausible birthday.
CREATE MATERIALIZED VIEW customers_trusted (
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
COMMENT 'One row for each person who agrees to share with research and has a plausible birthday.'
TBLPROPERTIES (
  'not_null' = 'customer,email,birthday,sharewithresearchasofdate',
  'unique.person' = 'email',
  'unique.pseudonym' = 'customer',
  'expect.consent' = 'sharewithresearchasofdate > 0',
  'expect.age' = 'birthday <= cast(''${stedi.as_of}'' AS DATE) AND year(cast(''${stedi.as_of}'' AS DATE)) - year(birthday) <= ${stedi.max_age} + 1',
  'expect.pseudonym_is_a_hash' = 'length(customer) = 64',
  'pii' = 'customername,email,phone,birthday,serialnumber'
)
AS
WITH records AS (
  SELECT
    c.customername,
    c.email,
    c.phone,
    CASE length(c.birthday)
      WHEN 10 THEN c.birthday
      WHEN 9 THEN '1' || c.birthday
      WHEN 8 THEN '19' || c.birthday
    END AS birthday_text,
    c.serialnumber,
    c.registrationdate,
    c.lastupdatedate,
    first_value(c.sharewithresearchasofdate) OVER latest_first AS sharewithresearchasofdate,
    c.sharewithpublicasofdate,
    c.sharewithfriendsasofdate,
    row_number() OVER latest_first AS recency
  FROM customers_landing c
  WHERE c.email IS NOT NULL
  WINDOW latest_first AS (
    PARTITION BY c.email
    ORDER BY
      c.lastupdatedate DESC NULLS LAST,
      c.registrationdate DESC NULLS LAST,
      c._source_file DESC,
      c._offset DESC
  )
),
dated AS (
  SELECT
    r.customername,
    r.email,
    r.phone,
    -- The digits are looked at first: what a cast takes for a date differs from engine to engine.
    try_cast(
      CASE WHEN regexp_like(r.birthday_text, '^[0-9]{4}-[0-9]{2}-[0-9]{2}$') THEN r.birthday_text END
      AS DATE
    ) AS birthday,
    coalesce(cast(nullif('${stedi.as_of}', '') AS DATE), current_date) AS as_of,
    r.serialnumber,
    r.registrationdate,
    r.lastupdatedate,
    r.sharewithresearchasofdate,
    r.sharewithpublicasofdate,
    r.sharewithfriendsasofdate,
    r.recency
  FROM records r
  WHERE r.sharewithresearchasofdate > 0
),
plausible AS (
  SELECT
    d.customername,
    d.email,
    d.phone,
    d.birthday,
    d.serialnumber,
    d.registrationdate,
    d.lastupdatedate,
    d.sharewithresearchasofdate,
    d.sharewithpublicasofdate,
    d.sharewithfriendsasofdate,
    row_number() OVER (PARTITION BY d.email ORDER BY d.recency) AS choice
  FROM dated d
  WHERE
    -- There is no year 0, but one engine takes it for 1 BC.
    d.birthday >= cast('0001-01-01' AS DATE)
    -- Completed years: a birthday of 29 February is reached on 1 March in other years.
    AND year(d.as_of) - year(d.birthday)
      - CASE
          WHEN 100 * month(d.birthday) + day(d.birthday) > 100 * month(d.as_of) + day(d.as_of) THEN 1
          ELSE 0
        END
      BETWEEN 0 AND cast('${stedi.max_age}' AS INT)
)
SELECT
  -- Hashed twice, so that nobody who knows e-mails can lengthen or guess it without the key. Made once
  -- a person, here, because it is the dearest expression of the pipeline.
  sha2(
    '${stedi.pseudonym_key}' || sha2('${stedi.pseudonym_key}' || p.email, 256),
    256
  ) AS customer,
  p.customername,
  p.email,
  p.phone,
  p.birthday,
  p.serialnumber,
  p.registrationdate,
  p.lastupdatedate,
  p.sharewithresearchasofdate,
  p.sharewithpublicasofdate,
  p.sharewithfriendsasofdate
FROM plausible p
WHERE p.choice = 1;
