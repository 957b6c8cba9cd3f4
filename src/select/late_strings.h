// SELECT .. ORDER BY with numbers in place of its strings while it is sorted, and while a derived
// table they come from is joined, also in that join's own condition: moving 64-letter pseudonyms
// about and comparing e-mails is most of what that costs.
#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <string_view>

#include "database/database.h"
#include "pipeline/project.h"
#include "rows/string_pool.h"

namespace stedi {

class LateStrings {
 public:
  // Different strings may take about `bytes_max` bytes, and half as many those that joins compare.
  explicit LateStrings(uint64_t bytes_max)
      : pool_(bytes_max), compared_(bytes_max / 2, StringPool::Texts::kForgotten) {}
  LateStrings(const LateStrings&) = delete;
  LateStrings& operator=(const LateStrings&) = delete;

  // The same rows in the same order; nothing where that would need more than a look at the text:
  // the strings must be plain columns (p.customer), and the order one of plain columns, too.
  // Registers two functions of the connection's database: the statement must end before this does.
  std::optional<std::string> Wrap(Connection& connection, const View& view);

  // Whether a statement failed because there were too many different strings.
  bool out_of_room() const { return out_of_room_; }

 private:
  template <StringPool LateStrings::*pool>
  static void ToNumbers(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output);
  static void ToStrings(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output);

  StringPool pool_;
  StringPool compared_;
  std::atomic<bool> out_of_room_ = false;
};

}  // namespace stedi
