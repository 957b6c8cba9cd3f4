#include "files/content_hash.h"

#include <gtest/gtest.h>

#include <string>

#include "base/error.h"
#include "base/file.h"
#include "files/memory_file.h"

namespace stedi {
namespace {

std::string Numbered(size_t size) {
  std::string text(size, '\0');
  for (size_t i = 0; i < size; ++i) text[i] = static_cast<char>(i * 7 % 251);
  return text;
}

TEST(ContentHashTest, IsTheSameHoweverItIsComputed) {
  for (const size_t size : {size_t{0}, size_t{1}, kHashBlockBytes - 1, kHashBlockBytes,
                            kHashBlockBytes + 1, 3 * kHashBlockBytes + 5}) {
    const std::string text = Numbered(size);
    std::vector<BlockDigest> digests;
    for (size_t at = 0; at < size; at += kHashBlockBytes) {
      digests.push_back(HashBlock(std::string_view(text).substr(at, kHashBlockBytes)));
    }
    const MemoryFile file(text);
    const std::string hash = HashFile(file.Listed().path);
    EXPECT_EQ(hash, CombineDigests(digests, size)) << size;
    EXPECT_EQ(hash.size(), 32U);
    EXPECT_EQ(hash.find_first_not_of("0123456789abcdef"), std::string::npos);
    const InputFile input(file.Listed().path);
    EXPECT_EQ(HashStart(input, size), hash);
  }
}

TEST(ContentHashTest, EveryLevelGivesTheSame) {
  const std::string text = Numbered(kHashBlockBytes);
  for (const SimdLevel level : AvailableSimdLevels()) {
    for (const size_t size :
         {0U, 1U, 16U, 17U, 128U, 129U, 240U, 241U, 1024U, 1025U, 4097U, 1U << 20U}) {
      const std::string_view part = std::string_view(text).substr(0, size);
      const BlockDigest expected = HashBlock(part, SimdLevel::kPortable);
      const BlockDigest digest = HashBlock(part, level);
      EXPECT_EQ(digest.low, expected.low) << NameOf(level) << ' ' << size;
      EXPECT_EQ(digest.high, expected.high) << NameOf(level) << ' ' << size;
    }
  }
}

// The hash is stored in lakes: it must never change.
TEST(ContentHashTest, StaysWhatItIs) {
  const MemoryFile file("{\"a\":1}\n");
  EXPECT_EQ(HashFile(file.Listed().path), "8e8bd80c606f2b6b9574d8f1b1334f8d");
}

TEST(ContentHashTest, DiffersByContentAndSize) {
  const MemoryFile one("a");
  const MemoryFile other("b");
  const MemoryFile longer(std::string("a\0", 2));
  const std::string hash = HashFile(one.Listed().path);
  EXPECT_NE(hash, HashFile(other.Listed().path));
  EXPECT_NE(hash, HashFile(longer.Listed().path));
  EXPECT_THROW(HashFile("/nowhere/at/all"), Error);
}

TEST(ContentHashTest, OfTheEndDiffersByTheLast4KiB) {
  std::string text(10'000, 'a');
  const std::string hash = HashEnd(MemoryFile(text).Listed().path);
  text[text.size() - 4097] = 'b';
  EXPECT_EQ(hash, HashEnd(MemoryFile(text).Listed().path));
  text[text.size() - 4096] = 'b';
  EXPECT_NE(hash, HashEnd(MemoryFile(text).Listed().path));
  EXPECT_NE(HashEnd(MemoryFile("a").Listed().path), HashEnd(MemoryFile("b").Listed().path));
  EXPECT_THROW(HashEnd("/nowhere/at/all"), Error);
}

}  // namespace
}  // namespace stedi
