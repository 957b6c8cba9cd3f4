#include "parquet/number_dictionary.h"

#include <algorithm>

namespace stedi {
namespace {

constexpr size_t kSlotBits = 15;
constexpr size_t kSlots = size_t{1} << kSlotBits;
static_assert(NumberDictionary::kValuesMax * 2 <= kSlots);

// Fibonacci hashing over both halves: doubles differ in their high bits, whole numbers in the low.
size_t SlotOf(int64_t number) {
  auto word = static_cast<uint64_t>(number);
  word ^= word >> 32;
  return (word * 0x9E3779B97F4A7C15) >> (64 - kSlotBits);
}

}  // namespace

uint32_t NumberDictionary::IndexOf(int64_t number, size_t slot) {
  for (;; slot = (slot + 1) % kSlots) {
    if (slots_[slot] == 0) {
      values_.push_back(number);
      slots_[slot] = static_cast<uint16_t>(values_.size());
    }
    if (values_[slots_[slot] - 1U] == number) return slots_[slot] - 1U;
  }
}

bool NumberDictionary::Build(std::span<const int64_t> numbers, size_t values_max) {
  values_max = std::min(values_max, kValuesMax);
  slots_.assign(kSlots, 0);
  values_.clear();
  indices_.Clear();
  uint32_t* indices = indices_.Extend(numbers.size());
  for (size_t i = 0; i < numbers.size(); ++i) {
    const size_t slot = SlotOf(numbers[i]);
    const uint32_t found = slots_[slot];
    if (found != 0 && values_[found - 1] == numbers[i]) {
      indices[i] = found - 1;
      continue;
    }
    indices[i] = IndexOf(numbers[i], slot);
    if (values_.size() > values_max) return false;
  }
  return true;
}

}  // namespace stedi
