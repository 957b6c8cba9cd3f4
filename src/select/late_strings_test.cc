#include "select/late_strings.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace stedi {
namespace {

constexpr uint64_t kPlenty = 16 << 20;
constexpr uint64_t kScarce = 256 << 10;

class LateStringsTest : public testing::Test {
 protected:
  LateStringsTest() {
    connection_.Execute("SET preserve_insertion_order = false");
    connection_.Execute(
        "CREATE TABLE people AS SELECT CASE WHEN i % 7 <> 0 THEN 'p' || i END AS name, 'the long "
        "name of person ' || i AS long, i % 100 AS place FROM range(20000) AS r(i)");
  }

  // A view with this SELECT and the columns `name` and `long`, which are strings, and `place`.
  View ViewOf(const std::string& select) const {
    View view;
    for (const char* name : {"name", "long"}) {
      view.columns.push_back({name, {SqlType::Kind::kString}, false, false, "", {}});
    }
    view.columns.push_back({"place", {SqlType::Kind::kBigint}, false, false, "", {}});
    view.select.text = select;
    return view;
  }

  std::vector<TextRow> RowsOf(const std::string& select) {
    return connection_.Query(fmt::format("SELECT name, long, place::VARCHAR FROM (\n{}\n)", select))
        .Rows();
  }

  Database database_{DatabaseOptions{2, 0, {}, true}};
  Connection connection_{database_};
};

TEST_F(LateStringsTest, GivesTheSameRowsInTheSameOrder) {
  for (const char* select :
       {"SELECT p.name, p.long, p.place FROM people p ORDER BY p.place, p.long",
        "select p.long AS Long, upper(p.name) AS name, p.place from people p order by p.place desc "
        "nulls last, p.long ASC -- that is all",
        "SELECT d.name, d.long AS long, p.place FROM people p JOIN (SELECT q.name, q.long, q.long "
        "AS "
        "key FROM people q WHERE q.place < 50) d ON d.key = p.long ORDER BY p.place, d.key DESC",
        "SELECT d.name, d.long, d.place FROM (SELECT q.* FROM people q) AS d ORDER BY d.place, "
        "d.long",
        "SELECT p.name AS long, p.long AS name, (SELECT max(q.place) FROM people q) AS place FROM "
        "people p ORDER BY p.long",
        "SELECT d.name, p.long, p.place FROM people p LEFT JOIN (SELECT q.name, q.name AS n, "
        "q.long "
        "AS l FROM people q WHERE q.place < 50) d ON d.l = p.long AND p.name = d.n ORDER BY "
        "p.place, p.long",
        "SELECT d.name, e.long, d.place FROM (SELECT q.name, q.place, q.long AS l FROM people q) d "
        "JOIN (SELECT q.long AS k, q.long FROM people q) e ON d.l = e.k ORDER BY d.place, d.l"}) {
    const View view = ViewOf(select);
    LateStrings strings(kPlenty);
    const std::optional<std::string> wrapped = strings.Wrap(connection_, view);
    ASSERT_TRUE(wrapped.has_value()) << select;
    EXPECT_EQ(RowsOf(*wrapped), RowsOf(select)) << select;
  }
}

TEST_F(LateStringsTest, NumbersADerivedTableBeforeItIsJoined) {
  struct Case {
    const char* from;
    bool is_early;
  };
  for (const Case& row : {
           Case{"(SELECT q.* FROM people q) d ON d.place = p.place", true},
           Case{"(SELECT q.name AS n, q.name FROM people q) AS d ON d.n = p.long", true},
           Case{"(SELECT q.* FROM people q) d ON d.name = p.name", false},
           Case{"(SELECT q.* FROM people q) d ON d.\"NAME\" = p.long", false},
           Case{"(SELECT q.* FROM people q) d USING (name)", false},
           Case{"(SELECT q.name FROM people q) d ON hash(d) > hash(p.long)", false},
           Case{"people d ON d.place = p.place", false},
       }) {
    LateStrings strings(kPlenty);
    const std::string select = fmt::format(
        "SELECT d.name, p.long, p.place FROM people p JOIN {} ORDER BY p.place", row.from);
    const std::optional<std::string> wrapped = strings.Wrap(connection_, ViewOf(select));
    ASSERT_TRUE(wrapped.has_value()) << select;
    EXPECT_EQ(wrapped->find("* REPLACE") != std::string::npos, row.is_early) << select;
  }
}

TEST_F(LateStringsTest, NumbersTheStringsThatADerivedTableIsJoinedBy) {
  struct Case {
    const char* on;
    bool is_numbered;
  };
  for (const Case& row : {
           Case{"ON d.key = p.name", true}, Case{"ON p.name = d.key AND d.place = p.place", true},
           Case{"ON d.place = p.place AND p.name = d.key WHERE p.place < 7", true},
           Case{"ON true WHERE d.key = p.name", true},
           Case{"ON d.key = p.name AND d.key > 'p1'", false},                   // used twice
           Case{"ON d.key = p.name || ''", false},                              // an expression
           Case{"ON NOT d.key = p.name", false},                                // negated
           Case{"ON d.place BETWEEN 1 AND d.place AND d.key = p.name", false},  // AND is ambiguous
           Case{"ON d.place = p.place", false},                                 // not strings
           Case{"JOIN people r ON r.name = p.name ON d.place = p.place",
                false},  // not a derived table
       }) {
    LateStrings strings(kPlenty);
    const std::string select = fmt::format(
        "SELECT p.name, p.long, p.place FROM people p JOIN (SELECT q.name AS key, q.place FROM "
        "people q) d {} ORDER BY p.place, p.long",
        row.on);
    const std::optional<std::string> wrapped = strings.Wrap(connection_, ViewOf(select));
    ASSERT_TRUE(wrapped.has_value()) << select;
    EXPECT_EQ(wrapped->find("* REPLACE") != std::string::npos, row.is_numbered) << *wrapped;
  }
}

TEST_F(LateStringsTest, LeavesAloneWhatItDoesNotUnderstand) {
  LateStrings strings(kPlenty);
  for (const char* select :
       {"SELECT p.name, p.long, p.place FROM people p",
        "SELECT DISTINCT p.name, p.long, p.place FROM people p ORDER BY p.name",
        "SELECT p.name, p.long, p.place FROM people p ORDER BY name",
        "SELECT p.name, p.long, p.place FROM people p ORDER BY p.place + 1",
        "SELECT p.name, p.long, p.place FROM people p ORDER BY 1",
        "SELECT p.name, p.long, p.place FROM people p ORDER BY p.place LIMIT 5",
        "SELECT p.* FROM people p ORDER BY p.place",
        "SELECT p.name, p.long, count(*) AS place FROM people p GROUP BY ALL ORDER BY p.name",
        "SELECT name, long, place FROM people p ORDER BY p.place",
        "SELECT p.name, p.place FROM people p UNION ALL FROM people ORDER BY place",
        "WITH q AS (SELECT 1) SELECT p.name, p.long, p.place FROM people p ORDER BY p.place", ""}) {
    EXPECT_EQ(strings.Wrap(connection_, ViewOf(select)), std::nullopt) << select;
  }
}

TEST_F(LateStringsTest, SaysWhenThereAreTooManyDifferentStrings) {
  LateStrings strings(kScarce);
  const View view = ViewOf("SELECT p.name, p.long, p.place FROM people p ORDER BY p.place");
  EXPECT_THROW(RowsOf(strings.Wrap(connection_, view).value()), SqlError);
  EXPECT_TRUE(strings.out_of_room());
}

}  // namespace
}  // namespace stedi
