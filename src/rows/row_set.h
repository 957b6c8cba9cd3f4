// 128-bit hashes of rows, and a set of rows that are known by their hashes, for many threads.
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

// The value that a row's hash starts from. A fixed seed gives the same hash on every machine and in
// every version; the checksums of tables depend on that. With a random seed nobody can prepare rows
// whose hashes collide.
using RowSeed = RowHash;
RowSeed RandomRowSeed();

namespace detail {
inline constexpr uint64_t kLowFactor = 0x9E3779B97F4A7C15;
inline constexpr uint64_t kHighFactor = 0xC2B2AE3D27D4EB4F;

// Returns the XOR of both halves of the 128-bit product: every bit of both factors can change every
// bit of it.
inline uint64_t FoldedProduct(uint64_t a, uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}
}  // namespace detail

// Adds the value of one column. The order of the columns matters.
inline void AddWord(RowHash& row, uint64_t word) {
  row.low = detail::FoldedProduct(row.low ^ word, detail::kLowFactor) + word;
  row.high = detail::FoldedProduct(row.high + word, detail::kHighFactor) ^ std::rotl(word, 29);
}
inline void AddNull(RowHash& row) {
  row.low = std::rotl(row.low, 17) * detail::kHighFactor + 1;
  row.high = std::rotl(row.high, 41) * detail::kLowFactor + 1;
}
// Returns `row` with `bytes` added. The hash is passed by value, because loading it as a whole is
// slow right after it was stored word by word.
RowHash WithBytes(RowHash row, std::string_view bytes);
inline void AddBytes(RowHash& row, std::string_view bytes) { row = WithBytes(row, bytes); }

// Mixes the last columns into all bits of the hash. Call it once, after the last column.
RowHash Finished(RowHash row);

// A set of rows that detects repeated ones in a fixed amount of memory.
//
// The set keeps no row, only 102 bits of its hash: 12 bytes in a table, and six bits that say which
// of the 64 tables (shards) it is in. The probability that two of n different rows are taken for
// the same is about n * n / 2^103: 1e-17 for 10 million rows, which is less than the probability of
// a memory error. If the hashes begin with a random seed, nobody can prepare rows that collide.
//
// Many threads insert at once. A batch of hashes is sorted by shard, and each shard has a mutex of
// its own, which is locked once for each batch. A shard is a hash table with linear probing that
// doubles when it is three quarters full. Of equal rows exactly one is reported as new; which one
// depends on thread timing, and does not matter.
//
// The shards share one memory budget. When a shard must double and the budget is spent, that shard
// alone is deferred: its entries are written to a file, one after the other, and its memory goes to
// the other shards. From then on its rows are reported as not new, whether they are or not. The
// rows that it has already reported as new are not reported again, because its file contains them.
//
// Since the hash decides the shard, equal rows are always in the same shard. So the rows that a
// deferred shard did not report can be found by running the same SELECT again: the next pass.
//
//   pass 1     shards 0 .. 40 take all their rows; shards 41 .. 63 are deferred at some point
//   NextPass   shards 0 .. 40 are done: their memory is freed, their rows are no longer new;
//              shards 41 .. 63 wait
//   pass 2     with the first row for a waiting shard, its file is read back; then the shard goes
//              on as before, and may be deferred again
//   ..         until a pass defers no shard
//
// Each row is reported as new exactly once over all passes, as long as each pass inserts the same
// rows, in any order. If a pass finishes fewer than two shards, another one is not worth it: then
// NextPass returns kTooFew, and the caller lets DuckDB find the distinct rows. So there are at most
// 32 passes. They cost time (the SELECT runs again) and little disk space: 12 bytes for each
// distinct row that a shard has when it is deferred.
class RowSet {
 public:
  // The set uses at most about `bytes_max` bytes of memory. It writes files to `folder`, which must
  // exist.
  RowSet(uint64_t bytes_max, std::filesystem::path folder)
      : bytes_max_(bytes_max), folder_(std::move(folder)) {}

  // Sets is_new[i] to whether hashes[i] was not in the set before; of equal hashes in one call,
  // only the first is new. A row of a deferred shard is not new. Any thread. Throws kUnavailable
  // when a file cannot be written or read. REQUIRES: both spans have the same size, at most 65,535.
  void Insert(std::span<const RowHash> hashes, std::span<bool> is_new);

  enum class Progress {
    kDone,    // no shard was deferred: every row has been reported
    kAgain,   // all rows must be inserted again; only those of deferred shards can be new
    kTooFew,  // as kAgain, but too few shards were finished for another pass to be worth it
  };
  // Ends the pass in which all rows were inserted. REQUIRES: no other call is under way.
  Progress NextPass();
  // Whether a shard was deferred since the last NextPass. Any thread.
  bool has_deferred() const { return has_deferred_; }

 private:
  static constexpr size_t kShards = 64;
  // A pass must finish this many shards for the next one to be worth it.
  static constexpr size_t kShardsMin = 2;

  // 12 bytes for each row: together with the shard's six bits, 102 of the hash's 128 bits.
  struct Entry {
    std::array<uint32_t, 3> words{};
    // Compares word by word, because the comparison of std::array calls memcmp for 12 bytes.
    bool operator==(const Entry& other) const {
      return ((words[0] ^ other.words[0]) | (words[1] ^ other.words[1]) |
              (words[2] ^ other.words[2])) == 0;
    }
    bool empty() const { return (words[0] | words[1] | words[2]) == 0; }
  };
  enum class State {
    kOpen,
    kDeferred,  // deferred until the next pass
    kWaiting,   // deferred by the last pass; opens with the first row of this one
    kDone       // all its rows were reported as new by an earlier pass
  };
  struct Shard {
    std::mutex mutex;
    State state = State::kOpen;
    // The hash table of an open shard; else empty. Its size is a power of two. An entry that is all
    // zero is free.
    std::vector<Entry> entries;
    size_t size = 0;  // known rows: in `entries`, or in the file of a deferred or waiting shard
  };

  std::filesystem::path FileOf(const Shard& shard) const;
  // Reads the entries of a waiting shard from its file.
  std::vector<Entry> Read(const Shard& shard) const;
  // Gives the shard a table of this many entries. Returns false, and changes nothing, where the
  // budget does not allow that.
  bool Resize(Shard& shard, size_t entries);
  bool MakeRoom(Shard& shard, size_t rows);
  void Defer(Shard& shard);
  void InsertIntoShard(Shard& shard, std::span<const RowHash> hashes,
                       std::span<const uint16_t> rows, std::span<bool> is_new);

  std::array<Shard, kShards> shards_;
  uint64_t bytes_max_;
  std::filesystem::path folder_;
  std::atomic<uint64_t> bytes_ = 0;
  std::atomic<bool> has_deferred_ = false;
};

}  // namespace stedi
