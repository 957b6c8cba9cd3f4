CREATE STREAMING TABLE visits (
  id BIGINT NOT NULL COMMENT 'unlike all others, but in copies of its file'
)
TBLPROPERTIES ('feed.path' = '${stedi.landing}/visits');
