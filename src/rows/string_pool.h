// Gives each distinct text a number, for many threads.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

#include "database/string_cell.h"
#include "rows/row_set.h"

namespace stedi {

// No text is ever removed from a pool. The probability that two different texts among n are taken
// for the same is about n * n / 2^96: 2e-16 for 4 million, the most that a pool can hold.
class StringPool {
 public:
  // kDiscarded: only the numbers are kept, and At() must not be called.
  enum class Texts : uint8_t { kKept, kDiscarded };
  // Takes at most about `bytes_max` bytes of memory.
  explicit StringPool(uint64_t bytes_max, Texts texts = Texts::kKept);
  StringPool(const StringPool&) = delete;
  StringPool& operator=(const StringPool&) = delete;

  // Returns the number of `text`. Numbers start from 0. Returns nothing when `text` is new and the
  // pool has no more room. Any thread.
  std::optional<int32_t> Add(std::string_view text);
  // The text as DuckDB represents it, valid as long as the pool. REQUIRES: an earlier Add returned
  // `id`.
  duckdb_string_t At(int32_t id) const {
    const auto index = static_cast<size_t>(id);
    return pages_[index / kPageTexts][index % kPageTexts];
  }

 private:
  // Slots are written under the mutex, `low` last, and read without it. low = 0: the slot is free.
  struct Slot {
    std::atomic<uint64_t> low = 0;
    uint32_t high = 0;
    int32_t id = 0;
  };
  struct Table {
    explicit Table(size_t slot_count)
        : slots(std::make_unique<Slot[]>(slot_count)), count(slot_count) {}
    std::unique_ptr<Slot[]> slots;
    size_t count;  // a power of two; linear probing
  };
  static constexpr size_t kPageTexts = 4096;
  static constexpr size_t kPagesMax = 1024;

  static const Slot* Find(const Table& table, uint64_t low, uint32_t high);
  static void Insert(Table& table, uint64_t low, uint32_t high, int32_t id);
  bool Grow();
  char* Allocate(size_t bytes);
  bool Reserve(uint64_t bytes);
  bool Store(std::string_view text);

  const RowSeed seed_ = RandomRowSeed();
  const uint64_t bytes_max_;
  const Texts texts_;
  std::mutex mutex_;
  std::atomic<Table*> table_;
  std::vector<std::unique_ptr<Table>> tables_;  // the old ones may still be read
  std::array<std::unique_ptr<duckdb_string_t[]>, kPagesMax> pages_;
  std::vector<std::unique_ptr<char[]>> blocks_;
  size_t block_left_ = 0;
  char* block_next_ = nullptr;
  uint64_t bytes_ = 0;
  int32_t size_ = 0;
};

}  // namespace stedi
