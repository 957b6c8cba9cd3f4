#include "select/rank_columns.h"

#include <gtest/gtest.h>

#include <string>

namespace stedi {
namespace {

TEST(WithoutRanks, SortsByWhatARankIsOf) {
  EXPECT_EQ(
      WithoutRanks("SELECT t.a FROM (SELECT u.a, row_number() OVER (ORDER BY u.k) AS place FROM "
                   "u) t ORDER BY t.place, t.a"),
      "SELECT t.a FROM (SELECT u.a, (u.k) AS place FROM u) t ORDER BY t.place, t.a");
  EXPECT_EQ(
      WithoutRanks("select t.a from (select u.a, Cast(Rank() over (order by f(u.k, 1)) as INT) "
                   "Place from u) t order by t.a desc, t.PLACE nulls last -- all\n"),
      "select t.a from (select u.a, (f(u.k, 1)) Place from u) t order by t.a desc, t.PLACE "
      "nulls last -- all\n");
}

TEST(WithoutRanks, LeavesAloneWhatItDoesNotUnderstand) {
  for (const std::string select :
       {"SELECT t.a FROM (SELECT u.a, row_number() OVER (ORDER BY u.k DESC) AS p FROM u) t ORDER "
        "BY t.p",
        "SELECT t.a FROM (SELECT u.a, row_number() OVER (ORDER BY u.k, u.l) AS p FROM u) t ORDER "
        "BY t.p",
        "SELECT t.a FROM (SELECT u.a, row_number() OVER (PARTITION BY u.k ORDER BY u.l) AS p FROM "
        "u) t "
        "ORDER BY t.p",
        "SELECT t.a FROM (SELECT u.a, row_number() OVER (ORDER BY u.k) + 1 AS p FROM u) t ORDER BY "
        "t.p",
        "SELECT t.a FROM (SELECT u.a, row_number() OVER (ORDER BY u.k) AS p FROM u) t ORDER BY t.p "
        "+ 1",
        "SELECT t.a FROM (SELECT u.a, row_number() OVER (ORDER BY u.k) AS p FROM u) t ORDER BY "
        "-t.p",
        "SELECT t.a FROM (SELECT u.a, row_number() OVER (ORDER BY u.k) AS p FROM u) t ORDER BY p",
        "SELECT t.a FROM (SELECT u.a, row_number() OVER (ORDER BY u.k) AS p FROM u) t ORDER BY "
        "t.p, t.p",
        "SELECT t.a FROM (SELECT u.a, row_number() OVER (ORDER BY u.k) AS p FROM u) t ORDER BY t.a",
        "SELECT row_number() OVER (ORDER BY", "row_number() OVER (ORDER BY k", ""}) {
    EXPECT_EQ(WithoutRanks(select), select);
  }
}

}  // namespace
}  // namespace stedi
