// The distinct values of a column of numbers, as long as they are few.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "parquet/growing_array.h"

namespace stedi {

// Values are compared by their 64 bits: -0.0 and 0.0 are different values.
class NumberDictionary {
 public:
  // The most distinct values: up to here the hash table fits the processor's second-level cache.
  static constexpr size_t kValuesMax = 1 << 14;

  // Computes indices() and values() of `numbers`. Returns false when more than `values_max` of them
  // differ.
  bool Build(std::span<const int64_t> numbers, size_t values_max);
  std::span<const uint32_t> indices() const { return indices_.all(); }
  std::span<const int64_t> values() const { return values_; }

 private:
  uint32_t IndexOf(int64_t number, size_t slot);

  std::vector<uint16_t> slots_;  // index + 1 of a value; 0: empty; linear probing
  std::vector<int64_t> values_;
  GrowingArray<uint32_t> indices_;
};

}  // namespace stedi
