// The completion script for fish 3 and newer: one `complete` for each command, option and argument.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/completion.h"

namespace stedi {
namespace {

constexpr std::string_view kBegin =
    R"(# Completion of stedi for fish, written by `stedi completion fish`.

)";

constexpr std::string_view kFunction =
    R"(# Whether the word at the cursor belongs to this command, as its argument number `place` if that
# is given. The command is '' where no command is given yet.
function __stedi_at --argument-names wanted place
    set -l words (commandline --tokenize --current-process --cut-at-cursor)
    set -l command ''
    set -l option ''
    set -l count 0
    for word in $words[2..-1]
        if test -n "$option"
            set option ''
        else if test -z "$command"
            set command $word
        else if string match --quiet -- '-?*' $word
            if contains -- "$command $word" $__stedi_options_with_value
                set option $word
            end
        else if test $count = 0; and contains -- "$command $word" $__stedi_subcommands
            set command "$command $word"
        else
            set count (math $count + 1)
        end
    end
    test "$command" = "$wanted"; and begin
        test -z "$place"; or test $count = "$place"
    end
end

complete --command stedi --no-files
)";

// Returns `text` as one word of the shell.
std::string Quoted(std::string_view text) {
  return "'" + ReplaceAll(ReplaceAll(std::string(text), R"(\)", R"(\\)"), "'", R"(\')") + "'";
}

// Returns the options of `complete` that say which values there are.
std::string ValuesOf(const ArgumentRow& row) {
  if (!row.choices.empty()) {
    return " --no-files --arguments " + Quoted(fmt::format("{}", fmt::join(row.choices, " ")));
  }
  switch (KindOf(row.value)) {
    case ValueKind::kFolder:
      return " --no-files --arguments '(__fish_complete_directories)'";
    case ValueKind::kFile:
      return " --force-files";
    case ValueKind::kAnything:
      break;
  }
  return " --no-files";
}

std::string Line(std::string_view condition, std::string_view what, std::string_view help) {
  return fmt::format("complete --command stedi --condition {}{}{}\n", Quoted(condition), what,
                     help.empty() ? "" : " --description " + Quoted(help));
}

std::string Condition(std::string_view command) {
  return fmt::format("__stedi_at \"{}\"", command);
}

std::string Option(const ArgumentTable& arguments, const ArgumentRow& row) {
  std::string what = " --long-option " + row.name.substr(std::string_view("--").size());
  if (!row.value.empty()) what += " --require-parameter" + ValuesOf(row);
  return Line(Condition(arguments.command), what, row.help);
}

std::string LinesOf(const ArgumentTable& arguments) {
  std::string lines;
  for (size_t i = 0; i < arguments.positionals.size(); ++i) {
    lines += Line(fmt::format("{} {}", Condition(arguments.command), i),
                  ValuesOf(arguments.positionals[i]), arguments.positionals[i].name);
  }
  for (const ArgumentRow& row : arguments.options) lines += Option(arguments, row);
  return lines + Line(Condition(arguments.command), " --long-option help",
                      "show this command and its options");
}

}  // namespace

std::string FishCompletion(std::span<const CompletedCommand> commands) {
  std::string with_value;
  std::string subcommands;
  std::string names;
  std::string lines;
  for (const CompletedCommand& command : commands) {
    const ArgumentTable& arguments = command.arguments;
    if (IsTopCommand(command)) {
      names += Line(Condition(""), " --arguments " + Quoted(arguments.command), command.summary);
    } else {
      subcommands += " " + Quoted(arguments.command);
    }
    for (const ArgumentRow& row : arguments.options) {
      if (row.value.empty()) continue;
      with_value += " \\\n    " + Quoted(fmt::format("{} {}", arguments.command, row.name));
    }
    lines += LinesOf(arguments);
  }
  std::string script(kBegin);
  script += fmt::format("set --global __stedi_options_with_value{}\n", with_value);
  script += fmt::format("set --global __stedi_subcommands{}\n", subcommands);
  script += kFunction;
  script += names;
  script += Line(Condition(""), " --long-option help", "show the commands");
  script += Line(Condition(""), " --long-option version", "print the version");
  script += lines;
  return script;
}

}  // namespace stedi
