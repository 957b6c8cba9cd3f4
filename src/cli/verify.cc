#include "inspect/verify.h"

#include <fmt/format.h>

#include <cstdio>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "cli/command.h"
#include "cli/command_line.h"
#include "cli/exit_status.h"
#include "cli/human_text.h"
#include "cli/json_output.h"
#include "cli/run_arguments.h"
#include "cli/signal_watch.h"

namespace stedi {
namespace {

constexpr size_t kTableWidth = 26;
constexpr size_t kRowsWidth = 12;
constexpr size_t kFilesWidth = 7;
constexpr size_t kBytesWidth = 10;

std::string TableText(const TableVerification& table) {
  const bool is_sound = table.faults.empty();
  const char* state = !is_sound              ? "FAULTY"
                      : table.has_other_rows ? "made again: other rows"
                      : table.is_recomputed  ? "made again: the same"
                                             : "ok";
  std::string text = fmt::format(
      "{} {} rows {} file{} {}  {}\n", PadRight(table.table, kTableWidth),
      PadLeft(GroupDigits(table.rows), kRowsWidth),
      PadLeft(GroupDigits(static_cast<int64_t>(table.files)), kFilesWidth),
      table.files == 1 ? " " : "s", PadLeft(ReadableBytes(table.bytes), kBytesWidth), state);
  for (const std::string& fault : table.faults) {
    text += fmt::format("    {}\n", PrintableText(fault));
  }
  for (const std::string& note : table.notes) {
    text += fmt::format("    note: {}\n", PrintableText(note));
  }
  return text;
}

std::string Summary(const LakeVerification& lake) {
  size_t sound = 0;
  for (const TableVerification& table : lake.tables) sound += table.faults.empty() ? 1 : 0;
  std::string text;
  for (const std::string& fault : lake.faults) {
    text += fmt::format("FAULTY: {}\n", PrintableText(fault));
  }
  for (const std::string& note : lake.notes) text += fmt::format("note: {}\n", note);
  text += fmt::format("landing: {} files, {} accounted for by the catalog\n",
                      GroupDigits(static_cast<int64_t>(lake.landing_files)),
                      ReadableBytes(lake.landing_bytes));
  return text + fmt::format("{} of {} tables are sound\n", sound, lake.tables.size());
}

nlohmann::ordered_json VerificationJson(const LakeVerification& lake) {
  auto tables = nlohmann::ordered_json::array();
  for (const TableVerification& table : lake.tables) {
    tables.push_back({{"table", table.table},
                      {"rows", table.rows},
                      {"files", table.files},
                      {"bytes", table.bytes},
                      {"sound", table.faults.empty()},
                      {"made_again", table.is_recomputed},
                      {"faults", table.faults},
                      {"notes", table.notes}});
  }
  return {{"sound", lake.is_sound()},
          {"database", lake.database},
          {"landing", {{"files", lake.landing_files}, {"bytes", lake.landing_bytes}}},
          {"tables", tables},
          {"faults", lake.faults},
          {"notes", lake.notes}};
}

}  // namespace

int VerifyCommand(const Command& command, Args args) {
  RunArguments arguments;
  VerifyOptions options;
  bool json = false;
  CommandLine line(command);
  DeclareRunArguments(line, arguments, /*project_is_required=*/false);
  line.Flag("--recompute", options.recompute,
            "read landing files and run the project's SELECTs again; needs PROJECT");
  line.Option("--database", "NAME", options.database, "of the lake, if it has several");
  DeclareResourceArguments(line, arguments, "a quarter of all");
  line.Flag("--json", json, "print JSON");
  if (!line.Parse(args)) return kStatusDone;
  if (options.recompute && arguments.project.empty()) {
    throw Error(ErrorCode::kInvalid,
                "verify: --recompute needs the project: stedi verify PROJECT --recompute");
  }
  options.run = OptionsOf(command, arguments);
  const SignalWatch watch;
  const LakeVerification lake = VerifyLake(options, [&](const TableVerification& table) {
    if (json) return;
    WriteText(stdout, TableText(table));
    std::fflush(stdout);
  });
  if (json) {
    PrintJson(VerificationJson(lake));
  } else {
    WriteText(stdout, Summary(lake));
  }
  return lake.is_sound() ? kStatusDone : kStatusDifferent;
}

}  // namespace stedi
