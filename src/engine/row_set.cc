#include "engine/row_set.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <limits>
#include <random>

namespace stedi {
namespace {

constexpr size_t kShardBits = 6;
constexpr size_t kFirstEntries = 1024;
// Filled at most so far: three quarters.
constexpr size_t kFillNumerator = 3, kFillDenominator = 4;

size_t ShardOf(const RowHash& hash) { return hash.high >> (64 - kShardBits); }
size_t SlotOf(const RowHash& hash, size_t entries) { return hash.low & (entries - 1); }

uint64_t Load64(const char* bytes) {
  uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof word);
  return word;
}

uint64_t Load32(const char* bytes) {
  uint32_t word = 0;
  std::memcpy(&word, bytes, sizeof word);
  return word;
}

// The last `left` < 8 bytes of a text, zeros behind them. Loads overlap: a loop over bytes took a
// third of the hash.
uint64_t LoadLast(const char* at, size_t left, bool has_word_before) {
  constexpr size_t kBits = 8;
  if (left == 0) return 0;
  if (has_word_before) {
    return Load64(at + left - sizeof(uint64_t)) >> (kBits * (sizeof(uint64_t) - left));
  }
  if (left >= sizeof(uint32_t)) {
    const size_t second = left - sizeof(uint32_t);
    return Load32(at) | (Load32(at + second) << (kBits * second));
  }
  const auto byte = [&](size_t i) {
    return static_cast<uint64_t>(static_cast<unsigned char>(at[i])) << (kBits * i);
  };
  return byte(0) | byte(left / 2) | byte(left - 1);
}

}  // namespace

RowSeed RandomRowSeed() {
  std::random_device device;
  const auto word = [&] { return (uint64_t{device()} << 32) | device(); };
  return {word(), word()};
}

void AddBytes(RowHash& row, std::string_view bytes) {
  const char* at = bytes.data();
  size_t left = bytes.size();
  constexpr size_t kWord = sizeof(uint64_t);
  // Two words a step: each of them reaches both halves.
  for (; left >= 2 * kWord; at += 2 * kWord, left -= 2 * kWord) {
    const uint64_t first = Load64(at);
    const uint64_t second = Load64(at + kWord);
    const uint64_t a = row.low ^ first;
    const uint64_t b = row.high ^ second;
    row.low = detail::FoldedProduct(a ^ detail::kLowFactor, b) + second;
    row.high = detail::FoldedProduct(b ^ detail::kHighFactor, a) + first;
  }
  if (left >= kWord) {
    AddWord(row, Load64(at));
    at += kWord, left -= kWord;
  }
  // What is left, and its length, in one word.
  const uint64_t last = LoadLast(at, left, bytes.size() >= kWord);
  AddWord(row, last ^ std::rotl(uint64_t{bytes.size()}, 56));
}

RowHash Finished(RowHash row) {
  const uint64_t low = row.low ^ std::rotl(row.high, 32);
  const uint64_t high = row.high ^ std::rotl(row.low, 23);
  return {detail::FoldedProduct(low ^ detail::kHighFactor, detail::kLowFactor),
          detail::FoldedProduct(high ^ detail::kLowFactor, detail::kHighFactor)};
}

bool RowSet::Grow(Shard& shard) const {
  const size_t entries = shard.entries.empty() ? kFirstEntries : shard.entries.size() * 2;
  if (entries * sizeof(Entry) > shard_bytes_max_) return false;
  std::vector<Entry> grown(entries);
  // The slot is a function of words[0] and words[1] alone.
  for (const Entry& entry : shard.entries) {
    if (entry.empty()) continue;
    size_t slot = entry.words[0] & (entries - 1);
    while (!grown[slot].empty()) slot = (slot + 1) & (entries - 1);
    grown[slot] = entry;
  }
  shard.entries = std::move(grown);
  return true;
}

bool RowSet::InsertIntoShard(Shard& shard, std::span<const RowHash> hashes,
                             std::span<const uint16_t> rows, std::span<bool> is_new) const {
  const std::lock_guard lock(shard.mutex);
  while ((shard.size + rows.size()) * kFillDenominator > shard.entries.size() * kFillNumerator) {
    if (!Grow(shard)) return false;
  }
  const size_t entries = shard.entries.size();
  for (const uint16_t row : rows) {
    __builtin_prefetch(&shard.entries[SlotOf(hashes[row], entries)], 1);
  }
  for (const uint16_t row : rows) {
    const RowHash& hash = hashes[row];
    Entry entry{{static_cast<uint32_t>(hash.low), static_cast<uint32_t>(hash.low >> 32),
                 static_cast<uint32_t>(hash.high)}};
    if (entry.empty()) entry.words[2] = 1;
    size_t slot = SlotOf(hash, entries);
    while (!shard.entries[slot].empty() && shard.entries[slot] != entry) {
      slot = (slot + 1) & (entries - 1);
    }
    is_new[row] = shard.entries[slot].empty();
    if (!is_new[row]) continue;
    shard.entries[slot] = entry;
    ++shard.size;
  }
  return true;
}

bool RowSet::Insert(std::span<const RowHash> hashes, std::span<bool> is_new) {
  assert(hashes.size() == is_new.size());
  assert(hashes.size() <= std::numeric_limits<uint16_t>::max());
  // Rows by shard (a counting sort), so that each shard is locked once.
  std::array<uint32_t, kShards + 1> ends{};
  for (const RowHash& hash : hashes) ++ends[ShardOf(hash) + 1];
  for (size_t i = 0; i < kShards; ++i) ends[i + 1] += ends[i];
  std::array<uint32_t, kShards + 1> next = ends;
  std::vector<uint16_t> rows(hashes.size());
  for (size_t i = 0; i < hashes.size(); ++i) {
    rows[next[ShardOf(hashes[i])]++] = static_cast<uint16_t>(i);
  }
  const std::span<const uint16_t> all(rows);
  for (size_t i = 0; i < kShards; ++i) {
    const size_t count = ends[i + 1] - ends[i];
    if (count == 0) continue;
    if (!InsertIntoShard(shards_[i], hashes, all.subspan(ends[i], count), is_new)) return false;
  }
  return true;
}

}  // namespace stedi
