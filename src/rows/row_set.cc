#include "rows/row_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cstring>
#include <limits>
#include <random>

#include "base/error.h"
#include "base/file.h"

namespace stedi {
namespace {

constexpr size_t kShardBits = 6;
constexpr size_t kFirstEntries = 1024;
// The maximum load factor: three quarters.
constexpr size_t kFillNumerator = 3, kFillDenominator = 4;

// Frees the vector's memory. `= {}` would keep it, because it assigns an empty initializer list.
template <class T>
void Free(std::vector<T>& vector) {
  vector = std::vector<T>();
}

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

// Returns the last `left` < 8 bytes of a text as a word, with zeros after them. The loads overlap,
// because a loop over the bytes took a third of the time of the hash.
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

RowHash WithBytes(RowHash row, std::string_view bytes) {
  const char* at = bytes.data();
  size_t left = bytes.size();
  constexpr size_t kWord = sizeof(uint64_t);
  // Two words in each step: each of them changes both halves of the hash.
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
  // The remaining bytes and the length of all bytes, in one word.
  const uint64_t last = LoadLast(at, left, bytes.size() >= kWord);
  AddWord(row, last ^ std::rotl(uint64_t{bytes.size()}, 56));
  return row;
}

RowHash Finished(RowHash row) {
  const uint64_t low = row.low ^ std::rotl(row.high, 32);
  const uint64_t high = row.high ^ std::rotl(row.low, 23);
  return {detail::FoldedProduct(low ^ detail::kHighFactor, detail::kLowFactor),
          detail::FoldedProduct(high ^ detail::kLowFactor, detail::kHighFactor)};
}

std::filesystem::path RowSet::FileOf(const Shard& shard) const {
  return folder_ / fmt::format("distinct-{}", &shard - shards_.data());
}

std::vector<RowSet::Entry> RowSet::Read(const Shard& shard) const {
  std::vector<Entry> entries(shard.size);
  if (entries.empty()) return entries;
  const InputFile file(FileOf(shard));
  const std::span<char> bytes(reinterpret_cast<char*>(entries.data()),
                              entries.size() * sizeof(Entry));
  if (file.ReadAt(0, bytes) != bytes.size()) {
    throw Error(ErrorCode::kUnavailable,
                fmt::format("{}: it was cut off while the run read it", FileOf(shard).string()));
  }
  return entries;
}

bool RowSet::Resize(Shard& shard, size_t entries) {
  const uint64_t bytes = entries * sizeof(Entry);
  const uint64_t old_bytes = shard.entries.size() * sizeof(Entry);
  if (bytes_.fetch_add(bytes) + bytes > bytes_max_ + old_bytes) {
    bytes_ -= bytes;
    return false;
  }
  std::vector<Entry> resized(entries);
  // words[0] is enough to find the slot again, because a table has fewer than 2^32 entries.
  for (const Entry& entry : shard.state == State::kOpen ? shard.entries : Read(shard)) {
    if (entry.empty()) continue;
    size_t slot = entry.words[0] & (entries - 1);
    while (!resized[slot].empty()) slot = (slot + 1) & (entries - 1);
    resized[slot] = entry;
  }
  shard.entries = std::move(resized);
  bytes_ -= old_bytes;
  return true;
}

bool RowSet::MakeRoom(Shard& shard, size_t rows) {
  const size_t wanted = (shard.size + rows) * kFillDenominator;
  size_t entries = shard.entries.size();
  if (wanted <= entries * kFillNumerator) return true;
  entries = std::max(entries, kFirstEntries);
  while (wanted > entries * kFillNumerator) entries *= 2;
  if (!Resize(shard, entries)) return false;
  shard.state = State::kOpen;
  return true;
}

void RowSet::Defer(Shard& shard) {
  has_deferred_ = true;
  if (shard.state == State::kOpen && shard.size > 0) {
    std::vector<Entry> dense;
    dense.reserve(shard.size);
    std::ranges::copy_if(shard.entries, std::back_inserter(dense),
                         [](const Entry& entry) { return !entry.empty(); });
    OutputFile(FileOf(shard))
        .Append({reinterpret_cast<const char*>(dense.data()), dense.size() * sizeof(Entry)});
  }
  shard.state = State::kDeferred;
  bytes_ -= shard.entries.size() * sizeof(Entry);
  Free(shard.entries);
}

RowSet::Progress RowSet::NextPass() {
  size_t done = 0;
  for (Shard& shard : shards_) {
    if (shard.state == State::kDeferred) {
      shard.state = State::kWaiting;
      continue;
    }
    if (shard.state == State::kDone) continue;
    ++done;
    shard.state = State::kDone;
    bytes_ -= shard.entries.size() * sizeof(Entry);
    Free(shard.entries);
  }
  if (!has_deferred_.exchange(false)) return Progress::kDone;
  return done < kShardsMin ? Progress::kTooFew : Progress::kAgain;
}

void RowSet::InsertIntoShard(Shard& shard, std::span<const RowHash> hashes,
                             std::span<const uint16_t> rows, std::span<bool> is_new) {
  const std::lock_guard lock(shard.mutex);
  if (shard.state == State::kDeferred || shard.state == State::kDone) return;
  if (!MakeRoom(shard, rows.size())) return Defer(shard);
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
}

void RowSet::Insert(std::span<const RowHash> hashes, std::span<bool> is_new) {
  assert(hashes.size() == is_new.size());
  assert(hashes.size() <= std::numeric_limits<uint16_t>::max());
  std::ranges::fill(is_new, false);
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
    InsertIntoShard(shards_[i], hashes, all.subspan(ends[i], count), is_new);
  }
}

}  // namespace stedi
