#include "database/sql_error.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "database/database.h"

namespace stedi {
namespace {

TEST(SqlError, SaysWhetherTheStatementIsToBlame) {
  struct Case {
    std::string statement;
    bool is_of_machine;
    bool is_out_of_memory;
  };
  const std::vector<Case> cases = {
      {"SELEC 1", false, false},
      {"SELECT nope", false, false},
      {"SELECT nope(1)", false, false},
      {"SELECT CAST('a' AS INTEGER)", false, false},
      {"COPY (SELECT 1) TO '/nowhere/a.csv'", true, false},
      {"CREATE TABLE t AS SELECT i FROM range(100000000) r(i)", true, true},
  };
  DatabaseOptions options;
  options.threads = 1;
  options.memory_bytes = 32 << 20;
  Database database(options);
  Connection connection(database);
  for (const Case& row : cases) {
    SCOPED_TRACE(row.statement);
    try {
      connection.Execute(row.statement);
      ADD_FAILURE() << "no error";
    } catch (const SqlError& error) {
      EXPECT_EQ(error.is_of_machine(), row.is_of_machine) << error.what();
      EXPECT_EQ(IsOutOfMemory(error), row.is_out_of_memory) << error.what();
    }
  }
}

TEST(SqlError, OtherErrorsAreNotOfMemory) {
  EXPECT_FALSE(IsOutOfMemory(Error(ErrorCode::kUnavailable, "the disk is full")));
}

}  // namespace
}  // namespace stedi
