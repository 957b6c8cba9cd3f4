#include "cli/exit_status.h"

#include <array>

namespace stedi {
namespace {

constexpr auto kExitStatusRows = std::to_array<ExitStatusRow>({
    {kStatusDone, "done; records that were rejected are no failure"},
    {kStatusExpectation,
     "an expectation or a guard failed: nothing was published but withdrawals; compare: the lakes "
     "differ; verify: a table is not sound"},
    {kStatusInput, "the command, its input or the environment must be mended"},
    {kStatusBug, "a bug of stedi"},
    {kStatusLocked, "another process writes to the lake (--no-wait)"},
    {kStatusHungUp, "stopped by SIGHUP, the end of its terminal: nothing was published"},
    {kStatusInterrupted, "stopped by Ctrl-C: nothing was published"},
    {kStatusTerminated, "stopped by SIGTERM: nothing was published"},
});

struct ErrorCodeRow {
  ErrorCode code;
  std::string_view name;
  int status;
};

// In the order of the enum.
constexpr auto kErrorCodeRows = std::to_array<ErrorCodeRow>({
    {ErrorCode::kInvalid, "invalid", kStatusInput},
    {ErrorCode::kNotFound, "not_found", kStatusInput},
    {ErrorCode::kConflict, "conflict", kStatusInput},
    {ErrorCode::kUnavailable, "unavailable", kStatusInput},
    {ErrorCode::kCommitStateUnknown, "commit_state_unknown", kStatusInput},
    {ErrorCode::kExpectationFailed, "expectation_failed", kStatusExpectation},
    {ErrorCode::kLocked, "locked", kStatusLocked},
    {ErrorCode::kCancelled, "cancelled", kStatusInterrupted},
    {ErrorCode::kInternal, "internal", kStatusBug},
});

constexpr const ErrorCodeRow& RowOf(ErrorCode code) {
  return kErrorCodeRows[static_cast<size_t>(code)];
}
static_assert(RowOf(ErrorCode::kInternal).code == ErrorCode::kInternal);

}  // namespace

std::span<const ExitStatusRow> ExitStatusRows() { return kExitStatusRows; }

int ExitStatusOf(ErrorCode code) { return RowOf(code).status; }

std::string_view NameOf(ErrorCode code) { return RowOf(code).name; }

}  // namespace stedi
