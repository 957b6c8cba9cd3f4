#include "run/run.h"

#include <fmt/format.h>

#include "base/error.h"
#include "cli/command.h"
#include "cli/command_line.h"
#include "cli/exit_status.h"
#include "cli/human_text.h"
#include "cli/progress_lines.h"
#include "cli/run_arguments.h"
#include "cli/run_display.h"
#include "cli/signal_watch.h"

namespace stedi {
namespace {

// Returns the exit status of a run; one that a signal stopped has the status of that signal.
int StatusOf(const RunReport& report) {
  if (!report.error) return kStatusDone;
  const ErrorCode code = report.error_code.value_or(ErrorCode::kInternal);
  const int by_signal = SignalWatch::ExitStatus();
  return code == ErrorCode::kCancelled && by_signal != 0 ? by_signal : ExitStatusOf(code);
}

// Prints the error last. When it counts several bad files, prints one line for each before it.
void TellError(const RunReport& report) {
  if (!report.error) return;
  std::fflush(stdout);
  if (report.bad_files.size() > 1) {
    for (const BadFileReport& bad : report.bad_files) {
      if (!bad.is_skipped) PrintError(bad.line);
    }
  }
  PrintError(*report.error);
}

RunReport RunAndTell(const RunOptions& options, RunTold tell) {
  if (tell != RunTold::kText) {
    SilentObserver silent;
    ProgressLines lines(stderr);
    RunObserver& observer = tell == RunTold::kJson ? static_cast<RunObserver&>(silent) : lines;
    RunReport report = Run(options, observer);
    WriteData(ReportJson(report));
    return report;
  }
  RunDisplay display(stdout, WantsColor(stdout));
  RunReport report = Run(options, display);
  WriteText(stdout, SummaryText(report, options.lake));
  return report;
}

}  // namespace

int ExecuteRun(const RunOptions& options, RunTold tell) {
  const SignalWatch watch;
  const RunReport report = RunAndTell(options, tell);
  const bool is_told = std::fflush(stdout) == 0 && std::ferror(stdout) == 0;
  if (report.error) {
    TellError(report);
  } else if (!is_told && !OutputIsClosed()) {
    PrintError(
        fmt::format("cannot write to the standard output; run {} was published", report.run_id));
    return kStatusInput;
  }
  return StatusOf(report);
}

int RunCommand(const Command& command, Args args) {
  RunArguments arguments;
  bool no_wait = false;
  bool json = false;
  bool progress = false;
  CommandLine line(command);
  DeclareRunArguments(line, arguments);
  DeclareRebuildArguments(line, arguments);
  line.Flag("--new-key", arguments.options.new_key,
            "give all people new pseudonyms: the key is another one than the lake's");
  line.Flag("--no-wait", no_wait, "fail when another process writes to the lake");
  DeclareResourceArguments(line, arguments, "a quarter of what the machine or its cgroup has");
  line.Flag("--json", json, "print the report as one JSON object");
  line.Flag("--progress", progress, "with --json: the progress as JSON lines on standard error");
  if (!line.Parse(args)) return kStatusDone;
  if (progress && !json) throw Error(ErrorCode::kInvalid, "run: --progress goes with --json");
  RunOptions options = OptionsOf(command, arguments);
  options.wait = !no_wait;
  if (progress) return ExecuteRun(options, RunTold::kJsonAndProgress);
  return ExecuteRun(options, json ? RunTold::kJson : RunTold::kText);
}

}  // namespace stedi
