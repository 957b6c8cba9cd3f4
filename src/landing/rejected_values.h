// Finds, in the bytes of a rejected record, the values of the columns that a feed names
// (Contract::rejected_columns), so that what the record said is not lost for those who must not
// overlook it: above all a withdrawn consent.
//
// It looks for `"key" : value` at every quote, because after damage neither the parity of quotes
// nor the depth of brackets can be trusted. A value counts only if it is whole: a string that is
// closed, a number that is followed by `}` or another key. Whatever could be part of a longer value
// does not count. Values of the first column are taken from anywhere; if that column is text, so is
// every word that looks like an e-mail address. Values of the other columns are only taken from a
// flat record, so that they certainly belong to it. The time is linear in the bytes.
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
// Longer values are not found, nor values further than this from their key.
inline constexpr size_t kRejectedValueBytesMax = 64 << 10;

// The values of one row of the table of rejected records, in the order of rejected_columns, as text
// that SQL casts to the column's type without loss.
using RejectedRow = std::vector<std::optional<std::string>>;

// A row as bytes, and back. `bytes` must be what Encode gave.
std::string EncodeRejectedRow(const RejectedRow& row);
RejectedRow DecodeRejectedRow(std::string_view bytes);

class RejectedValues {
 public:
  // Both must outlive it.
  RejectedValues(const Contract& contract, const ContractIndex& index)
      : contract_(contract), index_(index) {}

  // False: the feed names no column, and the functions below do nothing.
  bool is_wanted() const { return !contract_.rejected_columns.empty(); }

  // Begins another rejection. `in_array`: it may lie in a top-level array, where a comma can stand
  // between records.
  void Begin(bool in_array);
  // Takes the next bytes of the rejection; `at_end`: they are the last ones.
  void Look(std::string_view bytes, bool at_end);

  // Returns one row for each value of the first column that was found, in the order of the bytes;
  // words that are not values of its key come last. If no value was found there is one row with
  // NULL. A value of another column stands in all rows if its key was found only once and the
  // record is flat: there is no bracket between the `{` that the bytes begin with and the `}` that
  // ends them, if they were not cut off. Where `may_be_several`, no key of the contract may have
  // been found twice either: otherwise the bytes may be those of two records, and nobody can say
  // whose value it is.
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
  // The brackets so far. kNotFlat: the depth of what is found is not known.
  enum class Shape : uint8_t { kBefore, kInside, kBehind, kNotFlat };
  Shape shape_ = Shape::kBefore;
  std::string word_;                // the bytes of the word so far
  std::string ended_word_;          // looks like an e-mail; what follows it decides
  std::vector<std::string> words_;  // different ones that look like e-mails
  std::unordered_set<std::string> known_words_;
  std::string held_;                 // bytes of an undecided member
  std::vector<std::string> firsts_;  // different values of the first column
  std::unordered_set<std::string> known_firsts_;
  RejectedRow others_;  // without the first
  std::bitset<kContractColumnsMax> seen_;
  std::bitset<kContractColumnsMax> repeated_;
  std::vector<RejectedRow> rows_;
};

}  // namespace stedi
