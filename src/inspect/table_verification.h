// What was found wrong with one table of a lake.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace stedi {

struct TableVerification {
  std::string table;
  int64_t rows = 0;
  uint64_t files = 0;
  uint64_t bytes = 0;
  bool is_recomputed = false;       // recomputing it was tried
  bool has_other_rows = false;      // recomputed, it has other rows
  std::vector<std::string> faults;  // one line each; no personal data
  std::vector<std::string> notes;   // what could not be checked, and why
};

}  // namespace stedi
