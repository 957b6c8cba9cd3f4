// What whoever starts a run may choose.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace stedi {

struct RunOptions {
  std::filesystem::path project_folder;
  std::filesystem::path lake = "lake";     // or s3://bucket/prefix
  std::filesystem::path catalog;           // empty: <lake>/catalog.db
  std::map<std::string, std::string> set;  // parameters; --landing is stedi.landing, absolute
  int threads = 0;                         // 0 = all
  uint64_t memory_bytes = 0;  // DuckDB's share; 0 = a quarter of what the machine lets us have
  bool wait = true;           // for another writer
  bool skip_bad_files = false;
  std::vector<std::string> rebuild;  // tables to build from nothing, whatever their schema was
  bool full = false;                 // build every view from its inputs, up to date or not
  bool new_key = false;              // another pseudonym key than the lake's is meant
  // Reads quarantined records again, also if no contract changed: of this feed; empty: of all.
  std::optional<std::string> retry_quarantine;
  bool allow_shrink = false;  // guards (run/guards.h) warn
};

}  // namespace stedi
