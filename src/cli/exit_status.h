// The exit statuses of stedi: what each one means, and which error code leads to which status.
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
inline constexpr int kStatusHungUp = 129;
inline constexpr int kStatusInterrupted = 130;
inline constexpr int kStatusTerminated = 143;

// For kCancelled it is that of Ctrl-C; after another signal SignalWatch::ExitStatus() applies.
int ExitStatusOf(ErrorCode code);
// The name of the code in JSON output: "invalid", "not_found", and so on.
std::string_view NameOf(ErrorCode code);

}  // namespace stedi
