// Whether a lake is what it says it is: its files, its rows, where every landing byte went; and, on
// demand, whether its tables are those that its landing files and its project give. Writes to no
// lake.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "inspect/table_verification.h"
#include "run/run_options.h"

namespace stedi {

struct VerifyOptions {
  // lake, catalog, set, threads and memory_bytes count; project_folder for `recompute`.
  RunOptions run;
  std::string database;  // empty: the project's, or the lake's own choice
  // Reads the landing files that are still there again, and runs each view's SELECT over the
  // lake's own tables. If each table is what its inputs give, all of them are what the landing
  // tables give.
  bool recompute = false;
};

struct LakeVerification {
  std::string database;
  std::vector<TableVerification> tables;  // by name
  uint64_t landing_files = 0;             // whose bytes were added up
  uint64_t landing_bytes = 0;             // decoded
  std::vector<std::string> faults;        // of the catalog
  std::vector<std::string> notes;
  bool is_sound() const;
};

// `on_table` is told each table when it is done. Throws kNotFound when there is no lake, kInvalid
// when it has another pseudonym key, ProjectError when the project has mistakes.
LakeVerification VerifyLake(const VerifyOptions& options,
                            const std::function<void(const TableVerification&)>& on_table);

}  // namespace stedi
