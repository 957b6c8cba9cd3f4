#include "iceberg/identifiers.h"

#include <gtest/gtest.h>

#include <chrono>
#include <regex>
#include <set>

namespace stedi {
namespace {

TEST(IdentifiersTest, SnapshotIdsArePositiveAndDistinct) {
  std::set<int64_t> ids;
  for (int i = 0; i < 1000; ++i) {
    const int64_t id = NewSnapshotId();
    EXPECT_GT(id, 0);
    EXPECT_LT(id, int64_t{1} << 62U);
    ids.insert(id);
  }
  EXPECT_EQ(ids.size(), 1000U);
}

TEST(IdentifiersTest, UuidsHaveTheirVersionAndVariant) {
  const std::regex version4("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
  const std::regex version7("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i) {
    EXPECT_TRUE(std::regex_match(NewUuid(), version4));
    EXPECT_TRUE(std::regex_match(NewUuidV7(), version7));
    seen.insert(NewUuid());
    seen.insert(NewUuidV7());
  }
  EXPECT_EQ(seen.size(), 200U);
}

int64_t NowMs() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

TEST(IdentifiersTest, Version7BeginsWithTheTime) {
  const int64_t before = NowMs();
  const std::string uuid = NewUuidV7();
  const int64_t after = NowMs();
  const int64_t written = std::stoll(uuid.substr(0, 8) + uuid.substr(9, 4), nullptr, 16);
  EXPECT_LE(before, written);
  EXPECT_LE(written, after);
}

}  // namespace
}  // namespace stedi
