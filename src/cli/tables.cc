#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/command_line.h"
#include "cli/exit_status.h"
#include "cli/human_text.h"
#include "cli/json_output.h"
#include "cli/text_table.h"
#include "inspect/lake_reader.h"

namespace stedi {

int TablesCommand(const Command& command, Args args) {
  LakeOptions options;
  CommandLine line(command);
  DeclareLakeOptions(line, options);
  if (!line.Parse(args)) return kStatusDone;
  LakeReader lake(options.lake, options.database, options.catalog);
  const std::vector<TableInfo> tables = lake.ListTables();
  if (options.json) {
    auto json = nlohmann::ordered_json::array();
    for (const TableInfo& table : tables) {
      json.push_back({{"table", table.name},
                      {"rows", table.rows},
                      {"files", table.data_files},
                      {"bytes", table.bytes},
                      {"snapshots", table.snapshots},
                      {"last_updated_ms", table.last_updated_ms},
                      {"last_run_id", table.last_run_id},
                      {"metadata_location", table.metadata_location},
                      {"comment", table.comment},
                      {"left_project", table.left_project}});
    }
    PrintJson(json);
    return kStatusDone;
  }
  TextTable text({{"table"},
                  {"rows", Align::kRight},
                  {"files", Align::kRight},
                  {"size", Align::kRight},
                  {"snapshots", Align::kRight},
                  {"updated (UTC)"},
                  {"what it is"}});
  for (const TableInfo& table : tables) {
    text.AddRow({table.name, GroupDigits(table.rows), GroupDigits(table.data_files),
                 ReadableBytes(static_cast<uint64_t>(table.bytes)), GroupDigits(table.snapshots),
                 ReadableTime(table.last_updated_ms),
                 PrintableText(table.left_project ? "(left the project) " + table.comment
                                                  : table.comment)});
  }
  text.Print();
  return kStatusDone;
}

}  // namespace stedi
