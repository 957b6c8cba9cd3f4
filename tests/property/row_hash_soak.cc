// Hashes `count` rows of each of several structured families (counters, e-mail addresses, texts
// that differ in a few bits) as the checksum of a table and DISTINCT do, and counts how many hashes
// collide. No two hashes of 128 bits may. The first bits of each half, read from either end, must
// collide as often as random numbers. XXH3-128, which takes each row as one piece of memory, is
// counted and timed for comparison.
//   row_hash_soak COUNT [SEED]
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <thread>
#include <vector>

#include "rows/row_set.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace stedi {
namespace {

constexpr size_t kWordBytes = sizeof(uint64_t);
constexpr int kWordBits = 64;

// A row of integers and then at most one text, all in one piece of memory.
class KeyRow {
 public:
  void Clear() { size_ = word_count_ = 0, has_text_ = false; }
  void AddWord(uint64_t word) {
    std::memcpy(bytes_.data() + size_, &word, kWordBytes);
    size_ += kWordBytes;
    ++word_count_;
  }
  void AddDouble(double value) { AddWord(std::bit_cast<uint64_t>(value)); }
  void AddText(std::string_view text) {
    std::memcpy(bytes_.data() + size_, text.data(), text.size());
    size_ += text.size();
    has_text_ = true;
  }
  void AddNumberAsText(uint64_t number) {
    char* const at = bytes_.data() + size_;
    size_ += static_cast<size_t>(std::to_chars(at, bytes_.data() + bytes_.size(), number).ptr - at);
    has_text_ = true;
  }
  std::string_view bytes() const { return {bytes_.data(), size_}; }

  RowHash OurHash(const RowSeed& seed) const {
    RowHash hash = seed;
    const char* at = bytes_.data();
    for (size_t i = 0; i < word_count_; ++i, at += kWordBytes) {
      uint64_t word = 0;
      std::memcpy(&word, at, kWordBytes);
      stedi::AddWord(hash, word);
    }
    if (has_text_) AddBytes(hash, {at, size_ - word_count_ * kWordBytes});
    return Finished(hash);
  }
  RowHash Xxh3Hash(const RowSeed& seed) const {
    const XXH128_hash_t hash = XXH3_128bits_withSeed(bytes_.data(), size_, seed.low);
    return {hash.low64, hash.high64};
  }

