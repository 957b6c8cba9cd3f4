// Strings as numbers: each different text once, for many threads.
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

// Only grows. Two different texts are taken for one with a chance of about n * n / 2^96 for n
// texts: of 4 million, the most there may be, 2e-16.
class StringPool {
 public:
  // kForgotten: there are numbers alone, and no At().
  enum class Texts : uint8_t { kKept, kForgotten };
  // Takes at most about `bytes_max` bytes of memory.
  explicit StringPool(uint64_t bytes_max, Texts texts = Texts::kKept);
  StringPool(const StringPool&) = delete;
  StringPool& operator=(const StringPool&) = delete;

  // The number of `text`, from 0; nothing when there is no room. Safe for many threads.
  std::optional<int32_t> Add(std::string_view text);
  // As DuckDB has it; valid as long as the pool is. `id` was given by an Add that happened before.
  duckdb_string_t At(int32_t id) const {
    const auto index = static_cast<size_t>(id);
    return pages_[index / kPageTexts][index % kPageTexts];
  }

 private:
  // Written under the mutex, `low` last; read without it. low = 0: free.
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
