// The commands of stedi. To add one, write cli/<name>.cc, declare its function here, and add its
// row to kCommands in main.cc.
#pragma once

#include <span>
#include <string_view>

namespace stedi {

using Args = std::span<const std::string_view>;

struct ArgumentTable;

struct Command {
  std::string_view name;
  std::string_view summary;                       // one line, shown by `stedi help`
  std::string_view examples;                      // lines, shown by `stedi help <name>`
  int (*run)(const Command& command, Args args);  // returns the exit status; throws Error
  // If set, the command fills it with the arguments that it declares, and does nothing else.
  ArgumentTable* declared = nullptr;
};

int CheckCommand(const Command& command, Args args);
int CompareCommand(const Command& command, Args args);
int ExportCommand(const Command& command, Args args);
int FilesCommand(const Command& command, Args args);
int PlanCommand(const Command& command, Args args);
int QuarantineCommand(const Command& command, Args args);
int QueryCommand(const Command& command, Args args);
int RelocateCommand(const Command& command, Args args);
int RunCommand(const Command& command, Args args);
int RunsCommand(const Command& command, Args args);
int SampleCommand(const Command& command, Args args);
int ShowCommand(const Command& command, Args args);
int TablesCommand(const Command& command, Args args);
int VerifyCommand(const Command& command, Args args);
int VersionCommand(const Command& command, Args args);

}  // namespace stedi
