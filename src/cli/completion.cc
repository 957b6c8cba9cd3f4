#include "cli/completion.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "base/error.h"
#include "cli/command_line.h"

namespace stedi {
namespace {

struct ValueKindRow {
  std::string_view value;
  ValueKind kind;
};
constexpr ValueKindRow kValueKinds[] = {
    {"DIR", ValueKind::kFolder},    {"PROJECT", ValueKind::kFolder}, {"LAKE", ValueKind::kFolder},
    {"LAKE_A", ValueKind::kFolder}, {"LAKE_B", ValueKind::kFolder},  {"FILE", ValueKind::kFile}};

constexpr auto kShells = std::to_array<CompletionShell>(
    {{"bash", BashCompletion}, {"zsh", ZshCompletion}, {"fish", FishCompletion}});

}  // namespace

ValueKind KindOf(std::string_view value) {
  const auto* const found = std::ranges::find(kValueKinds, value, &ValueKindRow::value);
  return found == std::end(kValueKinds) ? ValueKind::kAnything : found->kind;
}

std::span<const CompletionShell> CompletionShells() { return kShells; }

std::string CompletionScript(std::string_view name, std::span<const CompletedCommand> commands) {
  std::vector<std::string> names;
  names.reserve(kShells.size());
  for (const CompletionShell& shell : kShells) {
    if (shell.name == name) return shell.script(commands);
    names.emplace_back(shell.name);
  }
  const std::string hint = DidYouMean(name, names);
  throw Error(ErrorCode::kInvalid,
              fmt::format("completion: no shell '{}'{} The shells are {}", name,
                          hint.empty() ? "." : hint, fmt::join(names, ", ")));
}

bool IsTopCommand(const CompletedCommand& command) {
  return command.arguments.command.find(' ') == std::string::npos;
}

std::string ReplaceAll(std::string text, std::string_view replaced, std::string_view replacement) {
  for (size_t at = text.find(replaced); at != std::string::npos;
       at = text.find(replaced, at + replacement.size())) {
    text.replace(at, replaced.size(), replacement);
  }
  return text;
}

}  // namespace stedi