 private:
  std::array<char, 128> bytes_{};
  size_t size_ = 0;
  size_t word_count_ = 0;
  bool has_text_ = false;
};

// Returns the binomial coefficient: how many subsets of `k` members a set of `n` has.
uint64_t Choose(uint64_t n, uint64_t k) {
  if (n < k) return 0;
  uint64_t result = 1;
  for (uint64_t i = 0; i < k; ++i) result = result * (n - i) / (i + 1);
  return result;
}

// Inverts the bits of the `index`-th subset of `bit_count` bits: first none, then single bits, then
// pairs, and so on. Different indexes give different bits.
void InvertSubset(uint64_t index, uint64_t bit_count, uint64_t* words) {
  uint64_t size = 0;
  for (; index >= Choose(bit_count, size); ++size) index -= Choose(bit_count, size);
  // The combinatorial number system: the greatest member first.
  uint64_t above = bit_count;
  for (; size > 0; --size) {
    uint64_t low = size - 1;  // Choose(low, size) <= index < Choose(above, size)
    while (above - low > 1) {
      const uint64_t middle = (low + above) / 2;
      (Choose(middle, size) <= index ? low : above) = middle;
    }
    words[low / kWordBits] ^= uint64_t{1} << (low % kWordBits);
    index -= Choose(low, size);
    above = low;
  }
}

// A family of rows that differ little, no two of them equal. `add` adds the columns of row `i`.
struct Family {
  const char* name;
  void (*add)(uint64_t i, KeyRow& row);
};

constexpr uint64_t kSide = 20'000;  // of a square of two counters
constexpr uint64_t kSteps = 1'000;  // of a cube of three readings

const Family key_families[] = {
    {"counter", [](uint64_t i, KeyRow& row) { row.AddWord(i); }},
    {"multiples of 2^32", [](uint64_t i, KeyRow& row) { row.AddWord(i << 32); }},
    {"times, 10 ms apart",
     [](uint64_t i, KeyRow& row) { row.AddWord(1'700'000'000'000'000 + 10'000 * i); }},
    {"two counters",
     [](uint64_t i, KeyRow& row) {
       row.AddWord(i / kSide);
       row.AddWord(i % kSide);
     }},
    {"x, y, z in hundredths",
     [](uint64_t i, KeyRow& row) {
       for (const uint64_t step : {i % kSteps, i / kSteps % kSteps, i / kSteps / kSteps}) {
         row.AddDouble(static_cast<double>(step) / 100);
       }
     }},
    {"few bits of two numbers",
     [](uint64_t i, KeyRow& row) {
       uint64_t words[] = {0, 0};
       InvertSubset(i, 2UL * kWordBits, words);
       row.AddWord(words[0]);
       row.AddWord(words[1]);
     }},
    {"counter as text", [](uint64_t i, KeyRow& row) { row.AddNumberAsText(i); }},
    {"e-mail address",
     [](uint64_t i, KeyRow& row) {
       row.AddText("customer.");
       row.AddNumberAsText(100'000'000'000 + i);
       row.AddText("@example.com");
     }},
    {"time and address",
     [](uint64_t i, KeyRow& row) {
       row.AddWord(1'700'000'000'000'000 + 10'000 * (i / 100));
       row.AddText("Person.Number");
       row.AddNumberAsText(i % 100);
       row.AddText("@example.org");
     }},
    {"few bits of a long text",
     [](uint64_t i, KeyRow& row) {
       uint64_t words[8];
       std::memcpy(words, "The bits of this text of sixty-four bytes are inverted, by twos.",
                   sizeof words);
       InvertSubset(i, sizeof words * 8, words);
       row.AddText({reinterpret_cast<const char*>(words), sizeof words});
     }},
};

using HashFunction = RowHash (KeyRow::*)(const RowSeed&) const;

std::vector<RowHash> HashesOf(const Family& family, HashFunction hash, const RowSeed& seed,
                              uint64_t count) {
  std::vector<RowHash> hashes(count);
  const auto fill = [&](uint64_t from, uint64_t to) {
    KeyRow row;
    for (uint64_t i = from; i < to; ++i) {
      row.Clear();
      family.add(i, row);
      hashes[i] = (row.*hash)(seed);
    }
  };
  std::thread half([&] { fill(0, count / 2); });
  fill(count / 2, count);
  half.join();
  return hashes;
}

// Sorts by `low`, then by `high`, on two threads.
void Sort(std::vector<RowHash>& hashes) {
  const auto is_before = [](const RowHash& a, const RowHash& b) {
    return a.low != b.low ? a.low < b.low : a.high < b.high;
  };
  const auto middle = std::partition(hashes.begin(), hashes.end(), [](const RowHash& hash) {
    return hash.low >> (kWordBits - 1) == 0;
  });
  std::thread half([&] { std::sort(hashes.begin(), middle, is_before); });
  std::sort(middle, hashes.end(), is_before);
  half.join();
}

// Returns how many of the sorted hashes have the same first `bits` bits of `low` as the one before.
uint64_t CountCollisions(const std::vector<RowHash>& hashes, int bits) {
  uint64_t count = 0;
  for (size_t i = 1; i < hashes.size(); ++i) {
    count += (hashes[i - 1].low ^ hashes[i].low) >> (kWordBits - bits) == 0 ? 1 : 0;
  }
  return count;
}

// Returns how far `found` collisions among `count` random numbers of `bits` bits are from the
// expected number, in standard deviations. A difference of at most one collision counts as 0.
double Deviation(uint64_t found, uint64_t count, int bits) {
  const double values = std::ldexp(1, bits);
  const double load = static_cast<double>(count) / values;
  // The mean and the variance of the number of values that occur give those of the collisions. For
  // a small load these are differences of nearly equal numbers, so their series is used.
  const double collisions =
      load < 1e-4 ? values * load * load / 2 * (1 - load / 3) : values * (load + std::expm1(-load));
  const double variance =
      load < 1e-4 ? collisions : values * std::exp(-load) * (1 - (1 + load) * std::exp(-load));
  const double difference = static_cast<double>(found) - collisions;
  if (std::abs(difference) <= 1) return 0;
  return difference / std::sqrt(std::max(variance, 1e-12));
}

struct Collisions {
  uint64_t whole = 0;      // of 128 bits
  uint64_t halves = 0;     // of 64 bits, both halves taken together
  double deviation = 0;    // the greatest of all windows
  int deviation_bits = 0;  // of that window
};

Collisions Count(const Family& family, HashFunction hash, const RowSeed& seed, uint64_t count) {
  // The widest window in which about a hundred numbers collide, and narrower ones.
  const auto log_count = static_cast<int>(std::bit_width(count)) - 1;
  const int widest = std::min(2 * log_count - 7, kWordBits - 1);
  std::vector<RowHash> hashes = HashesOf(family, hash, seed, count);
  Collisions all;
  for (const bool is_high : {false, true}) {
    if (is_high) {
      for (RowHash& one : hashes) one = {one.high, one.low};
    }
    for (const bool is_reversed : {false, true}) {
      if (is_reversed) {
        for (RowHash& one : hashes) one.low = __builtin_bswap64(one.low);
      }
      Sort(hashes);
      for (int bits = widest; bits > log_count - 4 && bits > 0; bits -= 4) {
        const double deviation = Deviation(CountCollisions(hashes, bits), count, bits);
        if (std::abs(deviation) <= std::abs(all.deviation)) continue;
        all.deviation = deviation;
        all.deviation_bits = bits;
      }
    }
    all.halves += CountCollisions(hashes, kWordBits);
  }
  for (size_t i = 1; i < hashes.size(); ++i) all.whole += hashes[i - 1] == hashes[i] ? 1 : 0;
  return all;
}

// Returns the nanoseconds for one row of the family, in the shortest of several rounds over rows
// that are in the cache.
double NsPerRow(const Family& family, HashFunction hash, const RowSeed& seed) {
  constexpr size_t kRows = 1024;
  constexpr int kRounds = 200;
  std::vector<KeyRow> rows(kRows);
  for (size_t i = 0; i < kRows; ++i) family.add(i, rows[i]);
  using Clock = std::chrono::steady_clock;
  Clock::duration best = Clock::duration::max();
  uint64_t sum = 0;
  for (int round = 0; round < kRounds; ++round) {
    const Clock::time_point begin = Clock::now();
    for (const KeyRow& row : rows) sum += (row.*hash)(seed).low;
    best = std::min(best, Clock::now() - begin);
  }
  volatile uint64_t used = sum;  // so that the loops are not optimized away
  static_cast<void>(used);
  return std::chrono::duration<double, std::nano>(best).count() / kRows;
}

int Main(uint64_t count, uint64_t seed_number) {
  constexpr double kDeviationMax = 6;
  struct Hash {
    const char* name;
    HashFunction function;
  };
  constexpr Hash kHashes[] = {{"ours", &KeyRow::OurHash}, {"XXH3-128", &KeyRow::Xxh3Hash}};
  // Like that of the checksum, whose seed is "stedi lo", "stedi hi".
  const RowSeed seed{0x7374656469206C6F + seed_number, 0x7374656469206869};
  bool has_fault = false;
  fmt::print("{} rows of each family, seed {}\n{:24} {:9} {:>8} {:>8} {:>16} {:>10}\n", count,
             seed_number, "family", "hash", "128 bits", "64 bits", "worst deviation", "ns a row");
  for (const Family& family : key_families) {
    for (const Hash& hash : kHashes) {
      const Collisions collisions = Count(family, hash.function, seed, count);
      fmt::print("{:24} {:9} {:8} {:8} {:+6.1f} of {:2} bits {:10.1f}\n", family.name, hash.name,
                 collisions.whole, collisions.halves, collisions.deviation,
                 collisions.deviation_bits, NsPerRow(family, hash.function, seed));
      const bool is_bad = collisions.whole > 0 || collisions.halves > 1 ||
                          std::abs(collisions.deviation) > kDeviationMax;
      if (hash.function == &KeyRow::OurHash) has_fault |= is_bad;
    }
  }
  return has_fault ? 1 : 0;
}

}  // namespace
}  // namespace stedi

int main(int argc, char** argv) {
  if (argc != 2 && argc != 3) {
    fmt::print(stderr, "usage: row_hash_soak COUNT [SEED]\n");
    return 2;
  }
  return stedi::Main(std::strtoull(argv[1], nullptr, 10),
                     argc == 3 ? std::strtoull(argv[2], nullptr, 10) : 0);
}
