// Columns whose values are names of landing files, in which e-mail addresses may stand.
#pragma once

#include <string_view>

#include "landing/contract.h"

namespace stedi {

// By the name alone: that of every feed, and the one that the quarantine and tables made from
// rejected records have.
inline bool HoldsFileNames(std::string_view column) {
  return column == kFileColumn || column == "file";
}

}  // namespace stedi
