// What an exit status of stedi means, and which failure has which: the one place that says so.
#pragma once

#include <span>
#include <string_view>

#include "base/error.h"

namespace stedi {

struct ExitStatusRow {
  int status;
  std::string_view meaning;
};
std::span<const ExitStatusRow> ExitStatusRows();

inline constexpr int kStatusDone = 0;
inline constexpr int kStatusExpectation = 1;
inline constexpr int kStatusDifferent = 1;
inline constexpr int kStatusInput = 2;
inline constexpr int kStatusBug = 70;
inline constexpr int kStatusLocked = 75;
inline constexpr int kStatusInterrupted = 130;
inline constexpr int kStatusTerminated = 143;

// kCancelled without a signal counts as Ctrl-C.
int ExitStatusOf(ErrorCode code);
// The code as --json gives it: "invalid", "not_found" ..
std::string_view NameOf(ErrorCode code);

}  // namespace stedi
