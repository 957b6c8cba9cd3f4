// A SELECT .. ORDER BY with numbers in place of its strings while it is joined and sorted.
#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <string_view>

#include "database/database.h"
#include "pipeline/project.h"
#include "rows/string_pool.h"

namespace stedi {

// Rewrites a sorted SELECT so that its strings become strings again only when the rows are in order
// ("late"). To carry 64-letter pseudonyms through a join and a sort, and to compare e-mails, is
// most of what such a SELECT costs; and a table has far fewer different strings than rows.
//
// Each different string gets a number from a pool (rows/string_pool.h), in the order in which the
// threads meet them: equal strings have equal numbers, and that is all the numbers say. So they can
// stand for strings where these are only carried or tested for equality, never where they are
// compared by order. That decides which strings are replaced:
//
//   - A column of the result that is no more than a column of a table (p.customer) is only carried.
//     `p.customer` becomes `to_number(p.customer) AS customer`, and a SELECT around the whole makes
//     the strings again, above the sort:
//
//       SELECT to_string(customer) AS customer, .. FROM (SELECT to_number(p.customer) AS customer,
//       .. FROM .. ORDER BY p.place)
//
//     The sort keys stay as they are: ORDER BY p.name still reads the strings of the table.
//   - If such a column comes from a derived table, `JOIN (SELECT ..) p`, and nothing else in the
//     statement looks at it, it becomes a number in there, before the join, which then moves
//     numbers, too.
//   - `a.user = p.email` in a join's condition only asks whether two strings are equal, so both
//     become numbers, if one of them is of such a derived table and nothing else looks at it. These
//     numbers come from a second pool, which keeps no texts: nobody asks for those strings again.
//
// The statement is read as a list of tokens, not as a tree, and is left alone where that does not
// suffice: a DISTINCT, a set operation, a grouping, a LIMIT, a `*`, or an ORDER BY of anything but
// columns with the name of their table (a bare name could be that of a column of the result, which
// is a number now).
//
// to_number may be called once for each entry of a dictionary, since it gives the same number for
// the same string. to_string is volatile, so DuckDB does not move it below the sort. Both turn NULL
// into NULL. When the pool has no more room (or four million strings), the statement fails,
// out_of_room() says why, and the caller runs the SELECT as it was written.
class LateStrings {
 public:
  // Different strings may take about `bytes_max` bytes, and half as many those that joins compare.
  explicit LateStrings(uint64_t bytes_max)
      : pool_(bytes_max), compared_(bytes_max / 2, StringPool::Texts::kForgotten) {}
  LateStrings(const LateStrings&) = delete;
  LateStrings& operator=(const LateStrings&) = delete;

  // A SELECT that gives the rows of the view's SELECT in the same order; nothing where no string of
  // it can be replaced. Registers functions of the connection's database that refer to this: it
  // must live until the statement has ended.
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
