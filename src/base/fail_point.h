// Named places at which a test can make a run die or fail. The environment variable that arms one
// is STEDI_FAIL_POINT=<name>:<kill|EIO|ENOSPC|ENOMEM|stop|pause>[:<nth>]. While it is not set,
// passing a fail point costs one relaxed load.
#pragma once

#include <array>
#include <string_view>

namespace stedi {

// The names, in the order in which a run passes them.
inline constexpr auto kFailPoints = std::to_array<std::string_view>(
    {"after_lock", "after_list", "after_load", "in_select", "after_build", "after_stage",
     "before_publish", "in_publish", "after_publish", "before_report",
     // The following ones are in `stedi relocate`.
     "in_relocate", "before_relocate_commit", "in_relocate_commit", "after_relocate_commit"});

// Executes the armed action if `name` is the armed fail point and this is its `nth` pass (default
// 1): kill sends SIGKILL to this process; EIO, ENOSPC and ENOMEM throw Error(kUnavailable); stop
// sends SIGINT to this process; pause sends SIGSTOP, which lasts until SIGCONT. The action is
// executed only once. Throws Error(kInvalid) when the variable cannot be parsed. REQUIRES: `name`
// is one of kFailPoints.
void FailPoint(std::string_view name);

// For unit tests: uses `spec` instead of the value of STEDI_FAIL_POINT; "" disarms. Throws
// Error(kInvalid) when `spec` cannot be parsed.
void ArmFailPoint(std::string_view spec);

}  // namespace stedi
