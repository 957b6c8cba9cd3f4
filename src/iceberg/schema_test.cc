#include "iceberg/schema.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace stedi {
namespace {

using Kind = IcebergType::Kind;
constexpr IcebergType kInt{Kind::kInt};
constexpr IcebergType kLong{Kind::kLong};
constexpr IcebergType kFloat{Kind::kFloat};
constexpr IcebergType kDouble{Kind::kDouble};
constexpr IcebergType kText{Kind::kString};
constexpr IcebergType Decimal(uint8_t precision, uint8_t scale) {
  return {Kind::kDecimal, precision, scale};
}

// The message of the kInvalid that `call` throws; empty when it throws nothing.
template <class Call>
std::string InvalidMessage(Call call) {
  try {
    call();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInvalid);
    return error.what();
  }
  return "";
}

struct TypeCase {
  const char* text;
  IcebergType type;
  const char* written;
};

TEST(IcebergTypeTest, ReadsAndWritesEachType) {
  const TypeCase cases[] = {
      {"boolean", {Kind::kBoolean}, "boolean"},
      {"int", kInt, "int"},
      {"long", kLong, "long"},
      {"float", kFloat, "float"},
      {"double", kDouble, "double"},
      {"decimal(12,2)", Decimal(12, 2), "decimal(12,2)"},
      {"decimal(12, 2)", Decimal(12, 2), "decimal(12,2)"},  // as Java writes it
      {"decimal(38,38)", Decimal(38, 38), "decimal(38,38)"},
      {"date", {Kind::kDate}, "date"},
      {"timestamp", {Kind::kTimestamp}, "timestamp"},
      {"timestamptz", {Kind::kTimestamptz}, "timestamptz"},
      {"string", kText, "string"},
      {"binary", {Kind::kBinary}, "binary"},
  };
  for (const TypeCase& row : cases) {
    EXPECT_EQ(ParseIcebergType(row.text), row.type) << row.text;
    EXPECT_EQ(ToString(row.type), row.written);
  }
}

TEST(IcebergTypeTest, RefusesOtherTypes) {
  for (const char* text : {"", "time", "uuid", "fixed[16]", "timestamp_ns", "decimal", "decimal()",
                           "decimal(,)", "decimal(0,0)", "decimal(39,0)", "decimal(2,3)",
                           "decimal(12,2", "decimal(12,-1)", "decimal(300,1)", "Long"}) {
    EXPECT_NE(InvalidMessage([&] { ParseIcebergType(text); }), "") << text;
  }
}

struct EvolutionCase {
  const char* name;
  EvolutionRule rule;
  std::vector<Field> current;  // schema 3, last column id 9
  std::vector<Field> wanted;
  std::vector<Field> expected;  // empty: the current schema itself
  int32_t last_column_id;
};

class EvolveSchemaTest : public testing::TestWithParam<EvolutionCase> {};

TEST_P(EvolveSchemaTest, Evolves) {
  const EvolutionCase& row = GetParam();
  int32_t last_column_id = 9;
  const Schema next = EvolveSchema({3, row.current}, row.wanted, row.rule, last_column_id);
  const bool is_same = row.expected.empty();
  EXPECT_EQ(next.schema_id, is_same ? 3 : 4);
  EXPECT_EQ(next.fields, is_same ? row.current : row.expected);
  EXPECT_EQ(last_column_id, row.last_column_id);
}

std::vector<Field> UserAndN() {
  return {{1, "user", kText, true, "who"}, {2, "n", kInt, false, ""}};
}

