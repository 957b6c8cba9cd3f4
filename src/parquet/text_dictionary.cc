#include "parquet/text_dictionary.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <random>

namespace stedi {
namespace {

constexpr size_t kFirstSlots = 1 << 10;
constexpr int kHalf = 32;

// The seed of the hashes is random, so that nobody can choose texts that all fall into one slot.
uint64_t RandomSeed() {
  static const uint64_t seed = [] {
    std::random_device device;
    return uint64_t{device()} << kHalf | device();
  }();
  return seed;
}

}  // namespace

TextDictionary::TextDictionary() : seed_(RandomSeed()) {}

void TextDictionary::Grow() {
  const size_t size = slots_.empty() ? kFirstSlots : 2 * slots_.size();
  slots_.assign(size, {});
  for (size_t i = 0; i < hashes_.size(); ++i) {
    size_t at = hashes_[i] & (size - 1);
    while (slots_[at].index != 0) at = (at + 1) & (size - 1);
    slots_[at] = {static_cast<uint32_t>(hashes_[i] >> kHalf), static_cast<uint32_t>(i + 1)};
  }
}

uint64_t TextDictionary::HashOf(std::string_view text) const {
  return XXH3_64bits_withSeed(text.data(), text.size(), seed_);
}

void TextDictionary::Add(std::span<const std::string_view> texts, uint32_t* indices) {
  constexpr size_t kTogether = 32;
  std::array<uint64_t, kTogether> hashes;
  for (size_t begin = 0; begin < texts.size(); begin += kTogether) {
    const size_t end = std::min(begin + kTogether, texts.size());
    while (2 * (ends_.size() + kTogether) > slots_.size()) Grow();
    // The same length at the same address as in the row before means the same text.
    const auto is_again = [&](size_t i) {
      return i > 0 && texts[i].data() == texts[i - 1].data() &&
             texts[i].size() == texts[i - 1].size();
    };
    for (size_t i = begin; i < end; ++i) {
      if (is_again(i)) continue;
      hashes[i - begin] = HashOf(texts[i]);
      __builtin_prefetch(&slots_[hashes[i - begin] & (slots_.size() - 1)]);
    }
    for (size_t i = begin; i < end; ++i) {
      indices[i] = is_again(i) ? indices[i - 1] : AddOne(texts[i], hashes[i - begin]);
    }
  }
}

uint32_t TextDictionary::AddOne(std::string_view text, uint64_t hash) {
  const auto upper = static_cast<uint32_t>(hash >> kHalf);
  const size_t mask = slots_.size() - 1;
  for (size_t at = hash & mask;; at = (at + 1) & mask) {
    Slot& slot = slots_[at];
    if (slot.index == 0) {
      bytes_ += text;
      ends_.push_back(bytes_.size());
      hashes_.push_back(hash);
      slot = {upper, static_cast<uint32_t>(ends_.size())};
      return slot.index - 1;
    }
    if (slot.hash == upper && At(slot.index - 1) == text) return slot.index - 1;
  }
}

void TextDictionary::Clear() {
  slots_.assign(slots_.size(), {});
  hashes_.clear();
  ends_.clear();
  bytes_.clear();
}

}  // namespace stedi
