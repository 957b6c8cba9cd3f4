#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/command_line.h"
#include "cli/exit_status.h"
#include "cli/human_text.h"
#include "cli/json_output.h"
#include "cli/result_format.h"
#include "cli/text_table.h"
#include "iceberg/property_names.h"
#include "inspect/lake_reader.h"
#include "inspect/table_preview.h"

namespace stedi {
namespace {

constexpr size_t kSnapshotsShown = 10;

std::string SummaryOf(const Snapshot& snapshot, const std::string& key) {
  const auto found = snapshot.summary.find(key);
  return found == snapshot.summary.end() ? "" : found->second;
}

void PrintText(LakeReader& lake, const TableDetails& table) {
  const TableInfo& info = table.info;
  Print("{}.{}\n", lake.database(), info.name);
  if (!info.comment.empty()) Print("{}\n", info.comment);
  Print("{} row{}, {} file{}, {}\nmetadata: {}\n\n", GroupDigits(info.rows),
        info.rows == 1 ? "" : "s", GroupDigits(info.data_files), info.data_files == 1 ? "" : "s",
        ReadableBytes(static_cast<uint64_t>(info.bytes)), info.metadata_location);

  TextTable columns({{"column"}, {"type"}, {"what it is"}});
  for (const Field& field : table.metadata.CurrentSchema().fields) {
    columns.AddRow({field.name, ToString(field.type), PrintableText(field.doc)});
  }
  columns.Print();
  Print("\n");
  QueryResult rows = PreviewTable(lake, table);
  PrintResult(rows, ResultFormat::kTable);

  const std::vector<Snapshot>& snapshots = table.metadata.snapshots;
  TextTable history({{"snapshot"},
                     {"made (UTC)"},
                     {"operation"},
                     {"rows added", Align::kRight},
                     {"rows in all", Align::kRight},
                     {"run"}});
  const size_t shown = std::min(snapshots.size(), kSnapshotsShown);
  for (size_t i = 0; i < shown; ++i) {  // the newest first
    const Snapshot& snapshot = snapshots[snapshots.size() - 1 - i];
    history.AddRow({std::to_string(snapshot.snapshot_id), ReadableTime(snapshot.timestamp_ms),
                    SummaryOf(snapshot, "operation"), SummaryOf(snapshot, "added-records"),
                    SummaryOf(snapshot, kTotalRecords), SummaryOf(snapshot, kRunIdKey)});
  }
  Print("\n");
  history.Print();
  if (snapshots.size() > kSnapshotsShown) {
    Print("and {} older ones\n", snapshots.size() - kSnapshotsShown);
  }
}

void PrintAsJson(LakeReader& lake, const TableDetails& table) {
  using Json = nlohmann::ordered_json;
  Json columns = Json::array();
  for (const Field& field : table.metadata.CurrentSchema().fields) {
    columns.push_back({{"id", field.id},
                       {"name", field.name},
                       {"type", ToString(field.type)},
                       {"doc", field.doc}});
  }
  Json snapshots = Json::array();
  for (const Snapshot& snapshot : table.metadata.snapshots) {
    snapshots.push_back({{"snapshot_id", snapshot.snapshot_id},
                         {"timestamp_ms", snapshot.timestamp_ms},
                         {"summary", snapshot.summary}});
  }
  std::string sample;
  QueryResult rows = PreviewTable(lake, table);
  FormatResult(rows, ResultFormat::kJson, [&](std::string_view text) { sample += text; });
  const TableInfo& info = table.info;
  PrintJson({{"database", lake.database()},
             {"table", info.name},
             {"comment", info.comment},
             {"rows", info.rows},
             {"files", info.data_files},
             {"bytes", info.bytes},
             {"metadata_location", info.metadata_location},
             {"columns", columns},
             {"sample", Json::parse(sample)},
             {"snapshots", snapshots}});
}

}  // namespace

int ShowCommand(const Command& command, Args args) {
  LakeOptions options;
  std::string name;
  CommandLine line(command);
  line.Positional("TABLE", name, "its name; stedi tables lists them", true);
  DeclareLakeOptions(line, options);
  if (!line.Parse(args)) return kStatusDone;
  LakeReader lake(options.lake, options.database, options.catalog);
  const TableDetails table = lake.GetTable(name);
  if (options.json) {
    PrintAsJson(lake, table);
  } else {
    PrintText(lake, table);
  }
  return kStatusDone;
}

}  // namespace stedi
