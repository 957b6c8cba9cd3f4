#include "cli/last_words.h"

#include <unistd.h>

#include <exception>
#include <string>
#include <string_view>

#include "base/printable_text.h"
#include "cli/exit_status.h"
#include "run/publish.h"

namespace stedi {
namespace {

std::string_view PublishingWords() {
  switch (PublishingState()) {
    case Publishing::kNotYet:
      return "";
    case Publishing::kUnknown:
      return "; whether the run was published is unknown: stedi runs tells";
    case Publishing::kDone:
      return "; the run was published";
  }
  return "";
}

[[noreturn]] void End() noexcept {
  std::string line = "stedi: the program cannot go on";
  if (const std::exception_ptr caught = std::current_exception()) {
    try {
      std::rethrow_exception(caught);
    } catch (const std::exception& error) {
      const std::string_view reason = error.what();
      line += ": " + PrintableText(reason.substr(0, reason.find('\n')));
    } catch (...) {  // it has no message
    }
  }
  line += std::string(PublishingWords()) + "\n";
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
  ::_exit(kStatusInput);
}

}  // namespace

void EndWithoutSignal() { std::set_terminate(End); }

}  // namespace stedi
