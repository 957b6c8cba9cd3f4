// The completion script for bash 4 and newer. Its table is one `case`: for each place of a command
// line, what may stand there.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/completion.h"

namespace stedi {
namespace {

constexpr std::string_view kBegin =
    R"(# Completion of stedi for bash, written by `stedi completion bash`.

# Sets `words`, or `files` (an option of compopt), to what may stand at a place. Places are
# "COMMAND -" for the names of its options, "COMMAND --option" for the value of an option, and
# "COMMAND 0" for its first argument. Fails when there is no such place.
_stedi_place() {
  case $1 in
)";

constexpr std::string_view kEnd = R"(    *) return 1 ;;
  esac
}

_stedi() {
  local word=${COMP_WORDS[COMP_CWORD]} command= option= piece place words= files=
  local -i index count=0
  COMPREPLY=()
  # Finds the command, the option whose value is to come, and the number of arguments.
  for ((index = 1; index < COMP_CWORD; ++index)); do
    piece=${COMP_WORDS[index]}
    if [[ $piece == '=' && -n $option ]]; then
      continue
    elif [[ $piece == [:=] ]]; then
      # bash cuts s3://bucket and name=value into pieces; the next one belongs to the last one.
      ((index + 1 < COMP_CWORD)) || return 0
      index+=1
    elif [[ -n $option ]]; then
      option=
    elif [[ -z $command ]]; then
      command=$piece
    elif [[ $piece == -?* ]]; then
      if _stedi_place "$command $piece"; then option=$piece; fi
    elif ((count == 0)) && _stedi_place "$command $piece -"; then
      command+=" $piece"
    else
      count+=1
    fi
  done
  if [[ $word == [:=] ]]; then
    [[ $word == '=' && -n $option ]] || return 0
    word=
  fi
  if [[ -n $option ]]; then
    place="$command $option"
  elif [[ $word == -* ]]; then
    place="$command -"
  else
    place="$command $count"
  fi
  words= files=
  _stedi_place "$place" || return 0
  if [[ -n $files ]]; then
    compopt -o "$files"
  else
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
  fi
}

complete -F _stedi stedi
)";

// Returns `text` as one word of the shell.
std::string Quoted(std::string_view text) {
  return "'" + ReplaceAll(std::string(text), "'", R"('\'')") + "'";
}

std::string Place(std::string_view command, std::string_view place, std::string_view action) {
  return fmt::format("    {})", Quoted(fmt::format("{} {}", command, place))) +
         (action.empty() ? " ;;\n" : fmt::format(" {} ;;\n", action));
}

std::string Words(const std::vector<std::string>& words) {
  return "words=" + Quoted(fmt::format("{}", fmt::join(words, " ")));
}

std::string ActionOf(const ArgumentRow& row) {
  if (!row.choices.empty()) return Words(row.choices);
  switch (KindOf(row.value)) {
    case ValueKind::kFolder:
      return "files=dirnames";
    case ValueKind::kFile:
      return "files=default";
    case ValueKind::kAnything:
      break;
  }
  return "";
}

}  // namespace

std::string BashCompletion(std::span<const CompletedCommand> commands) {
  std::vector<std::string> names;
  std::string places;
  for (const CompletedCommand& command : commands) {
    const ArgumentTable& arguments = command.arguments;
    if (IsTopCommand(command)) names.push_back(arguments.command);
    std::vector<std::string> options;
    for (const ArgumentRow& row : arguments.options) options.push_back(row.name);
    options.emplace_back("--help");
    places += Place(arguments.command, "-", Words(options));
    for (size_t i = 0; i < arguments.positionals.size(); ++i) {
      places += Place(arguments.command, fmt::format("{}", i), ActionOf(arguments.positionals[i]));
    }
    for (const ArgumentRow& row : arguments.options) {
      if (!row.value.empty()) places += Place(arguments.command, row.name, ActionOf(row));
    }
  }
  std::string script(kBegin);
  script += Place("", "0", Words(names));
  script += Place("", "-", Words({"--help", "--version"}));
  script += places;
  script += kEnd;
  return script;
}

}  // namespace stedi
