// Columns whose values are names of landing files, which may contain e-mail addresses.
#pragma once

#include <string_view>

#include "landing/contract.h"

namespace stedi {

// Judges by the column's name alone. Every feed's table has kFileColumn; the quarantine, and tables
// made from rejected records, have "file".
inline bool HoldsFileNames(std::string_view column) {
  return column == kFileColumn || column == "file";
}

}  // namespace stedi
