#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "cli/command.h"
#include "cli/command_line.h"
#include "cli/exit_status.h"
#include "cli/human_text.h"
#include "cli/json_output.h"
#include "cli/text_table.h"
#include "inspect/lake_reader.h"

namespace stedi {
namespace {

using Json = nlohmann::ordered_json;

double SecondsOf(const RunRecord& run) {
  return run.finished_ms == 0 ? 0 : static_cast<double>(run.finished_ms - run.started_ms) / 1000;
}

void PrintList(const std::vector<RunRecord>& runs) {
  TextTable text({{"run"},
                  {"started (UTC)"},
                  {"status"},
                  {"time", Align::kRight},
                  {"changed", Align::kRight},
                  {"message"}});
  for (const RunRecord& run : runs) {
    const auto changed = std::ranges::count_if(
        run.steps, [](const StepRecord& step) { return step.action != TableAction::kUnchanged; });
    const auto skipped = std::ranges::count_if(run.bad_files, &BadFileRecord::is_skipped);
    const std::string message = skipped == 0 ? run.message
                                             : fmt::format("{}{}skipped {} file{}", run.message,
                                                           run.message.empty() ? "" : "; ", skipped,
                                                           skipped == 1 ? "" : "s");
    text.AddRow({run.run_id, ReadableTime(run.started_ms), std::string(ToString(run.status)),
                 ReadableSeconds(SecondsOf(run)), fmt::format("{}/{}", changed, run.steps.size()),
                 message});
  }
  text.Print();
}

void PrintOne(const RunRecord& run) {
  Print("run       {}\nproject   {}\ndatabase  {}\nstatus    {}\nstarted   {}\ntime      {}\n",
        run.run_id, run.project, run.database, ToString(run.status), ReadableTime(run.started_ms),
        ReadableSeconds(SecondsOf(run)));
  if (!run.message.empty()) Print("message   {}\n", run.message);
  for (const auto& [name, value] : run.parameters) {
    Print("set       {}={}\n", name, value);
  }
  Print("\n");
  TextTable steps({{"table"},
                   {"action"},
                   {"in", Align::kRight},
                   {"rows", Align::kRight},
                   {"snapshot", Align::kRight},
                   {"time", Align::kRight}});
  for (const StepRecord& step : run.steps) {
    int64_t in = 0;
    for (const auto& [input, rows] : step.rows_in) in += rows;
    steps.AddRow({step.table, std::string(ToString(step.action)), GroupDigits(in),
                  GroupDigits(step.rows_out),
                  step.snapshot_id ? std::to_string(*step.snapshot_id) : "",
                  ReadableSeconds(step.seconds)});
  }
  steps.Print();
  if (!run.bad_files.empty()) Print("\n");
  for (const BadFileRecord& bad : run.bad_files) {
    Print("{} {}: {}: {}\n", bad.is_skipped ? "skipped" : "cannot read", bad.feed, bad.file,
          bad.problem);
  }
  if (run.expectations.empty()) return;
  Print("\n");
  TextTable expectations({{"table"}, {"expectation"}, {"action"}, {"failed", Align::kRight}});
  for (const ExpectationRecord& expectation : run.expectations) {
    expectations.AddRow(
        {expectation.table, expectation.name, expectation.action, GroupDigits(expectation.failed)});
  }
  expectations.Print();
}

Json RunJson(const RunRecord& run) {
  Json steps = Json::array();
  for (const StepRecord& step : run.steps) {
    steps.push_back({{"table", step.table},
                     {"action", ToString(step.action)},
                     {"rows_in", step.rows_in},
                     {"rows_out", step.rows_out},
                     {"snapshot_id", step.snapshot_id ? Json(*step.snapshot_id) : Json(nullptr)},
                     {"seconds", step.seconds}});
  }
  Json expectations = Json::array();
  for (const ExpectationRecord& expectation : run.expectations) {
    expectations.push_back({{"table", expectation.table},
                            {"name", expectation.name},
                            {"kind", expectation.kind},
                            {"action", expectation.action},
                            {"failed", expectation.failed}});
  }
  Json bad_files = Json::array();
  for (const BadFileRecord& bad : run.bad_files) {
    bad_files.push_back({{"table", bad.feed},
                         {"file", bad.file},
                         {"problem", bad.problem},
                         {"is_skipped", bad.is_skipped}});
  }
  return {{"run_id", run.run_id},
          {"project", run.project},
          {"database", run.database},
          {"status", ToString(run.status)},
          {"started_ms", run.started_ms},
          {"finished_ms", run.finished_ms},
          {"message", run.message},
          {"parameters", run.parameters},
          {"tables", steps},
          {"expectations", expectations},
          {"bad_files", bad_files}};
}

}  // namespace

int RunsCommand(const Command& command, Args args) {
  LakeOptions options;
  std::string run_id;
  uint64_t limit = 20;
  CommandLine line(command);
  line.Positional("RUN", run_id, "show this run with its tables and expectations", false);
  line.Option("--limit", "N", limit, "the newest N runs (20)");
  DeclareLakeOptions(line, options);
  if (!line.Parse(args)) return kStatusDone;
  LakeReader lake(options.lake, options.database, options.catalog);
  constexpr size_t kAll = SIZE_MAX >> 1;
  std::vector<RunRecord> runs = lake.ListRuns(run_id.empty() ? limit : kAll);
  if (!run_id.empty()) {
    std::erase_if(runs, [&](const RunRecord& run) { return run.run_id != run_id; });
    if (runs.empty()) {
      throw Error(ErrorCode::kNotFound,
                  fmt::format("runs: no run '{}' in {}; stedi runs lists them", run_id,
                              options.lake.string()));
    }
  }
  if (options.json) {
    Json json = Json::array();
    for (const RunRecord& run : runs) json.push_back(RunJson(run));
    PrintJson(run_id.empty() ? json : json[0]);
  } else if (run_id.empty()) {
    PrintList(runs);
  } else {
    PrintOne(runs[0]);
  }
  return kStatusDone;
}

}  // namespace stedi
