// Places where a test can make a run die or fail: STEDI_FAIL_POINT=<name>:<kill|EIO|ENOSPC|stop>[:<nth>].
// Without the variable a fail point costs one relaxed load.
#pragma once

#include <string_view>

namespace stedi {

// kill = SIGKILL to this process; EIO, ENOSPC = throw Error(kUnavailable); stop = raise(SIGINT) once.
// `nth` (default 1): the how-many-th time the point is passed. All names are in kFailPoints.
void FailPoint(std::string_view name);

}  // namespace stedi
