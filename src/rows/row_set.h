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

// A set of rows that drops repeated ones in a fixed amount of memory.
//
// The set keeps no row, only 102 bits of its hash: 12 bytes in a table, and six bits that say which
// of the 64 tables (shards) it is in. Two different rows are taken for one with a chance of about
// n * n / 2^103 for n rows: 1e-17 for 10 million, which is less than the chance that the memory
// holds them wrongly. The hash begins with a random seed, so nobody can prepare rows that collide.
//
// Many threads insert at once. A batch of hashes is sorted by shard, and each shard has a mutex of
// its own, which is locked once for the batch. A shard is a hash table with linear probing that
// doubles when it is three quarters full. Of equal rows exactly one is reported as new; which one
// depends on thread timing, and does not matter.
//
// The shards share one budget of bytes. When a shard must double and the budget is spent, that
// shard alone is put off: its entries go into a file, one after the other, its memory goes to the
// other shards, and from then on its rows are reported as not new, whether they are or not. The
// rows that it had reported as new before stay reported: its file remembers them.
//
// Since a hash decides the shard, all equal rows have the same fate. So the rows that were lost
// with the shards put off can be had by running the same SELECT again: this is the next pass.
//
//   pass 1     shards 0 .. 40 keep all their rows; shards 41 .. 63 are put off, some rows in
//   NextPass   shards 0 .. 40 are done: their memory is free, their rows are not new any more;
//              shards 41 .. 63 wait
//   pass 2     the first row of a waiting shard reads its file back; then the shard goes on as
//              before, and may be put off again
//   ..         until a pass puts no shard off
//
// Each row is reported as new exactly once over all passes, as long as each pass inserts the same
// rows, in any order. A pass that finishes fewer than two shards is not worth repeating: NextPass
// says so, and whoever asked lets DuckDB find the distinct rows. So there are at most 32 passes.
// They cost time (the SELECT runs again) and little disk: 12 bytes for each distinct row of a shard
// that was put off.
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
    kAgain,   // all rows are to be inserted once more: only those that were put off can be new
    kTooFew,  // as kAgain, but too few shards were finished for another pass to be worth it
  };
  // Ends the pass in which all rows were inserted. REQUIRES: no other call is under way.
  Progress NextPass();
  // Whether rows were put off since the last NextPass. Any thread.
  bool has_put_off() const { return has_put_off_; }

 private:
  static constexpr size_t kShards = 64;
  // A pass must finish so many for the next one to be worth it.
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
    kWaiting,  // was put off by the last pass; opens with the first row of this one
    kDone      // all its rows were reported as new by an earlier pass
  };
  struct Shard {
    std::mutex mutex;
    State state = State::kOpen;
    // Of an open shard: a hash table whose size is a power of two; all zero = free. Else empty.
    std::vector<Entry> entries;
    size_t size = 0;  // rows that are known, in `entries` or, of one that is put off, in its file
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
