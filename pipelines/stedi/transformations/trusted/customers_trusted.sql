-- One row for each person who agrees to share with research and whose birthday can be believed.
--
-- What a person agrees to is what they said last, in any record with their e-mail, and whatever cannot
-- be understood is a no. consent_unclear holds back whom records of other kinds speak against: rejected
-- ones, and those with another spelling of the e-mail. Which record stands for the person is another
-- question: the latest of those with a plausible birthday. No file name and no place in a file decides.
CREATE MATERIALIZED VIEW customers_trusted (
  customer STRING COMMENT 'pseudonym of the person: keyed hash of the e-mail',
  customername STRING COMMENT 'name as given at registration',
  email STRING COMMENT 'e-mail; one row each',
  phone STRING COMMENT 'telephone number as given',
  birthday DATE COMMENT 'birthday, repaired where it had lost its first digits',
  serialnumber STRING COMMENT 'serial number of the step trainer the customer has',
  registrationdate BIGINT COMMENT 'registration, milliseconds since 1970, UTC',
  lastupdatedate BIGINT COMMENT 'latest update with a plausible birthday, milliseconds since 1970, UTC',
  sharewithresearchasofdate BIGINT COMMENT 'agreed to share with research at, by the latest word of all, milliseconds since 1970, UTC',
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
  -- Whoever is no longer here leaves every table, also when a run fails. All may have withdrawn.
  'consent' = 'email',
  'may_be_empty' = 'true',
  'parameter.stedi.max_age' = '0 to 3000',
  'parameter.stedi.as_of' = '2000-01-01 to 2100-12-31',
  'pii' = 'customername,email,phone,birthday,serialnumber'
)
AS
WITH days AS (
  SELECT
    cast(
      datediff(
        coalesce(cast(nullif('${stedi.as_of}', '') AS DATE), current_date),
        cast('1970-01-01' AS DATE)
      )
      AS BIGINT
    ) AS today
),
dated AS (
  SELECT
    c.customername,
    c.email,
    c.phone,
    c.birthday,
    c.serialnumber,
    c.registrationdate,
    c.lastupdatedate,
    c.sharewithresearchasofdate,
    c.sharewithpublicasofdate,
    c.sharewithfriendsasofdate,
    d.today,
    -- A record speaks at its update, or at its registration where it has no update. A time that does
    -- not fit its column, or that is none of these days, is no time: NULL.
    CASE
      WHEN contains(',' || coalesce(c._unfit, '') || ',', ',lastupdatedate,') THEN NULL
      WHEN c.lastupdatedate IS NULL
        AND contains(',' || coalesce(c._unfit, '') || ',', ',registrationdate,') THEN NULL
      -- 2000-01-01
      WHEN coalesce(c.lastupdatedate, c.registrationdate) < 946684800000 THEN NULL
      WHEN coalesce(c.lastupdatedate, c.registrationdate) >= (d.today + 2) * 86400000 THEN NULL
      ELSE coalesce(c.lastupdatedate, c.registrationdate)
    END AS spoken_at
  FROM customers_landing c
  CROSS JOIN days d
  -- An e-mail of white space is nobody's. What begins with a visible character is not, which is quick
  -- to see.
  WHERE c.email BETWEEN '!' AND '~'
    OR trim(BOTH ' ' FROM translate(c.email, chr(9) || chr(10) || chr(11) || chr(12) || chr(13) || chr(160), '      ')) <> ''
),
said AS (
  SELECT
    r.customername,
    r.email,
    r.phone,
    r.birthday,
    r.serialnumber,
    r.registrationdate,
    r.lastupdatedate,
    r.sharewithresearchasofdate,
    r.sharewithpublicasofdate,
    r.sharewithfriendsasofdate,
    -- A record without a time is later than every other.
    coalesce(r.spoken_at, (r.today + 2) * 86400000) AS said_at,
    -- A consent of before 2000 is in other units than milliseconds, and one of another day has not
    -- begun. What does not fit the column is NULL.
    coalesce(
      r.spoken_at IS NOT NULL
      AND r.sharewithresearchasofdate >= 946684800000
      AND r.sharewithresearchasofdate < (r.today + 1) * 86400000,
      FALSE
    ) AS is_yes
  FROM dated r
),
weighed AS (
  SELECT
    s.customername,
    s.email,
    s.phone,
    CASE length(s.birthday)
      WHEN 10 THEN s.birthday
      WHEN 9 THEN '1' || s.birthday
      WHEN 8 THEN '19' || s.birthday
    END AS birthday_text,
    s.serialnumber,
    s.registrationdate,
    s.lastupdatedate,
    s.sharewithresearchasofdate,
    s.sharewithpublicasofdate,
    s.sharewithfriendsasofdate,
    s.said_at,
    s.is_yes,
    max(CASE WHEN s.is_yes THEN s.said_at END) OVER (PARTITION BY s.email) AS last_yes,
    max(CASE WHEN NOT s.is_yes THEN s.said_at END) OVER (PARTITION BY s.email) AS last_no
  FROM said s
),
agreed AS (
  SELECT
    w.customername,
    w.email,
    w.phone,
    -- The digits are looked at first: what a cast takes for a date differs from engine to engine.
    try_cast(
      CASE WHEN regexp_like(w.birthday_text, '^[0-9]{4}-[0-9]{2}-[0-9]{2}$') THEN w.birthday_text END
      AS DATE
    ) AS birthday,
    coalesce(cast(nullif('${stedi.as_of}', '') AS DATE), current_date) AS as_of,
    w.serialnumber,
    w.registrationdate,
    w.lastupdatedate,
    -- Of several yeses of one time the latest consent counts.
    max(CASE WHEN w.is_yes AND w.said_at = w.last_yes THEN w.sharewithresearchasofdate END)
      OVER (PARTITION BY w.email) AS sharewithresearchasofdate,
    w.sharewithpublicasofdate,
    w.sharewithfriendsasofdate,
    w.said_at
  FROM weighed w
  WHERE
    -- Said yes, and no no at that time or later.
    w.last_yes > coalesce(w.last_no, 0)
    -- Nothing unclear speaks against it.
    AND NOT EXISTS (SELECT 1 FROM consent_unclear u WHERE u.email = w.email)
),
plausible AS (
  SELECT
    a.customername,
    a.email,
    a.phone,
    a.birthday,
    a.serialnumber,
    a.registrationdate,
    a.lastupdatedate,
    a.sharewithresearchasofdate,
    a.sharewithpublicasofdate,
    a.sharewithfriendsasofdate,
    -- Of several records of one time the greatest by its values, so that the same records give the
    -- same row in whatever files they come.
    row_number() OVER (
      PARTITION BY a.email
      ORDER BY
        a.said_at DESC NULLS LAST,
        a.registrationdate DESC NULLS LAST,
        a.sharewithpublicasofdate DESC NULLS LAST,
        a.sharewithfriendsasofdate DESC NULLS LAST,
        a.birthday DESC NULLS LAST,
        a.serialnumber DESC NULLS LAST,
        a.customername DESC NULLS LAST,
        a.phone DESC NULLS LAST,
        a.lastupdatedate DESC NULLS LAST
    ) AS choice
  FROM agreed a
  WHERE
    -- There is no year 0, but one engine takes it for 1 BC.
    a.birthday >= cast('0001-01-01' AS DATE)
    -- Completed years: a birthday of 29 February is reached on 1 March in other years.
    AND year(a.as_of) - year(a.birthday)
      - CASE
          WHEN 100 * month(a.birthday) + day(a.birthday) > 100 * month(a.as_of) + day(a.as_of) THEN 1
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
  -- A serial number of white space is no device's: no reading may meet it.
  CASE
    WHEN p.serialnumber BETWEEN '!' AND '~' THEN p.serialnumber
    WHEN trim(BOTH ' ' FROM translate(p.serialnumber, chr(9) || chr(10) || chr(11) || chr(12) || chr(13) || chr(160), '      ')) <> ''
      THEN p.serialnumber
  END AS serialnumber,
  p.registrationdate,
  p.lastupdatedate,
  p.sharewithresearchasofdate,
  p.sharewithpublicasofdate,
  p.sharewithfriendsasofdate
FROM plausible p
WHERE p.choice = 1;
