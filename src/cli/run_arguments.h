// The arguments that run, plan and verify share.
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
// After Parse. Throws kInvalid.
RunOptions OptionsOf(const Command& command, const RunArguments& arguments);

// A run as its commands do it: shown while it works, then its report, as JSON or for people.
// Returns the exit status.
int ExecuteRun(const RunOptions& options, bool json);

}  // namespace stedi
