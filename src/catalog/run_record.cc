#include "catalog/run_record.h"

#include <algorithm>
#include <array>

namespace stedi {
namespace {

// In the order of the enums. Existing lakes and the output of commands contain these words.
constexpr std::array<std::string_view, 7> kRunStatusNames = {
    "running", "ok", "no_news", "failed", "cancelled", "interrupted", "unknown"};
constexpr std::array<std::string_view, 5> kTableActionNames = {"unchanged", "appended", "updated",
                                                               "replaced", "failed"};
constexpr std::array<std::string_view, 4> kLoadStatusNames = {"loaded", "replaced", "redelivered",
                                                              "kept"};

template <class Enum, size_t kCount>
std::optional<Enum> Parse(const std::array<std::string_view, kCount>& names,
                          std::string_view text) {
  const auto found = std::ranges::find(names, text);
  if (found == names.end()) return std::nullopt;
  return static_cast<Enum>(found - names.begin());
}

}  // namespace

std::string_view ToString(RunStatus status) {
  return kRunStatusNames.at(static_cast<size_t>(status));
}

std::string_view ToString(TableAction action) {
  return kTableActionNames.at(static_cast<size_t>(action));
}

std::string_view ToString(LoadStatus status) {
  return kLoadStatusNames.at(static_cast<size_t>(status));
}

std::optional<RunStatus> ParseRunStatus(std::string_view text) {
  return Parse<RunStatus>(kRunStatusNames, text);
}

std::optional<TableAction> ParseTableAction(std::string_view text) {
  return Parse<TableAction>(kTableActionNames, text);
}

std::optional<LoadStatus> ParseLoadStatus(std::string_view text) {
  return Parse<LoadStatus>(kLoadStatusNames, text);
}

}  // namespace stedi
