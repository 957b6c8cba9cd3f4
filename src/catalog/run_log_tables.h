// The SQL that creates the tables of the run log and upgrades older ones.
#pragma once

namespace stedi {

// Rows are numbered in the order in which they are committed, because the clock may be set back.
inline constexpr const char* kCreateTables = R"sql(
CREATE TABLE IF NOT EXISTS stedi_runs (
  number INTEGER PRIMARY KEY AUTOINCREMENT, run_id TEXT NOT NULL UNIQUE, project TEXT NOT NULL,
  database_name TEXT NOT NULL, status TEXT NOT NULL, started_ms INTEGER NOT NULL,
  finished_ms INTEGER NOT NULL, parameters TEXT NOT NULL, message TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS stedi_steps (
  number INTEGER PRIMARY KEY AUTOINCREMENT, run_id TEXT NOT NULL, table_name TEXT NOT NULL,
  action TEXT NOT NULL, rows_in TEXT NOT NULL, rows_out INTEGER NOT NULL, snapshot_id INTEGER,
  seconds REAL NOT NULL, fingerprint TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS stedi_steps_by_run ON stedi_steps (run_id, number);
CREATE INDEX IF NOT EXISTS stedi_steps_by_table ON stedi_steps (table_name, number);
CREATE TABLE IF NOT EXISTS stedi_files (
  database_name TEXT NOT NULL, feed TEXT NOT NULL, file TEXT NOT NULL, status TEXT NOT NULL,
  size_bytes INTEGER NOT NULL, decoded_bytes INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,
  content_hash TEXT NOT NULL, records INTEGER NOT NULL, rejected INTEGER NOT NULL,
  accepted_bytes INTEGER NOT NULL, quarantined_bytes INTEGER NOT NULL,
  whitespace_bytes INTEGER NOT NULL, framing_bytes INTEGER NOT NULL, run_id TEXT NOT NULL,
  decoding TEXT NOT NULL,
  PRIMARY KEY (database_name, feed, file)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS stedi_expectations (
  number INTEGER PRIMARY KEY AUTOINCREMENT, run_id TEXT NOT NULL, table_name TEXT NOT NULL,
  name TEXT NOT NULL, kind TEXT NOT NULL, action TEXT NOT NULL, failed INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS stedi_expectations_by_run ON stedi_expectations (run_id, number);
CREATE TABLE IF NOT EXISTS stedi_bad_files (
  number INTEGER PRIMARY KEY AUTOINCREMENT, run_id TEXT NOT NULL, feed TEXT NOT NULL,
  file TEXT NOT NULL, problem TEXT NOT NULL, is_skipped INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS stedi_bad_files_by_run ON stedi_bad_files (run_id, number);
CREATE TABLE IF NOT EXISTS stedi_settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
)sql";

// Format 1 did not record how a file was decoded: the name of the file decided. A file without a
// rejected record was certainly plain text.
inline constexpr const char* kAddDecoding = R"sql(
ALTER TABLE stedi_files ADD COLUMN decoding TEXT NOT NULL DEFAULT 'unchecked';
UPDATE stedi_files SET decoding = CASE WHEN file GLOB '*.gz' THEN 'gzip'
  WHEN file GLOB '*.zst' THEN 'zstd' WHEN rejected = 0 THEN 'plain' ELSE 'unchecked' END;
)sql";

}  // namespace stedi
