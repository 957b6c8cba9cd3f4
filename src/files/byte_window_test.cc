#include "files/byte_window.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "files/byte_scan.h"

namespace stedi {
namespace {

class TextSource : public ByteSource {
 public:
  explicit TextSource(std::string text) : text_(std::move(text)) {}
  size_t Read(std::span<char> out) override {
    const size_t count = std::min(out.size(), text_.size() - at_);
    std::memcpy(out.data(), text_.data() + at_, count);
    at_ += count;
    return count;
  }

 private:
  std::string text_;
  size_t at_ = 0;
};

std::string Held(const ByteWindow& window) {
  return {window.At(window.begin_offset()), window.end()};
}

TEST(ByteWindowTest, MovesOnAndKeepsWhatIsAskedFor) {
  TextSource source("0123456789");
  ByteWindow window;
  window.Open(source, 100, 4, 2);
  EXPECT_EQ(window.end_offset(), 100U);
  ASSERT_TRUE(window.Extend(100, 0));
  EXPECT_EQ(Held(window), "0123");
  ASSERT_TRUE(window.Extend(103, 0));
  EXPECT_EQ(Held(window), "345");
  EXPECT_EQ(window.OffsetOf(window.At(104)), 104U);
  ASSERT_TRUE(window.Extend(103, 0));  // three bytes are kept, so three more are read
  EXPECT_EQ(Held(window), "345678");
  EXPECT_FALSE(window.exhausted());
  ASSERT_TRUE(window.Extend(109, 0));
  EXPECT_EQ(Held(window), "9");
  EXPECT_TRUE(window.exhausted());
  EXPECT_FALSE(window.Extend(109, 0));
  EXPECT_EQ(Held(window), "9");
  for (size_t i = 0; i < kScanPadBytes; ++i) EXPECT_EQ(window.end()[i], '\0');
}

TEST(ByteWindowTest, WhatRowsPointIntoStays) {
  TextSource source("abcdefghijklmnop");
  ByteWindow window;
  window.Open(source, 0, 4, 4);
  ASSERT_TRUE(window.Extend(0, 0));
  const char* const first = window.At(0);
  ASSERT_TRUE(window.Extend(4, 1));  // a row was added, so "abcd" is pinned
  const char* const second = window.At(4);
  ASSERT_TRUE(window.Extend(8, 1));  // no row was added, so "efgh" may be freed
  ASSERT_TRUE(window.Extend(12, 2));
  EXPECT_EQ(std::string(first, 4), "abcd");
  EXPECT_NE(second, nullptr);
  EXPECT_EQ(Held(window), "mnop");
  window.ReleaseRows();
  EXPECT_EQ(Held(window), "mnop");
}

TEST(ByteWindowTest, StartsAnew) {
  TextSource one("one");
  TextSource other("other");
  ByteWindow window;
  window.Open(one, 0, 8, 8);
  ASSERT_TRUE(window.Extend(0, 0));
  EXPECT_TRUE(window.exhausted());
  window.Open(other, 50, 8, 8);
  EXPECT_FALSE(window.exhausted());
  ASSERT_TRUE(window.Extend(50, 0));
  EXPECT_EQ(Held(window), "other");
  EXPECT_EQ(window.begin_offset(), 50U);
}

}  // namespace
}  // namespace stedi
