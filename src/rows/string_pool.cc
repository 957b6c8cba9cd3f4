#include "rows/string_pool.h"

#include <algorithm>
#include <cstring>

namespace stedi {
namespace {

constexpr size_t kFirstSlots = 1024;
constexpr size_t kBlockBytes = 64 << 10;
constexpr size_t kInlinedMax = 12;  // bytes that DuckDB stores in the cell itself

}  // namespace

StringPool::StringPool(uint64_t bytes_max, Texts texts) : bytes_max_(bytes_max), texts_(texts) {
  tables_.push_back(std::make_unique<Table>(kFirstSlots));
  table_ = tables_.back().get();
}

const StringPool::Slot* StringPool::Find(const Table& table, uint64_t low, uint32_t high) {
  const size_t mask = table.count - 1;
  for (size_t at = (low >> 1) & mask;; at = (at + 1) & mask) {
    const Slot& slot = table.slots[at];
    const uint64_t found = slot.low.load(std::memory_order_acquire);
    if (found == 0) return nullptr;
    if (found == low && slot.high == high) return &slot;
  }
}

void StringPool::Insert(Table& table, uint64_t low, uint32_t high, int32_t id) {
  const size_t mask = table.count - 1;
  size_t at = (low >> 1) & mask;
  while (table.slots[at].low.load(std::memory_order_relaxed) != 0) at = (at + 1) & mask;
  table.slots[at].high = high;
  table.slots[at].id = id;
  table.slots[at].low.store(low, std::memory_order_release);
}

bool StringPool::Reserve(uint64_t bytes) {
  if (bytes_ + bytes > bytes_max_) return false;
  bytes_ += bytes;
  return true;
}

bool StringPool::Grow() {
  const Table& old = *tables_.back();
  if (!Reserve(2 * old.count * sizeof(Slot))) return false;
  auto grown = std::make_unique<Table>(2 * old.count);
  for (size_t i = 0; i < old.count; ++i) {
    const Slot& slot = old.slots[i];
    const uint64_t low = slot.low.load(std::memory_order_relaxed);
    if (low != 0) Insert(*grown, low, slot.high, slot.id);
  }
  tables_.push_back(std::move(grown));
  table_.store(tables_.back().get(), std::memory_order_release);
  return true;
}

char* StringPool::Allocate(size_t bytes) {
  if (bytes > block_left_) {
    const size_t block = std::max(bytes, kBlockBytes);
    if (!Reserve(block)) return nullptr;
    blocks_.push_back(std::make_unique<char[]>(block));
    block_next_ = blocks_.back().get();
    block_left_ = block;
  }
  char* const place = block_next_;
  block_next_ += bytes;
  block_left_ -= bytes;
  return place;
}

// Stores the text after the last one. Returns false when there is no room.
bool StringPool::Store(std::string_view text) {
  const auto index = static_cast<size_t>(size_);
  if (index == kPagesMax * kPageTexts || text.size() > UINT32_MAX) return false;
  if (texts_ == Texts::kDiscarded) return true;
  std::unique_ptr<duckdb_string_t[]>& page = pages_[index / kPageTexts];
  if (page == nullptr) {
    if (!Reserve(kPageTexts * sizeof(duckdb_string_t))) return false;
    page = std::make_unique<duckdb_string_t[]>(kPageTexts);
  }
  duckdb_string_t cell{};
  if (text.size() <= kInlinedMax) {
    cell.value.inlined.length = static_cast<uint32_t>(text.size());
    std::copy(text.begin(), text.end(), cell.value.inlined.inlined);
  } else {
    char* const place = Allocate(text.size());
    if (place == nullptr) return false;
    std::memcpy(place, text.data(), text.size());
    cell.value.pointer.length = static_cast<uint32_t>(text.size());
    std::memcpy(cell.value.pointer.prefix, place, sizeof cell.value.pointer.prefix);
    cell.value.pointer.ptr = place;
  }
  page[index % kPageTexts] = cell;
  return true;
}

std::optional<int32_t> StringPool::Add(std::string_view text) {
  RowHash hash = seed_;
  AddBytes(hash, text);
  hash = Finished(hash);
  const uint64_t low = hash.low | 1;  // never 0, which is a free slot; other bits choose the slot
  const auto high = static_cast<uint32_t>(hash.high);
  if (const Slot* found = Find(*table_.load(std::memory_order_acquire), low, high))
    return found->id;
  const std::lock_guard lock(mutex_);
  if (const Slot* found = Find(*tables_.back(), low, high)) return found->id;
  // A quarter of the slots stay free.
  const bool is_full = 4 * static_cast<size_t>(size_) >= 3 * tables_.back()->count;
  if ((is_full && !Grow()) || !Store(text)) return std::nullopt;
  Insert(*tables_.back(), low, high, size_);
  return size_++;
}

}  // namespace stedi
