#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/command_line.h"
#include "cli/exit_status.h"
#include "cli/human_text.h"
#include "cli/json_output.h"
#include "cli/run_arguments.h"
#include "cli/text_table.h"
#include "inspect/run_plan.h"

namespace stedi {
namespace {

std::string BytesText(const std::optional<uint64_t>& bytes, bool is_busy) {
  if (!is_busy) return "";
  return bytes.has_value() ? ReadableBytes(*bytes) : "?";
}

std::string WhyText(const TablePlan& table) {
  if (table.if_changed.empty()) return table.reason;
  return fmt::format(
      "{}{}if {} changes", table.action == PlannedAction::kUpdate ? "" : table.reason,
      table.action == PlannedAction::kUpdate ? "" : "; ", fmt::join(table.if_changed, " or "));
}

void PrintText(const RunPlan& plan) {
  TextTable text({{"table"},
                  {"way"},
                  {"reads up to", Align::kRight},
                  {"writes about", Align::kRight},
                  {"why"}});
  for (const TablePlan& table : plan.tables) {
    const bool is_busy = table.action != PlannedAction::kUnchanged;
    text.AddRow({table.table, ToString(table.action), BytesText(table.read_bytes, is_busy),
                 BytesText(table.write_bytes, is_busy), PrintableText(WhyText(table))});
  }
  text.Print();
  Print("\nlanding: {} to load ({}), {} delivered again\n",
        plan.files == 1 ? "1 file" : GroupDigits(static_cast<int64_t>(plan.files)) + " files",
        ReadableBytes(plan.bytes), GroupDigits(static_cast<int64_t>(plan.redelivered)));
  for (const std::string& note : plan.notes) Print("note: {}\n", note);
}

nlohmann::ordered_json BytesJson(const std::optional<uint64_t>& bytes) {
  return bytes.has_value() ? nlohmann::ordered_json(*bytes) : nlohmann::ordered_json();
}

nlohmann::ordered_json PlanJson(const RunPlan& plan) {
  auto tables = nlohmann::ordered_json::array();
  for (const TablePlan& table : plan.tables) {
    tables.push_back({{"table", table.table},
                      {"kind", ToString(table.kind)},
                      {"way", ToString(table.action)},
                      {"why", table.reason},
                      {"if_changed", table.if_changed},
                      {"read_bytes", BytesJson(table.read_bytes)},
                      {"write_bytes", BytesJson(table.write_bytes)}});
  }
  return {{"landing",
           {{"files", plan.files}, {"bytes", plan.bytes}, {"redelivered", plan.redelivered}}},
          {"tables", tables},
          {"notes", plan.notes}};
}

}  // namespace

int PlanCommand(const Command& command, Args args) {
  RunArguments arguments;
  bool json = false;
  CommandLine line(command);
  DeclareRunArguments(line, arguments);
  DeclareRebuildArguments(line, arguments);
  line.Flag("--json", json, "print the plan as one JSON object");
  if (!line.Parse(args)) return kStatusDone;
  const RunPlan plan = PlanRun(OptionsOf(command, arguments));
  if (json) {
    PrintJson(PlanJson(plan));
  } else {
    PrintText(plan);
  }
  return kStatusDone;
}

}  // namespace stedi
