// Finds, in the bytes of a rejected record, the values of the columns that a feed names
// (Contract::rejected_columns), so that what must not be overlooked is not lost with the record:
// above all a withdrawn consent.
//
// It looks for `"key" : value` at every quote, because after damage neither the parity of quotes
// nor the depth of brackets can be trusted. A value counts only if it is complete: a string that is
// closed, or a number that is followed by `}` or another key. Anything that could be part of a
// longer value does not count. Values of the first column are taken from anywhere; if that column
// is a STRING, every word that looks like an e-mail address is taken, too. Values of the other
// columns are taken only from a flat record, which has no nested brackets, so that they certainly
// belong to it. The time is linear in the number of bytes.
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "landing/contract.h"

namespace stedi {

// Longer words are not found.
inline constexpr size_t kRejectedWordBytesMax = 320;
// Longer values are not found, nor are values that are further than this from their key.
inline constexpr size_t kRejectedValueBytesMax = 64 << 10;

// The values of one row of the table of rejected records, in the order of rejected_columns, as text
// that SQL casts to the column's type without loss.
using RejectedRow = std::vector<std::optional<std::string>>;

// Convert a row to bytes, and back. `bytes` must come from EncodeRejectedRow().
std::string EncodeRejectedRow(const RejectedRow& row);
RejectedRow DecodeRejectedRow(std::string_view bytes);

class RejectedValues {
 public:
  // Both must outlive it.
  RejectedValues(const Contract& contract, const ContractIndex& index)
      : contract_(contract), index_(index) {}

  // Returns false when the feed names no column. Begin() and Search() then do nothing.
  bool is_wanted() const { return !contract_.rejected_columns.empty(); }

  // Begins another rejection. `in_array`: it may be in a top-level array, where a comma can be
  // between records.
  void Begin(bool in_array);
  // Searches the next bytes of the rejection. `at_end`: they are the last ones.
  void Search(std::string_view bytes, bool at_end);

  // Returns one row per distinct value of the first column that was found, in the order of the
  // bytes; words that are not values of its key come last. If no value was found, there is one row,
  // in which it is NULL. The value of another column is in all rows if its key was found only once
  // and the record is flat: between the `{` that begins the bytes and the `}` that ends them, which
  // may be cut off, there is no bracket. If `may_be_several`, the bytes may be those of several
  // records: these values are then given only if no key of the contract was found twice. The result
  // is valid until the next call.
  const std::vector<RejectedRow>& Rows(bool may_be_several);

 private:
  void LookAtBrackets(std::string_view bytes);
  void LookForWords(std::string_view bytes);
  void EndWord(char next);
  size_t ReadMember(std::string_view text, bool is_whole);
  void Add(size_t slot, std::string value);

  const Contract& contract_;
  const ContractIndex& index_;
  bool in_array_ = false;
  // The brackets so far. kNotFlat: it is unknown how deeply the values are nested.
  enum class Shape : uint8_t { kBefore, kInside, kBehind, kNotFlat };
  Shape shape_ = Shape::kBefore;
  std::string word_;                // the bytes of the word so far
  std::string ended_word_;          // looks like an e-mail address; the next bytes decide
  std::vector<std::string> words_;  // distinct words that look like e-mail addresses
  std::unordered_set<std::string> known_words_;
  std::string held_;                 // bytes of a member that is not complete yet
  std::vector<std::string> firsts_;  // distinct values of the first column
  std::unordered_set<std::string> known_firsts_;
  RejectedRow others_;  // values of the other columns
  std::bitset<kContractColumnsMax> seen_;
  std::bitset<kContractColumnsMax> repeated_;
  std::vector<RejectedRow> rows_;
};

}  // namespace stedi
