-- One record for each registration and each update of a customer: a log, not a list of people.
CREATE STREAMING TABLE customers_landing (
  customername STRING COMMENT 'name as given at registration',
  email STRING COMMENT 'e-mail; the same e-mail is the same person',
  phone STRING COMMENT 'telephone number as given',
  birthday STRING COMMENT 'birthday as given; some have lost their first digits',
  serialnumber STRING COMMENT 'serial number of the step trainer the customer has',
  registrationdate BIGINT COMMENT 'registration, milliseconds since 1970, UTC',
  lastupdatedate BIGINT COMMENT 'this update, milliseconds since 1970, UTC',
  sharewithresearchasofdate BIGINT COMMENT 'agreed to share with research at, milliseconds since 1970, UTC; empty = did not agree',
  sharewithpublicasofdate BIGINT COMMENT 'agreed to share with the public at, milliseconds since 1970, UTC; empty = did not agree',
  sharewithfriendsasofdate BIGINT COMMENT 'agreed to share with friends at, milliseconds since 1970, UTC; empty = did not agree'
)
COMMENT 'Customer records from the website as they came, one for each registration and each update.'
TBLPROPERTIES (
  'feed.path' = '${stedi.landing}/customer/landing',
  'empty_is_null' = 'registrationdate,lastupdatedate,sharewithresearchasofdate,sharewithpublicasofdate,sharewithfriendsasofdate',
  'pii' = 'customername,email,phone,birthday,serialnumber'
);
