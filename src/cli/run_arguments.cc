#include "cli/run_arguments.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/file_store.h"
#include "base/printable_text.h"
#include "pipeline/built_in_parameters.h"

namespace stedi {

void DeclareRunArguments(CommandLine& line, RunArguments& arguments, bool project_is_required) {
  line.Positional("PROJECT", arguments.project, "folder of the pipeline project",
                  project_is_required);
  line.Option("--lake", "DIR", arguments.options.lake,
              "where the tables are: a folder, or s3://bucket/prefix (./lake)");
  line.Option("--catalog", "FILE", arguments.options.catalog,
              "the lake's catalog (catalog.db in the folder; of a lake on S3: must be given)");
  line.Option("--landing", "DIR", arguments.landing, "short for --set stedi.landing=DIR");
  line.Repeated("--set", "NAME=VALUE", arguments.settings, "a parameter of the project");
}

void DeclareRebuildArguments(CommandLine& line, RunArguments& arguments) {
  line.Repeated("--rebuild", "TABLE", arguments.options.rebuild,
                "make this table anew from nothing");
  line.Flag("--full", arguments.options.full,
            "build every derived table from its inputs, also if up to date");
  line.Flag("--skip-bad-files", arguments.options.skip_bad_files,
            "go on without files that cannot be read");
  line.Flag("--allow-shrink", arguments.options.allow_shrink,
            "go on where records, rows or partners of rows are fewer than a guard wants");
}

void DeclareResourceArguments(CommandLine& line, RunArguments& arguments,
                              const std::string& memory_default) {
  line.Option("--threads", "N", arguments.threads, "0: all");
  line.Bytes("--memory", arguments.options.memory_bytes,
             fmt::format("for the engine, such as 4GB ({})", memory_default));
}

RunOptions OptionsOf(const Command& command, const RunArguments& arguments) {
  constexpr uint64_t kThreadsMax = 1024;
  if (arguments.threads > kThreadsMax) {
    throw Error(ErrorCode::kInvalid,
                fmt::format("{}: --threads is at most {}", command.name, kThreadsMax));
  }
  RunOptions options = arguments.options;
  options.project_folder = arguments.project;
  options.threads = static_cast<int>(arguments.threads);
  for (const std::string& setting : arguments.settings) {
    const auto [name, value] = SplitSetting(setting);
    options.set[name] = value;
  }
  if (!arguments.landing.empty()) {
    const std::string landing = AbsoluteLocation(arguments.landing).string();
    const auto [set, is_first] = options.set.emplace(kLandingParameter, landing);
    if (!is_first && set->second != landing) {
      throw Error(ErrorCode::kInvalid,
                  fmt::format("{}: --landing {} and --set {}={} name two folders: leave one out",
                              command.name, PrintableText(arguments.landing), kLandingParameter,
                              PrintableText(set->second)));
    }
  }
  return options;
}

}  // namespace stedi
