// The options of a run.
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
  std::map<std::string, std::string> set;  // parameters; --landing sets stedi.landing, absolute
  int threads = 0;                         // 0 = all
  uint64_t memory_bytes = 0;  // for DuckDB; 0 = a quarter of what the machine lets us have
  bool wait = true;           // for another writer to finish
  bool skip_bad_files = false;
  std::vector<std::string> rebuild;  // tables to build from scratch, whatever their schema was
  bool full = false;                 // build every view from its inputs, up to date or not
  bool new_key = false;              // the pseudonym key may be another one than the lake's
  // The feed whose quarantined records are read again even if its contract is the same; an empty
  // string: all feeds.
  std::optional<std::string> retry_quarantine;
  bool allow_shrink = false;  // guards (run/guards.h) only warn
};

}  // namespace stedi
