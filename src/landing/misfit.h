// Describes what in a record did not fit its contract: the column, the kind of value that was found
// and what was expected. It never contains the value itself, which may be personal data.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "landing/contract.h"
#include "landing/json_lexer.h"

namespace stedi {

enum class FoundKind : uint8_t {
  kUnknown,  // the fault is not about a value
  kMissing,
  kNull,
  kTrue,
  kFalse,
  kNumber,
  kFraction,
  kOutOfRangeNumber,
  kInexactNumber,
  kText,
  kEmptyText,
  kBlankText,
  kLoneSurrogate,
  kObject,
  kArray,
  kDuplicateKey,
};
size_t FoundKindCount();
inline constexpr uint16_t kNoColumn = kContractColumnsMax;

struct Misfit {
  FoundKind found = FoundKind::kUnknown;
  uint16_t column = kNoColumn;  // of the contract
  bool operator==(const Misfit&) const = default;
};

// Returns the kind of a value that was read.
FoundKind KindOf(const JsonValue& value);

// A Misfit in the form that the quarantine shows. A text is empty when nothing is known.
struct MisfitText {
  std::string column;
  std::string found;
  std::string wanted;
  bool operator==(const MisfitText&) const = default;
};
MisfitText Describe(const Misfit& misfit, const Contract& contract);

}  // namespace stedi
