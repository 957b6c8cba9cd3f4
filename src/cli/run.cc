#include "engine/run.h"

#include <fmt/format.h>

#include <limits>

#include "base/error.h"
#include "base/file_store.h"
#include "cli/command.h"
#include "cli/command_line.h"
#include "cli/exit_status.h"
#include "cli/human_text.h"
#include "cli/run_display.h"
#include "cli/signal_watch.h"

namespace stedi {
namespace {

// A run that a signal stopped has the signal's status.
int StatusOf(const RunReport& report) {
  if (!report.error) return kStatusDone;
  const ErrorCode code = report.error_code.value_or(ErrorCode::kInternal);
  const int by_signal = SignalWatch::ExitStatus();
  return code == ErrorCode::kCancelled && by_signal != 0 ? by_signal : ExitStatusOf(code);
}

int Execute(const RunOptions& options, bool json) {
  const SignalWatch watch;
  if (json) {
    SilentObserver silent;
    const RunReport report = Run(options, silent);
    fmt::print("{}", ReportJson(report));
    if (report.error) fmt::print(stderr, "stedi: {}\n", *report.error);
    return StatusOf(report);
  }
  RunDisplay display(stdout, WantsColor(stdout));
  const RunReport report = Run(options, display);
  fmt::print("{}", SummaryText(report, options.lake));
  if (report.error) {
    std::fflush(stdout);
    fmt::print(stderr, "stedi: {}\n", *report.error);
  }
  return StatusOf(report);
}

}  // namespace

int RunCommand(const Command& command, Args args) {
  RunOptions options;
  std::string project;
  std::string landing;
  std::vector<std::string> settings;
  uint64_t threads = 0;
  bool no_wait = false;
  bool json = false;
  CommandLine line(command);
  line.Positional("PROJECT", project, "folder of the pipeline project", true);
  line.Option("--lake", "DIR", options.lake,
              "where the tables are: a folder, or s3://bucket/prefix (./lake)");
  line.Option("--catalog", "FILE", options.catalog,
              "the lake's catalog (catalog.db in the folder; of a lake on S3: must be given)");
  line.Option("--landing", "DIR", landing, "short for --set stedi.landing=DIR");
  line.Repeated("--set", "NAME=VALUE", settings, "a parameter of the project");
  line.Repeated("--rebuild", "TABLE", options.rebuild, "make this table anew from nothing");
  line.Flag("--full", options.full,
            "build every derived table from its inputs, also if up to date");
  line.Flag("--skip-bad-files", options.skip_bad_files, "go on without files that cannot be read");
  line.Flag("--no-wait", no_wait, "fail when another process writes to the lake");
  line.Option("--threads", "N", threads, "0: all");
  line.Bytes("--memory", options.memory_bytes,
             "for the engine, such as 4GB (a quarter of all, at most 768MB)");
  line.Flag("--json", json, "print the report as one JSON object");
  if (!line.Parse(args)) return kStatusDone;

  constexpr uint64_t kThreadsMax = 1024;
  if (threads > kThreadsMax) {
    throw Error(ErrorCode::kInvalid, fmt::format("run: --threads is at most {}", kThreadsMax));
  }
  options.project_folder = project;
  options.threads = static_cast<int>(threads);
  options.wait = !no_wait;
  for (const std::string& setting : settings) {
    const auto [name, value] = SplitSetting(setting);
    options.set[name] = value;
  }
  if (!landing.empty()) {
    options.set["stedi.landing"] = AbsoluteLocation(landing).string();
  }
  return Execute(options, json);
}

}  // namespace stedi