INSTANTIATE_TEST_SUITE_P(
    Iceberg, EvolveSchemaTest,
    testing::Values(
        EvolutionCase{"Same", EvolutionRule::kAppendOnly, UserAndN(), UserAndN(), {}, 9},
        EvolutionCase{"IdsOfWantedAreIgnored",
                      EvolutionRule::kReplace,
                      UserAndN(),
                      {{7, "user", kText, true, "who"}, {7, "n", kInt, false, ""}},
                      {},
                      9},
        EvolutionCase{"DocChanges",
                      EvolutionRule::kAppendOnly,
                      UserAndN(),
                      {{0, "user", kText, true, "whom"}, {0, "n", kInt, false, ""}},
                      {{1, "user", kText, true, "whom"}, {2, "n", kInt, false, ""}},
                      9},
        EvolutionCase{"FeedGainsAColumnBetween",
                      EvolutionRule::kAppendOnly,
                      UserAndN(),
                      {{0, "user", kText, true, "who"}, {0, "x", kDouble}, {0, "n", kInt}},
                      {{1, "user", kText, true, "who"}, {10, "x", kDouble}, {2, "n", kInt}},
                      10},
        EvolutionCase{"FeedPromotes",
                      EvolutionRule::kAppendOnly,
                      {{1, "i", kInt}, {2, "f", kFloat}, {3, "d", Decimal(9, 2)}},
                      {{0, "i", kLong}, {0, "f", kDouble}, {0, "d", Decimal(12, 2)}},
                      {{1, "i", kLong}, {2, "f", kDouble}, {3, "d", Decimal(12, 2)}},
                      9},
        EvolutionCase{"FeedLetsNullsIn",
                      EvolutionRule::kAppendOnly,
                      {{1, "user", kText, true}},
                      {{0, "user", kText, false}},
                      {{1, "user", kText, false}},
                      9},
        EvolutionCase{"ViewChangesAType",
                      EvolutionRule::kReplace,
                      UserAndN(),
                      {{0, "user", kText, true, "who"}, {0, "n", kLong}},
                      {{1, "user", kText, true, "who"}, {10, "n", kLong}},
                      10},
        EvolutionCase{"ViewDropsAndAdds",
                      EvolutionRule::kReplace,
                      UserAndN(),
                      {{0, "a", kInt, true}, {0, "n", kInt, true}, {0, "b", kInt}},
                      {{10, "a", kInt, true}, {2, "n", kInt, true}, {11, "b", kInt}},
                      11},
        EvolutionCase{"LastIdBehindTheColumns",
                      EvolutionRule::kReplace,
                      {{20, "a", kInt}},
                      {{0, "a", kInt}, {0, "b", kInt}},
                      {{20, "a", kInt}, {21, "b", kInt}},
                      21}),
    [](const auto& test) { return test.param.name; });

struct RefusalCase {
  const char* name;
  std::vector<Field> wanted;
  const char* message;  // its beginning
};

class RefuseEvolutionTest : public testing::TestWithParam<RefusalCase> {};

TEST_P(RefuseEvolutionTest, NamesTheColumnAndLeavesTheCounter) {
  int32_t last_column_id = 9;
  const std::string message = InvalidMessage([&] {
    EvolveSchema({3, UserAndN()}, GetParam().wanted, EvolutionRule::kAppendOnly, last_column_id);
  });
  EXPECT_TRUE(message.starts_with(GetParam().message)) << message;
  EXPECT_EQ(last_column_id, 9);
}

INSTANTIATE_TEST_SUITE_P(
    Iceberg, RefuseEvolutionTest,
    testing::Values(RefusalCase{"Dropped", {{0, "user", kText, true}}, "column 'n' was dropped"},
                    RefusalCase{"Narrowed",
                                {{0, "user", kText, true}, {0, "n", {Kind::kBoolean}}},
                                "column 'n' changes its type from int to boolean"},
                    RefusalCase{"NotNullNow",
                                {{0, "user", kText, true}, {0, "n", kInt, true}},
                                "column 'n' becomes NOT NULL"},
                    RefusalCase{"NewNotNull",
                                {{0, "user", kText, true}, {0, "n", kInt}, {0, "x", kInt, true}},
                                "column 'x' is new and NOT NULL"},
                    RefusalCase{"Twice",
                                {{0, "user", kText, true}, {0, "n", kInt}, {0, "n", kInt}},
                                "column 'n' is named twice"}),
    [](const auto& test) { return test.param.name; });

TEST(EvolveSchemaTest, ScaleOfADecimalStays) {
  int32_t last_column_id = 1;
  for (const IcebergType& type : {Decimal(9, 3), Decimal(8, 2)}) {
    EXPECT_NE(InvalidMessage([&] {
                EvolveSchema({0, {{1, "d", Decimal(9, 2)}}}, {{0, "d", type}},
                             EvolutionRule::kAppendOnly, last_column_id);
              }),
              "")
        << ToString(type);
  }
}

}  // namespace
}  // namespace stedi
