// Replaces the strings of a SELECT .. ORDER BY by numbers while it is joined and sorted.
#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <string_view>

#include "database/scalar_function.h"
#include "pipeline/project.h"
#include "rows/string_pool.h"

namespace stedi {

// Rewrites a sorted SELECT so that its strings are carried as numbers and are restored only after
// the sort (late materialization). Carrying 64-letter pseudonyms through a join and a sort, and
// comparing e-mail addresses, is most of the cost of such a SELECT, and a table has far fewer
// distinct strings than rows.
//
// Each distinct string gets a number from a pool (rows/string_pool.h), in the order in which the
// threads encounter the strings. Equal strings have equal numbers, but the numbers say nothing
// about the order of the strings. So a number can replace a string that is only carried or tested
// for equality, but not one that is compared by order. This decides which strings are replaced:
//
//   - An output column that is just a column of a table (p.customer) is only carried.
//     `p.customer` becomes `to_number(p.customer) AS customer`, and a SELECT around the statement
//     restores the strings above the sort:
//
//       SELECT to_string(customer) AS customer, .. FROM (SELECT to_number(p.customer) AS customer,
//       .. FROM .. ORDER BY p.place)
//
//     The sort keys stay as they are: ORDER BY p.name still reads the strings of the table.
//   - If such a column comes from a derived table, `JOIN (SELECT ..) p`, and nothing else in the
//     statement uses it, it becomes a number inside the derived table, so that the join carries
//     numbers as well.
//   - `a.user = p.email` in a join condition only tests two strings for equality. Both become
//     numbers if one of them comes from a derived table and nothing else uses it. These numbers
//     come from a second pool that does not keep the strings, because they are never restored.
//
// The statement is analyzed as a list of tokens, not as a parse tree, and is left as it is where
// that does not suffice: when it has a DISTINCT, a set operation, a grouping, a LIMIT, a `*`, or an
// ORDER BY of anything but columns qualified with their table (an unqualified name could be an
// output column, which is a number in the rewritten SELECT).
//
// DuckDB may call to_number once per entry of a dictionary, because it gives the same number for
// the same string. to_string is volatile, so that DuckDB does not move it below the sort. Both
// return NULL for NULL. When a pool is full (or holds four million strings), the statement fails
// and out_of_room() becomes true; the caller then runs the original SELECT.
class LateStrings {
 public:
  // The pool of output strings takes at most about `bytes_max` bytes, and the pool of strings that
  // joins compare takes half as much.
  explicit LateStrings(uint64_t bytes_max)
      : pool_(bytes_max), compared_(bytes_max / 2, StringPool::Texts::kDiscarded) {}
  LateStrings(const LateStrings&) = delete;
  LateStrings& operator=(const LateStrings&) = delete;

  // Returns a SELECT that gives the rows of the view's SELECT in the same order, or nothing when
  // none of its strings can be replaced. Registers functions in the connection's database that
  // point to this object, which must therefore live until the statement has ended.
  std::optional<std::string> Wrap(Connection& connection, const View& view);

  // Whether a statement failed because there were too many distinct strings.
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
