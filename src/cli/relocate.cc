#include "lake/relocate.h"

#include <fmt/format.h>

#include "cli/command.h"
#include "cli/command_line.h"
#include "cli/exit_status.h"
#include "cli/human_text.h"
#include "cli/json_output.h"
#include "cli/signal_watch.h"

namespace stedi {
namespace {

std::string Count(size_t count, const char* one, const char* many) {
  return fmt::format("{} {}", GroupDigits(static_cast<int64_t>(count)), count == 1 ? one : many);
}

std::string ReportText(const RelocateReport& report) {
  const std::string& lake = report.lake;
  if (report.status == RelocateStatus::kAtHome) {
    return fmt::format("{}: nothing to do: its tables name this folder", lake);
  }
  if (report.status == RelocateStatus::kCleaned) {
    return fmt::format("{}: an earlier relocation had moved it: {} that it had left {} deleted",
                       lake, Count(report.files_deleted, "file", "files"),
                       report.files_deleted == 1 ? "is" : "are");
  }
  if (report.status == RelocateStatus::kTaken) {
    return fmt::format("{}: it belongs to this copy of its catalog now", lake);
  }
  return fmt::format("{}: {} moved from {}: {} written, {} deleted, data files stayed", lake,
                     Count(report.tables, "table", "tables"), fmt::join(report.made_at, ", "),
                     Count(report.files_written, "file", "files"),
                     GroupDigits(static_cast<int64_t>(report.files_deleted)));
}

nlohmann::ordered_json ReportJson(const RelocateReport& report) {
  return {{"status", ToString(report.status)},
          {"lake", report.lake},
          {"made_at", report.made_at},
          {"tables", report.tables},
          {"files_written", report.files_written},
          {"files_deleted", report.files_deleted}};
}

}  // namespace

int RelocateCommand(const Command& command, Args args) {
  RelocateOptions options;
  std::string lake;
  bool no_wait = false;
  bool json = false;
  CommandLine line(command);
  line.Positional("LAKE", lake, "where the lake is now: a folder or s3://bucket/prefix", true);
  line.Flag("--copy", options.is_copy,
            "it is a copy: the lake that it was made from stays in use, this one gets its own ids");
  line.Option("--catalog", "FILE", options.catalog, "its catalog, if not catalog.db in the folder");
  line.Flag("--no-wait", no_wait, "fail when another process writes to the lake");
  line.Flag("--json", json, "print JSON");
  if (!line.Parse(args)) return kStatusDone;
  options.lake = lake;
  options.wait = !no_wait;
  const SignalWatch watch;
  const RelocateReport report = RelocateLake(options, [](int pid) {
    Print(stderr, "waiting for process {}, which writes to the lake\n", pid);
  });
  if (json) {
    PrintJson(ReportJson(report));
  } else {
    Print("{}\n", ReportText(report));
  }
  return kStatusDone;
}

}  // namespace stedi
