// Rows known by 128-bit hashes: how they are hashed, and a set of them for many threads.
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace stedi {

struct RowHash {
  uint64_t low = 0;
  uint64_t high = 0;
  bool operator==(const RowHash&) const = default;
};

// What a row's hash starts from. One seed gives the same hash on every machine, for ever (the
// checksum of a table stands on it); a random one gives hashes that nobody can aim at.
using RowSeed = RowHash;
RowSeed RandomRowSeed();

namespace detail {
inline constexpr uint64_t kLowFactor = 0x9E3779B97F4A7C15;
inline constexpr uint64_t kHighFactor = 0xC2B2AE3D27D4EB4F;

// Both halves of the 128-bit product folded: every bit of both factors reaches every bit.
inline uint64_t FoldedProduct(uint64_t a, uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}
}  // namespace detail

// Adds the value of one column. The order of the columns counts.
inline void AddWord(RowHash& row, uint64_t word) {
  row.low = detail::FoldedProduct(row.low ^ word, detail::kLowFactor) + word;
  row.high = detail::FoldedProduct(row.high + word, detail::kHighFactor) ^ std::rotl(word, 29);
}
inline void AddNull(RowHash& row) {
  row.low = std::rotl(row.low, 17) * detail::kHighFactor + 1;
  row.high = std::rotl(row.high, 41) * detail::kLowFactor + 1;
}
// By value: a hash that was just stored word by word is slow to load as a whole.
RowHash WithBytes(RowHash row, std::string_view bytes);
inline void AddBytes(RowHash& row, std::string_view bytes) { row = WithBytes(row, bytes); }

// Spreads what the last columns left: to be done once, after the last column.
RowHash Finished(RowHash row);

// A set that only grows. Two different rows are taken for one with a chance of about n * n / 2^103
// for n rows: 1e-17 for 10 million, less than that the memory holds them wrongly.
//
// When there is no room for all rows, a part of them, by their hashes, is put off: these must be
// inserted once more. What is known of them waits in files.
class RowSet {
 public:
  // Takes at most about `bytes_max` bytes of memory, and files in `folder`, which is there.
  RowSet(uint64_t bytes_max, std::filesystem::path folder)
      : bytes_max_(bytes_max), folder_(std::move(folder)) {}

  // is_new[i] = hashes[i] was not in the set before; of equal ones among them the first is new. A
  // row that is put off is not new. Safe for many threads. Throws kUnavailable when a file cannot
  // be written or read.
  void Insert(std::span<const RowHash> hashes, std::span<bool> is_new);

  enum class Progress {
    kDone,    // nothing is put off
    kAgain,   // all rows are to be inserted once more: new are those that were put off alone
    kTooFew,  // as kAgain, but it would take many times
  };
  // When all rows were inserted, and no other call is under way.
  Progress NextPass();
  // Whether rows were put off since the last NextPass. Any thread.
  bool has_put_off() const { return has_put_off_; }

 private:
  static constexpr size_t kShards = 64;
  // So many must be done by a pass for the next one to be worth it: at most 32 passes.
  static constexpr size_t kShardsMin = 2;

  // 12 bytes a row: with the shard's six bits, 102 of the hash's 128.
  struct Entry {
    std::array<uint32_t, 3> words{};
    // Word by word: the array's own comparison calls memcmp for 12 bytes.
    bool operator==(const Entry& other) const {
      return ((words[0] ^ other.words[0]) | (words[1] ^ other.words[1]) |
              (words[2] ^ other.words[2])) == 0;
    }
    bool empty() const { return (words[0] | words[1] | words[2]) == 0; }
  };
  enum class State {
    kOpen,
    kPutOff,   // until the next pass
    kWaiting,  // put off by the last pass, for the first row of this one
    kDone
  };
  struct Shard {
    std::mutex mutex;
    State state = State::kOpen;
    // Open: of a power of two, linear probing; all zero = empty. Else none.
    std::vector<Entry> entries;
    size_t size = 0;  // also of one that is put off: so many are in its file
  };

  std::filesystem::path FileOf(const Shard& shard) const;
  // Of one that is put off: those it had.
  std::vector<Entry> Read(const Shard& shard) const;
  // Whether there is room for so many entries; then the shard has them.
  bool Resize(Shard& shard, size_t entries);
  bool MakeRoom(Shard& shard, size_t rows);
  void PutOff(Shard& shard);
  void InsertIntoShard(Shard& shard, std::span<const RowHash> hashes,
                       std::span<const uint16_t> rows, std::span<bool> is_new);

  std::array<Shard, kShards> shards_;
  uint64_t bytes_max_;
  std::filesystem::path folder_;
  std::atomic<uint64_t> bytes_ = 0;
  std::atomic<bool> has_put_off_ = false;
};

}  // namespace stedi
