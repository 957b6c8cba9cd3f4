// Remembers the bytes between two values, such as `,"x":` or `}\n{"user":`, as one step. The next
// step is predicted from the last one, so that its bytes are compared instead of parsed.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "files/byte_scan.h"
#include "landing/contract.h"

namespace stedi {

// The bytes that the fast path works on: a padded buffer, and what is known about it.
struct FastRegion {
  const char* begin = nullptr;  // a '{' at top level
  const char* end = nullptr;
  const char* limit = nullptr;  // records that begin here or later are not wanted
  uint64_t offset = 0;          // of `begin` in the file
  bool in_array = false;        // inside a top-level array, where ',' separates records
};

// The length of the longest step that is remembered.
inline constexpr size_t kLiteralBytesMax = 64;

// All bytes from the end of a value (or the beginning of the first record) to the next value.
struct KeyStep {
  static constexpr size_t kSuccessors = 4;
  static constexpr uint32_t kSurprisesMax = 32;

  alignas(64) std::array<char, kLiteralBytesMax> bytes = {};
  alignas(64) std::array<char, kLiteralBytesMax> mask = {};  // 0xFF for each byte that must match
  size_t length = 0;  // above kLiteralBytesMax only in a step that is not remembered
  uint64_t column_bit = 0;
  uint32_t column = 0;
  ColumnType type = ColumnType::kString;
  bool starts_record = false;
  bool empty_is_null = false;
  uint32_t next_victim = 0;
  uint32_t value_bytes = 0;                     // of the last value that was read here
  uint32_t surprises = 0;                       // how often the next one had another length; above
                                                // kSurprisesMax the length is no longer predicted
  std::array<KeyStep*, kSuccessors> next = {};  // the steps that followed it before
  // Only with starts_record: the position one past the '}' of the previous record, the position of
  // the '{' of the next one (both relative to the step), and how many bytes of each kind are
  // between them.
  size_t record_end = 0;
  size_t record_begin = 0;
  size_t whitespace = 0;
  size_t framing = 0;
};

class KeyMemo {
 public:
  // `contract` (of at most 64 columns) and `index` must outlive it.
  KeyMemo(const Contract& contract, const ContractIndex& index)
      : contract_(contract), index_(index) {}

  // Returns the step before the first record. Steps are valid as long as the memo.
  KeyStep& Root(bool in_array) { return StateOf(in_array).root; }
  // Parses the step at `p` and, where possible, remembers that it follows `previous`. Returns
  // nullptr when there is no step.
  KeyStep* Learn(KeyStep& previous, const char* p, const FastRegion& region);

 private:
  static constexpr size_t kStepsMax = 192;
  // The steps that were learned outside an array, or inside one. Steps point to each other, so they
  // never move.
  struct State {
    KeyStep root;
    std::vector<std::unique_ptr<KeyStep>> steps;
  };

  State& StateOf(bool in_array) { return states_[in_array ? 1 : 0]; }
  bool ParseStep(const char* p, bool before_any, const FastRegion& region, KeyStep& step) const;
  bool ParseKey(const char* p, const char* end, const char* step_begin, KeyStep& step) const;

  const Contract& contract_;
  const ContractIndex& index_;
  std::array<State, 2> states_;
  KeyStep unlearned_;  // a step that is too long or too rare to keep
};

}  // namespace stedi
