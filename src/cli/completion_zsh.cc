// The completion script for zsh: one call of _arguments for each command. It works both when it is
// sourced and as the file _stedi in a folder of $fpath.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/completion.h"

namespace stedi {
namespace {

constexpr std::string_view kBegin = R"(#compdef stedi
# Completion of stedi for zsh, written by `stedi completion zsh`.

_stedi() {
  local command
  local -a commands subcommands
  commands=(
)";

constexpr std::string_view kMiddle = R"(  if ((CURRENT == 2)); then
    if [[ $words[2] == -* ]]; then
      _arguments '(- *)--help[show the commands]' '(- *)--version[print the version]'
    else
      _describe -t commands 'stedi command' commands
    fi
    return
  fi
  command=$words[2]
  shift words
  ((CURRENT--))
  if ((CURRENT > 2)) && ((${subcommands[(Ie)$command $words[2]]})); then
    command+=" $words[2]"
    shift words
    ((CURRENT--))
  fi
  case $command in
)";

constexpr std::string_view kEnd = R"(  esac
}

if [[ $funcstack[1] == _stedi ]]; then
  _stedi "$@"
else
  compdef _stedi stedi
fi
)";

// Returns `text` as one word of the shell.
std::string Quoted(std::string_view text) {
  return "'" + ReplaceAll(std::string(text), "'", R"('\'')") + "'";
}

// Returns `text` such that _arguments and _describe find none of their own signs in it.
std::string Escaped(std::string text) {
  text = ReplaceAll(std::move(text), R"(\)", R"(\\)");
  for (const char* sign : {"[", "]", ":"}) {
    text = ReplaceAll(std::move(text), sign, std::string("\\") + sign);
  }
  return text;
}

std::string ActionOf(const ArgumentRow& row) {
  if (!row.choices.empty()) return fmt::format("({})", fmt::join(row.choices, " "));
  switch (KindOf(row.value)) {
    case ValueKind::kFolder:
      return "_files -/";
    case ValueKind::kFile:
      return "_files";
    case ValueKind::kAnything:
      break;
  }
  return " ";  // says what is to come and offers nothing
}

std::string Specification(const ArgumentRow& row) {
  const std::string help = Escaped(row.help);
  if (!row.name.starts_with("-")) {
    return Quoted(fmt::format(":{}:{}", Escaped(row.name), ActionOf(row)));
  }
  const std::string_view repeat = row.may_repeat ? "*" : "";
  if (row.value.empty()) return Quoted(fmt::format("{}{}[{}]", repeat, row.name, help));
  return Quoted(
      fmt::format("{}{}=[{}]:{}:{}", repeat, row.name, help, Escaped(row.value), ActionOf(row)));
}

std::string Case(const ArgumentTable& arguments) {
  std::string text = fmt::format("    {}) _arguments \\\n", Quoted(arguments.command));
  for (const auto* rows : {&arguments.positionals, &arguments.options}) {
    for (const ArgumentRow& row : *rows) {
      text += fmt::format("      {} \\\n", Specification(row));
    }
  }
  return text + "      '(- *)--help[show this command and its options]' ;;\n";
}

}  // namespace

std::string ZshCompletion(std::span<const CompletedCommand> commands) {
  std::string script(kBegin);
  std::string subcommands;
  std::string cases;
  for (const CompletedCommand& command : commands) {
    const std::string& name = command.arguments.command;
    if (IsTopCommand(command)) {
      script +=
          fmt::format("    {}\n", Quoted(fmt::format("{}:{}", name, Escaped(command.summary))));
    } else {
      subcommands += fmt::format("{}{}", subcommands.empty() ? "" : " ", Quoted(name));
    }
    cases += Case(command.arguments);
  }
  script += fmt::format("  )\n  subcommands=({})\n", subcommands);
  script += kMiddle;
  script += cases;
  script += kEnd;
  return script;
}

}  // namespace stedi
