// Shell completion: scripts that make a shell complete the commands of stedi, their options, and
// the values that these take. All is made from the tables that help is made from.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/argument_table.h"

namespace stedi {

struct CompletedCommand {
  std::string summary;
  ArgumentTable arguments;
};

// What a shell offers for a value that is not one of a few choices.
enum class ValueKind : uint8_t { kAnything, kFolder, kFile };
// Tells it from the word that help shows in place of the value: a folder for "DIR".
ValueKind KindOf(std::string_view value);

struct CompletionShell {
  std::string_view name;
  std::string (*script)(std::span<const CompletedCommand> commands);
};
std::span<const CompletionShell> CompletionShells();

// Returns the script for the shell `name`. `commands` are in the order of help; a command of a
// command, such as "quarantine retry", is one of them. Throws kInvalid for another shell; the
// message names the nearest one.
std::string CompletionScript(std::string_view name, std::span<const CompletedCommand> commands);

// The scripts of the shells, each in a file of its own.
std::string BashCompletion(std::span<const CompletedCommand> commands);
std::string ZshCompletion(std::span<const CompletedCommand> commands);
std::string FishCompletion(std::span<const CompletedCommand> commands);

// Whether a command is a word of the command line after stedi, and not a command of a command.
bool IsTopCommand(const CompletedCommand& command);
// Returns `text` with `replacement` in place of each `replaced`.
std::string ReplaceAll(std::string text, std::string_view replaced, std::string_view replacement);

}  // namespace stedi
