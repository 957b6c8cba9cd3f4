// Places where a test can make a run die or fail:
// STEDI_FAIL_POINT=<name>:<kill|EIO|ENOSPC|ENOMEM|stop|pause>[:<nth>]. Without the variable a fail
// point costs one relaxed load.
#pragma once

#include <array>
#include <string_view>

namespace stedi {

// In the order in which a run passes them.
inline constexpr auto kFailPoints = std::to_array<std::string_view>(
    {"after_lock", "after_list", "after_load", "in_select", "after_build", "after_stage",
     "before_publish", "in_publish", "after_publish", "before_report",
     // of stedi relocate
     "in_relocate", "before_relocate_commit", "in_relocate_commit", "after_relocate_commit"});

// kill = SIGKILL to this process; EIO, ENOSPC, ENOMEM = throw Error(kUnavailable); stop = SIGINT to
// this process, once; pause = SIGSTOP, until SIGCONT. `nth` (default 1): which occurrence of the
// point fires. Throws Error(kInvalid) when the variable cannot be understood. `name` must be one of
// kFailPoints.
void FailPoint(std::string_view name);

// Replaces what STEDI_FAIL_POINT says, for unit tests; "" disarms. Throws Error(kInvalid).
void ArmFailPoint(std::string_view spec);

}  // namespace stedi
