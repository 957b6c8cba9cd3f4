// Checks a lake: whether its files and rows are those that were written, and whether every byte of
// the landing files is accounted for. On demand, also checks whether its landing files and its
// project give its tables. Does not write to the lake.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "inspect/table_verification.h"
#include "run/run_options.h"

namespace stedi {

struct VerifyOptions {
  // Only lake, catalog, set, threads and memory_bytes are used; with `recompute`, project_folder
  // too.
  RunOptions run;
  std::string database;  // empty: as FindLake chooses
  // Reads the landing files that still exist again, and runs each view's SELECT over the lake's own
  // tables. If each table is what its inputs give, all tables are what the landing files give.
  bool recompute = false;
};

struct LakeVerification {
  std::string database;
  std::vector<TableVerification> tables;  // by name
  uint64_t landing_files = 0;             // whose bytes were checked to be accounted for
  uint64_t landing_bytes = 0;             // decoded
  std::vector<std::string> faults;        // of the catalog
  std::vector<std::string> notes;
  bool is_sound() const;
};

// `on_table` is called with each table when it is done. Throws kNotFound when there is no lake,
// kInvalid when the lake was made with another pseudonym key, ProjectError when the project has
// mistakes.
LakeVerification VerifyLake(const VerifyOptions& options,
                            const std::function<void(const TableVerification&)>& on_table);

}  // namespace stedi
