-- Who has a yes on record and is held back all the same, and by which record. customers_trusted leaves
-- these people out: where it is not clear whether a person agreed, the person is out.
--
-- A person is listed once for each record that holds them back. Whom their own clear no takes out is
-- not listed: they withdrew, or never agreed.
CREATE MATERIALIZED VIEW consent_unclear (
  email STRING COMMENT 'e-mail of the person who is held back',
  file STRING COMMENT 'landing file of the record that holds the person back, relative to the folder of the feed',
  byte_offset BIGINT COMMENT 'place of that record: decoded bytes from the start of the file',
  reason STRING COMMENT 'what is unclear about that record'
)
COMMENT 'People who have a yes to research on record and are held back by a record that is not clear.'
TBLPROPERTIES (
  'not_null' = 'email,file,byte_offset,reason',
  'pii' = 'email,file',
  'may_be_empty' = 'true',
  'note' = 'CASE WHEN count(*)
      + (SELECT count(*) FROM customers_landing_rejected r WHERE r.email IS NULL)
      + (SELECT count(*) FROM customers_landing c
        WHERE CASE WHEN c.email BETWEEN ''!'' AND ''~'' THEN FALSE ELSE coalesce(trim(BOTH '' '' FROM translate(c.email, chr(9) || chr(10) || chr(11) || chr(12) || chr(13) || chr(160), ''      '')), '''') = '''' END) > 0
    THEN ''consent unclear: '' || count(DISTINCT email)
      || CASE count(DISTINCT email) WHEN 1 THEN '' person'' ELSE '' people'' END
      || ''; rejected records that name nobody: ''
      || (SELECT count(*) FROM customers_landing_rejected r WHERE r.email IS NULL)
      || coalesce(''; records without an e-mail: '' || nullif((SELECT count(*) FROM customers_landing c
        WHERE CASE WHEN c.email BETWEEN ''!'' AND ''~'' THEN FALSE ELSE coalesce(trim(BOTH '' '' FROM translate(c.email, chr(9) || chr(10) || chr(11) || chr(12) || chr(13) || chr(160), ''      '')), '''') = '''' END), 0), '''')
    END'
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
records AS (
  SELECT
    c.email,
    c._source_file AS file,
    c._offset AS byte_offset,
    coalesce(c.lastupdatedate, c.registrationdate) AS dated,
    c.sharewithresearchasofdate AS share,
    CASE
      WHEN contains(',' || coalesce(c._unfit, '') || ',', ',lastupdatedate,')
        OR (
          c.lastupdatedate IS NULL
          AND contains(',' || coalesce(c._unfit, '') || ',', ',registrationdate,')
        )
        THEN 'its date does not fit'
      WHEN c.lastupdatedate IS NULL AND c.registrationdate IS NULL THEN 'it has no date'
    END AS undated,
    CASE
      WHEN contains(',' || coalesce(c._unfit, '') || ',', ',sharewithresearchasofdate,')
        THEN 'its consent does not fit'
    END AS unfit
  FROM customers_landing c
  WHERE c.email IS NOT NULL
  UNION ALL
  -- A record that was rejected says no, at its update if that could be read. Its registration does not
  -- count: whether the record had a later update is not known.
  SELECT
    r.email,
    r._source_file,
    r._offset,
    r.lastupdatedate,
    cast(NULL AS BIGINT),
    CASE WHEN r.lastupdatedate IS NULL THEN 'rejected without a date: ' || r.reason END,
    'rejected: ' || r.reason
  FROM customers_landing_rejected r
  WHERE r.email IS NOT NULL
),
judged AS (
  SELECT
    q.email,
    -- The same person for a no: without white space around it (160 is the space that does not break),
    -- ASCII letters in lower case. lower() is quick, and the same everywhere for ASCII alone.
    CASE
      WHEN NOT regexp_like(q.email, '[^!-~]') THEN lower(q.email)
      ELSE trim(BOTH ' ' FROM translate(
        q.email,
        chr(9) || chr(10) || chr(11) || chr(12) || chr(13) || chr(160) || 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
        '      abcdefghijklmnopqrstuvwxyz'
      ))
    END AS spelled,
    q.file,
    q.byte_offset,
    q.share,
    CASE
      WHEN q.undated IS NULL
        AND q.dated >= 946684800000  -- 2000-01-01
        AND q.dated < (d.today + 2) * 86400000
        THEN q.dated
      -- A record without a time is later than every other.
      ELSE (d.today + 2) * 86400000
    END AS said_at,
    CASE
      WHEN q.undated IS NOT NULL THEN q.undated
      WHEN q.dated < 946684800000 OR q.dated >= (d.today + 2) * 86400000
        THEN 'its date is no day from 2000 to today'
      WHEN q.unfit IS NOT NULL THEN q.unfit
      WHEN q.share > 0 AND q.share < 946684800000 THEN 'its consent is of before 2000'
      WHEN q.share >= (d.today + 1) * 86400000 THEN 'its consent begins on a later day'
    END AS unclear,
    coalesce(q.share > 0, FALSE) AS is_hopeful
  FROM records q
  CROSS JOIN days d
),
persons AS (
  SELECT
    j.email,
    j.spelled,
    max(CASE WHEN j.unclear IS NULL AND j.is_hopeful THEN j.said_at END) AS last_yes,
    max(CASE WHEN j.unclear IS NULL AND NOT j.is_hopeful THEN j.said_at END) AS last_no,
    max(CASE WHEN j.is_hopeful THEN j.said_at END) AS last_hope
  FROM judged j
  -- An e-mail of white space is nobody's.
  WHERE j.spelled <> ''
  GROUP BY j.email, j.spelled
)
-- Once, though a record may name the person in several spellings.
SELECT DISTINCT
  p.email,
  n.file,
  n.byte_offset,
  coalesce(n.unclear, 'a no under another spelling of the e-mail') AS reason
FROM persons p
JOIN judged n ON n.spelled = p.spelled
WHERE
  -- Has a yes on record, with no clear no of their own at its time or later.
  p.last_hope > coalesce(p.last_no, 0)
  -- A no that is unclear, or that another spelling said.
  AND (n.unclear IS NOT NULL OR (n.email <> p.email AND NOT n.is_hopeful))
  -- No clear yes of their own is later.
  AND n.said_at >= coalesce(p.last_yes, 0);
