#include "rows/row_set.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <memory>
#include <numeric>
#include <set>
#include <string>
#include <thread>
#include <type_traits>
#include <vector>

#include "base/error.h"

namespace stedi {
namespace {

constexpr uint64_t kPlenty = 1 << 30;

RowHash HashOf(const std::vector<std::string>& row, const RowSeed& seed) {
  RowHash hash = seed;
  for (const std::string& text : row) AddBytes(hash, text);
  return Finished(hash);
}

TEST(RowHash, TellsRowsApart) {
  const RowSeed seed{1, 2};
  const std::vector<std::vector<std::string>> rows = {{},
                                                      {""},
                                                      {"", ""},
                                                      {"a", ""},
                                                      {"", "a"},
                                                      {"a"},
                                                      {"ab", ""},
                                                      {"a", "b"},
                                                      {"aaaaaaaa"},
                                                      {"aaaaaaaa", ""},
                                                      {"aaaaaaaaa"},
                                                      {"b", "a"},
                                                      {"aaaaaaab"},
                                                      {"baaaaaaa"},
                                                      {"aaaaaaaaaaaaaaaa"}};
  std::set<std::pair<uint64_t, uint64_t>> seen;
  std::set<uint64_t> lows;
  std::set<uint64_t> highs;
  for (const std::vector<std::string>& row : rows) {
    const RowHash hash = HashOf(row, seed);
    EXPECT_EQ(hash, HashOf(row, seed));
    EXPECT_NE(hash, HashOf(row, RowSeed{1, 3}));
    seen.insert({hash.low, hash.high});
    lows.insert(hash.low);
    highs.insert(hash.high);
  }
  EXPECT_EQ(seen.size(), rows.size());
  EXPECT_EQ(lows.size(), seen.size());
  EXPECT_EQ(highs.size(), seen.size());
}

TEST(RowHash, WordsAndNullsDiffer) {
  const auto hash = [](auto... words) {
    RowHash row{5, 6};
    (AddWord(row, static_cast<uint64_t>(words)), ...);
    return Finished(row);
  };
  RowHash null{5, 6};
  AddNull(null);
  EXPECT_NE(Finished(null), hash(0));
  EXPECT_NE(hash(0), hash(0, 0));
  EXPECT_NE(hash(1, 2), hash(2, 1));
  // One bit of difference changes about half of the bits, in both halves.
  for (int bit = 0; bit < 64; ++bit) {
    const RowHash a = hash(7, 0, 9);
    const RowHash b = hash(7, uint64_t{1} << bit, 9);
    EXPECT_GT(std::popcount(a.low ^ b.low), 12) << bit;
    EXPECT_GT(std::popcount(a.high ^ b.high), 12) << bit;
  }
}

class RowSetTest : public testing::Test {
 protected:
  RowSetTest() { std::filesystem::create_directories(folder_); }
  ~RowSetTest() override { std::filesystem::remove_all(folder_); }
  std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / fmt::format("stedi-row-set-{}", ::getpid());
};

TEST_F(RowSetTest, KeepsTheFirstOfEqualRows) {
  RowSet set(kPlenty, folder_);
  const std::vector<RowHash> hashes = {{1, 1}, {2, 1}, {1, 1}, {1, 2}, {0, 0}, {0, 0}};
  const auto is_new = std::make_unique<bool[]>(hashes.size());
  const std::span<bool> flags(is_new.get(), hashes.size());
  set.Insert(hashes, flags);
  EXPECT_EQ(std::vector<bool>(flags.begin(), flags.end()),
            (std::vector<bool>{true, true, false, true, true, false}));
  set.Insert(hashes, flags);
  EXPECT_EQ(std::ranges::count(flags, true), 0);
}

// Inserts `rows` different rows, starting with the row `from`. Returns how many were new.
size_t Insert(RowSet& set, size_t from, size_t rows) {
  constexpr size_t kChunk = 2048;
  const auto is_new = std::make_unique<bool[]>(kChunk);
  size_t kept = 0;
  for (size_t first = 0; first < rows; first += kChunk) {
    std::vector<RowHash> hashes;
    for (size_t i = first; i < std::min(rows, first + kChunk); ++i) {
      RowHash hash{3, 4};
      AddWord(hash, (i + from) % rows);
      hashes.push_back(Finished(hash));
    }
    const std::span<bool> flags(is_new.get(), hashes.size());
    set.Insert(hashes, flags);
    kept += static_cast<size_t>(std::ranges::count(flags, true));
  }
  return kept;
}

// Inserts the same rows on four threads, each of which starts with another row. Returns how many
// rows were new in this pass.
size_t InsertAll(RowSet& set, size_t rows) {
  constexpr size_t kThreads = 4;
  std::vector<size_t> kept(kThreads);
  std::vector<std::thread> threads;
  for (size_t thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back(
        [&, thread] { kept[thread] = Insert(set, thread * rows / kThreads, rows); });
  }
  for (std::thread& thread : threads) thread.join();
  return std::accumulate(kept.begin(), kept.end(), size_t{0});
}

TEST_F(RowSetTest, ManyThreadsKeepEachRowOnce) {
  RowSet set(kPlenty, folder_);
  EXPECT_EQ(InsertAll(set, 300'000), 300'000U);
  EXPECT_EQ(set.NextPass(), RowSet::Progress::kDone);
}

TEST_F(RowSetTest, WhatHasNoRoomIsKeptByALaterPass) {
  constexpr size_t kRows = 300'000;  // a set of all of them takes 6.3 MB
  for (const uint64_t bytes : {6'000'000U, 4'000'000U, 3'000'000U, 2'500'000U}) {
    RowSet set(bytes, folder_);
    size_t kept = InsertAll(set, kRows);
    size_t passes = 1;
    EXPECT_TRUE(set.has_deferred()) << bytes;
    while (set.NextPass() == RowSet::Progress::kAgain) {
      const size_t more = InsertAll(set, kRows);
      EXPECT_GT(more, 0U) << bytes;
      kept += more;
      ++passes;
    }
    EXPECT_EQ(kept, kRows) << bytes;
    EXPECT_GT(passes, 1U) << bytes;
    EXPECT_LT(passes, 8U) << bytes;
  }
}

TEST_F(RowSetTest, NeedsNoMoreThanOneShardsRoom) {
  constexpr size_t kRows = 300'000;  // 8,192 entries of 12 bytes in each shard
  RowSet set(450'000, folder_);
  size_t kept = InsertAll(set, kRows);
  size_t passes = 1;
  for (; set.NextPass() == RowSet::Progress::kAgain; ++passes) kept += InsertAll(set, kRows);
  EXPECT_EQ(kept, kRows);
  EXPECT_LE(passes, 32U);
}

TEST_F(RowSetTest, TellsOfAFolderThatIsGone) {
  RowSet set(2'500'000, folder_ / "gone");
  EXPECT_THROW(Insert(set, 0, 300'000), Error);
}

TEST_F(RowSetTest, SaysWhenItIsFull) {
  RowSet set(100'000, folder_);  // enough for one of the 64 shards
  EXPECT_LT(InsertAll(set, 300'000), 30'000U);
  EXPECT_EQ(set.NextPass(), RowSet::Progress::kTooFew);
}

// The checksums in lakes are sums of these values, so every later version must compute the same
// ones. The expected values were computed by another program, from the description of the hash.
TEST(RowHash, IsTheSameForEver) {
  const std::string text = "The quick brown fox jumps over the lazy dog.";
  const auto of = [](auto... columns) {
    RowHash hash{0x7374656469206C6F, 0x7374656469206869};  // the seed of checksums
    const auto add = [&](const auto& column) {
      using Column = std::decay_t<decltype(column)>;
      if constexpr (std::is_same_v<Column, std::nullptr_t>) {
        AddNull(hash);
      } else if constexpr (std::is_same_v<Column, int>) {
        AddWord(hash, static_cast<uint64_t>(int64_t{column}));
      } else {
        AddBytes(hash, column);
      }
    };
    (add(columns), ...);
    return Finished(hash);
  };
  const auto start = [&](size_t size) { return of(text.substr(0, size)); };
  const struct {
    const char* name;
    RowHash found;
    RowHash expected;
  } cases[] = {
      {"no column", of(), {0x081046039E297B92, 0xBFDE1EE8C0D29591}},
      {"NULL", of(nullptr), {0x10DF043ADDA00BB9, 0x779AD476E588A81C}},
      {"0", of(0), {0xF564865818921CEC, 0x1A3E576FB7D89A90}},
      {"42, -1", of(42, -1), {0x61195AE94422E493, 0xAA99551EDD78C630}},
      {"-1, 42", of(-1, 42), {0xA80DE5BD9F6C0AD6, 0xC3FB0D7FE38FF7C5}},
      {"7, NULL, 9", of(7, nullptr, 9), {0x22000E08F56B5C48, 0xEB96A6FDC158E3A3}},
      {"0 bytes", start(0), {0xF564865818921CEC, 0x1A3E576FB7D89A90}},
      {"1 byte", start(1), {0xD0F6CC80EE7A1FAA, 0xFDA3C2CA7FFA2215}},
      {"2 bytes", start(2), {0x097377A7A7F2AD41, 0xD6B975D654DEF4E0}},
      {"3 bytes", start(3), {0x12A79944558A4327, 0x35FD5F600051A83D}},
      {"4 bytes", start(4), {0xA2867CEF5FB26F41, 0x172A7DDB7BF997E7}},
      {"7 bytes", start(7), {0x0BF8B6FF5A70E65E, 0x6C047DB80C27EC8B}},
      {"8 bytes", start(8), {0x84803F7A371C84F3, 0x635B02279E11B0D3}},
      {"9 bytes", start(9), {0xC84C2AB943490FF0, 0x123EA4B67ACC69D6}},
      {"15 bytes", start(15), {0x969C671C59798DBA, 0xB9D4C5D376FCBC2E}},
      {"16 bytes", start(16), {0xA92695ECC74C3BD5, 0x0B011FE6A6CAFB0D}},
      {"17 bytes", start(17), {0x1A701B8A1BBDB72C, 0x2AA7AAA7DE5FDCA7}},
      {"24 bytes", start(24), {0x302C6C5EA4F25E8F, 0x33797580A976DD5C}},
      {"31 bytes", start(31), {0x38F2AC8B5E7FA635, 0x89BC2B8980D8DDCE}},
      {"32 bytes", start(32), {0xB1BBD2B2F051A408, 0x041C6174FCAD02D6}},
      {"44 bytes", start(44), {0x91277F17F98D798C, 0xDC3C1A102ACE3AAF}},
      {"'a', 'b'",
       of(std::string("a"), std::string("b")),
       {0x22C1032CBE2A5927, 0xF9CE6A2E493B6729}},
      {"1, an address, NULL",
       of(1, std::string("j\xC3\xBCrgen@example.com"), nullptr),
       {0x8ED8CD1F5BC3740D, 0x48FE0B749B072929}},
  };
  for (const auto& [name, found, expected] : cases) {
    EXPECT_EQ(found.low, expected.low) << name;
    EXPECT_EQ(found.high, expected.high) << name;
  }
}

// Checksums that an older version wrote must still verify.
TEST(RowHash, TakesTheLastBytesAsOneWord) {
  const std::string text = "\xff\x01 fifteen bytes";
  for (size_t size = 0; size < 2 * sizeof(uint64_t); ++size) {
    RowHash expected{1, 2};
    size_t at = 0;
    if (size >= sizeof(uint64_t)) {
      uint64_t word = 0;
      std::memcpy(&word, text.data(), sizeof word);
      AddWord(expected, word);
      at = sizeof word;
    }
    uint64_t last = 0;
    std::memcpy(&last, text.data() + at, size - at);
    AddWord(expected, last ^ std::rotl(uint64_t{size}, 56));
    RowHash hash{1, 2};
    AddBytes(hash, std::string_view(text).substr(0, size));
    EXPECT_EQ(hash, expected) << size;
  }
}

}  // namespace
}  // namespace stedi
