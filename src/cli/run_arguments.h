// The arguments that the commands run, plan, verify and quarantine retry share.
#pragma once

#include "cli/command_line.h"
#include "run/run_options.h"

namespace stedi {

struct RunArguments {
  RunOptions options;
  std::string project;
  std::string landing;
  std::vector<std::string> settings;
  uint64_t threads = 0;
};

// PROJECT, --lake, --catalog, --landing, --set.
void DeclareRunArguments(CommandLine& line, RunArguments& arguments,
                         bool project_is_required = true);
void DeclareRebuildArguments(CommandLine& line, RunArguments& arguments);  // --rebuild, --full ..
// --threads, --memory
void DeclareResourceArguments(CommandLine& line, RunArguments& arguments,
                              const std::string& memory_default);
// Returns the options of a run after Parse. Throws kInvalid when there are too many threads or two
// landing folders.
RunOptions OptionsOf(const Command& command, const RunArguments& arguments);

enum class RunTold : uint8_t {
  kText,             // shows people the progress and then the report as text
  kJson,             // prints the report as one JSON object
  kJsonAndProgress,  // the same, and on stderr the progress as JSON lines
};

// Runs and returns the exit status. Prints the report as `tell` says.
int ExecuteRun(const RunOptions& options, RunTold tell);

}  // namespace stedi
