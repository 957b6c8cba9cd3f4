#include "base/fail_point.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cassert>
#include <charconv>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <mutex>
#include <string>

#include "base/error.h"

namespace stedi {
namespace {

enum class FailAction : uint8_t { kKill, kEio, kEnospc, kEnomem, kStop, kPause };

struct FailActionRow {
  FailAction action;
  std::string_view name;
};
constexpr FailActionRow kFailActions[] = {
    {FailAction::kKill, "kill"},     {FailAction::kEio, "EIO"},   {FailAction::kEnospc, "ENOSPC"},
    {FailAction::kEnomem, "ENOMEM"}, {FailAction::kStop, "stop"}, {FailAction::kPause, "pause"}};

enum class Arming : uint8_t { kUnread, kDisarmed, kArmed };

struct ArmedPoint {
  std::string name;
  FailAction action = FailAction::kKill;
  uint64_t passes_left = 0;  // 0: it has fired, or no point is armed
};

// A process has one environment, so it has one armed point.
struct ArmedState {
  std::atomic<Arming> arming{Arming::kUnread};
  std::mutex mutex;  // guards `point`
  ArmedPoint point;
};

ArmedState& State() {
  static ArmedState state;
  return state;
}

[[noreturn]] void ThrowBadSpec(std::string_view spec) {
  throw Error(ErrorCode::kInvalid,
              fmt::format("STEDI_FAIL_POINT: cannot understand '{}': write "
                          "<name>:<kill|EIO|ENOSPC|ENOMEM|stop|pause>[:<nth>] with a name out of: "
                          "{}",
                          spec, fmt::join(kFailPoints, ", ")));
}

// Returns the text before the next ':' in `rest`, and removes that text and the ':' from `rest`.
std::string_view TakePart(std::string_view& rest) {
  const size_t colon = rest.find(':');
  const std::string_view part = rest.substr(0, colon);
  rest = colon == std::string_view::npos ? std::string_view() : rest.substr(colon + 1);
  return part;
}

ArmedPoint ParseSpec(std::string_view spec) {
  std::string_view rest = spec;
  ArmedPoint point;
  point.name = TakePart(rest);
  const std::string_view action = TakePart(rest);
  const auto* row = std::find_if(std::begin(kFailActions), std::end(kFailActions),
                                 [&](const FailActionRow& r) { return r.name == action; });
  const bool known =
      std::find(kFailPoints.begin(), kFailPoints.end(), point.name) != kFailPoints.end();
  if (!known || row == std::end(kFailActions)) ThrowBadSpec(spec);
  point.action = row->action;
  point.passes_left = 1;
  if (!rest.empty()) {
    const char* const end = rest.data() + rest.size();
    const auto [stop, status] = std::from_chars(rest.data(), end, point.passes_left);
    if (status != std::errc() || stop != end || point.passes_left == 0) ThrowBadSpec(spec);
  }
  return point;
}

void Fire(FailAction action, std::string_view name) {
  switch (action) {
    case FailAction::kKill:
      ::kill(::getpid(), SIGKILL);
      break;
    case FailAction::kStop:
      // The signal goes to the process, not to this thread, so that the thread that waits for
      // signals receives it.
      ::kill(::getpid(), SIGINT);
      break;
    case FailAction::kPause:  // until SIGCONT
      ::kill(::getpid(), SIGSTOP);
      break;
    case FailAction::kEio:
      throw Error(ErrorCode::kUnavailable,
                  fmt::format("fail point {}: Input/output error (EIO)", name));
    case FailAction::kEnospc:
      throw Error(ErrorCode::kUnavailable,
                  fmt::format("fail point {}: No space left on device (ENOSPC)", name));
    case FailAction::kEnomem:
      throw Error(ErrorCode::kUnavailable,
                  fmt::format("fail point {}: Cannot allocate memory (ENOMEM)", name));
  }
}

}  // namespace

void ArmFailPoint(std::string_view spec) {
  ArmedPoint point;
  if (!spec.empty()) point = ParseSpec(spec);
  ArmedState& state = State();
  const std::scoped_lock lock(state.mutex);
  state.point = std::move(point);
  state.arming = spec.empty() ? Arming::kDisarmed : Arming::kArmed;
}

void FailPoint(std::string_view name) {
  assert(std::find(kFailPoints.begin(), kFailPoints.end(), name) != kFailPoints.end());
  ArmedState& state = State();
  if (state.arming.load(std::memory_order_relaxed) == Arming::kDisarmed) return;
  if (state.arming.load() == Arming::kUnread) {
    const char* const spec = std::getenv("STEDI_FAIL_POINT");
    ArmFailPoint(spec == nullptr ? "" : spec);
  }
  FailAction action = FailAction::kKill;
  {
    const std::scoped_lock lock(state.mutex);
    if (state.point.name != name || state.point.passes_left == 0) return;
    if (--state.point.passes_left > 0) return;
    action = state.point.action;
  }
  Fire(action, name);
}

}  // namespace stedi
