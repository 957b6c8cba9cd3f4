// A mistake at one place in a SELECT.
#pragma once

#include <cstddef>
#include <string>

#include "pipeline/diagnostic.h"

namespace stedi {

struct SelectMistake {
  Severity severity = Severity::kError;
  size_t offset = 0;  // byte offset in the SELECT
  std::string message;
  std::string hint;
};

}  // namespace stedi
