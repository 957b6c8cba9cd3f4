#include "run/table_build.h"

#include <gtest/gtest.h>

namespace stedi {
namespace {

TEST(StatesOfSame, AreThoseOfTheSameDefinition) {
  const auto states = StatesOfSame("hash;a u1 1;b u2 2", "hash;a u1 3;b u2 2");
  ASSERT_TRUE(states.has_value());
  EXPECT_EQ(states->size(), 2U);
  EXPECT_EQ(states->at("a"), (TableState{"a", "u1", 1}));
  EXPECT_EQ(states->at("b"), (TableState{"b", "u2", 2}));
  EXPECT_EQ(StatesOfSame("", "hash"), std::nullopt);
  EXPECT_EQ(StatesOfSame("other;a u1 1", "hash;a u1 1"), std::nullopt);
  EXPECT_EQ(StatesOfSame("hash;what is that", "hash;a u1 1"), std::nullopt);
}

}  // namespace
}  // namespace stedi
