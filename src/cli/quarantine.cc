#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "cli/byte_dump.h"
#include "cli/command.h"
#include "cli/command_line.h"
#include "cli/exit_status.h"
#include "cli/human_text.h"
#include "cli/json_output.h"
#include "cli/run_arguments.h"
#include "cli/text_table.h"
#include "inspect/lake_reader.h"

namespace stedi {
namespace {

constexpr size_t kContextBytes = 128;  // shown on either side of a fault
constexpr size_t kDumpLineBytes = 16;

std::string Number(const std::optional<int64_t>& number) {
  return number ? GroupDigits(*number) : "";
}

nlohmann::ordered_json TextOrNull(const std::string& text) {
  return text.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(text);
}

nlohmann::ordered_json GroupJson(const QuarantineGroup& group) {
  return {{"table", group.table},
          {"reason", group.reason},
          {"column", TextOrNull(group.column)},
          {"found", TextOrNull(group.found)},
          {"wanted", TextOrNull(group.wanted)},
          {"records", group.records},
          {"files", group.files},
          {"bytes", group.bytes}};
}

nlohmann::ordered_json RecordJson(const QuarantinedRecord& record, bool with_raw) {
  nlohmann::ordered_json json = {{"id", record.id},
                                 {"table", record.table},
                                 {"reason", record.reason},
                                 {"column", TextOrNull(record.column)},
                                 {"found", TextOrNull(record.found)},
                                 {"wanted", TextOrNull(record.wanted)},
                                 {"file", record.file},
                                 {"offset", nullptr},
                                 {"length", nullptr},
                                 {"run_id", record.run_id}};
  if (record.offset) json["offset"] = *record.offset;
  if (record.length) json["length"] = *record.length;
  if (with_raw) {
    std::string hex;
    for (const char c : record.raw) hex += fmt::format("{:02x}", static_cast<unsigned char>(c));
    json["raw"] = record.raw;
    json["raw_hex"] = hex;
  }
  return json;
}

void PrintGroups(const std::vector<QuarantineGroup>& groups) {
  TextTable text({{"records", Align::kRight},
                  {"table"},
                  {"reason"},
                  {"column"},
                  {"found"},
                  {"wanted"},
                  {"files", Align::kRight},
                  {"size", Align::kRight}});
  for (const QuarantineGroup& group : groups) {
    text.AddRow({GroupDigits(group.records), group.table, group.reason, group.column, group.found,
                 group.wanted, GroupDigits(group.files),
                 ReadableBytes(static_cast<uint64_t>(group.bytes))});
  }
  text.Print();
}

void PrintRecords(const std::vector<QuarantinedRecord>& records) {
  TextTable text({{"id", Align::kRight},
                  {"table"},
                  {"reason"},
                  {"column"},
                  {"found"},
                  {"file"},
                  {"offset", Align::kRight},
                  {"length", Align::kRight}});
  for (const QuarantinedRecord& record : records) {
    text.AddRow({std::to_string(record.id), record.table, record.reason, record.column,
                 record.found, PrintableText(record.file), Number(record.offset),
                 Number(record.length)});
  }
  text.Print();
  if (!records.empty()) Print("the bytes of one: stedi quarantine show {}\n", records[0].id);
}

void PrintOne(const QuarantinedRecord& record) {
  Print("id      {}\ntable   {}\nreason  {}\n", record.id, record.table, record.reason);
  if (!record.column.empty()) Print("column  {}\n", record.column);
  if (!record.found.empty()) Print("found   {}\n", record.found);
  if (!record.wanted.empty()) Print("wanted  {}\n", record.wanted);
  if (!record.file.empty()) Print("file    {}\n", record.file);
  if (record.offset) Print("offset  {}\n", *record.offset);
  if (record.length) Print("length  {}\n", *record.length);
  Print("run     {}\n", record.run_id);
  const auto first = static_cast<uint64_t>(record.offset.value_or(0));
  const std::optional<size_t> fault = FindJsonFault(record.raw);
  size_t begin = 0;
  if (fault) {
    Print("fault   at byte {}: here the text stops being JSON\n", first + *fault);
    begin = *fault > kContextBytes ? *fault - kContextBytes : 0;
    begin -= begin % kDumpLineBytes;
  }
  const size_t end = std::min(record.raw.size(), fault.value_or(kContextBytes) + kContextBytes);
  WriteText(stdout, "\n" + ByteDump(record.raw, first, begin, end, fault));
  if (begin > 0 || end < record.raw.size()) {
    Print("{} of {} bytes; all of them: stedi quarantine show {} --json\n",
          GroupDigits(static_cast<int64_t>(end - begin)),
          GroupDigits(static_cast<int64_t>(record.raw.size())), record.id);
  }
}

int64_t ParseId(std::string_view text) {
  int64_t id = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (code != std::errc() || end != text.data() + text.size()) {
    throw Error(ErrorCode::kInvalid,
                fmt::format("quarantine: '{}' is no ID; stedi quarantine lists them", text));
  }
  return id;
}

struct ListOptions {
  QuarantineFilter filter;
  bool only_groups = false;
  uint64_t limit = 100;
  uint64_t skip = 0;
  bool json = false;
};

// Returns the records that the options select, with file names as people may see them.
std::vector<QuarantinedRecord> RecordsOf(LakeReader& lake, QuarantineReader& quarantine,
                                         const ListOptions& options) {
  std::vector<QuarantinedRecord> records =
      quarantine.List(options.filter, options.limit, options.skip);
  for (QuarantinedRecord& record : records) {
    record.file = lake.ShownFileOf(record.table, record.file);
  }
  return records;
}

int List(LakeReader& lake, const ListOptions& options) {
  QuarantineReader quarantine = lake.Quarantine();
  if (!options.filter.table.empty()) lake.GetTable(options.filter.table);  // throws if unknown
  if (options.json) {
    auto json = nlohmann::ordered_json::array();
    if (options.only_groups) {
      for (const auto& group : quarantine.Groups(options.filter)) json.push_back(GroupJson(group));
    } else {
      for (const auto& record : RecordsOf(lake, quarantine, options)) {
        json.push_back(RecordJson(record, false));
      }
    }
    PrintJson(json);
    return kStatusDone;
  }
  const std::vector<QuarantineGroup> groups = quarantine.Groups(options.filter);
  if (groups.empty()) {
    const QuarantineFilter& filter = options.filter;
    const bool is_all = filter.table.empty() && filter.reason.empty() && filter.file.empty();
    Print("{}\n", is_all ? "nothing is quarantined here"
                         : "nothing that is quarantined here is of that kind");
    return kStatusDone;
  }
  PrintGroups(groups);
  if (options.only_groups) return kStatusDone;
  Print("\n");
  PrintRecords(RecordsOf(lake, quarantine, options));
  return kStatusDone;
}

int ShowOne(LakeReader& lake, const std::string& id, bool json) {
  std::optional<QuarantinedRecord> record = lake.Quarantine().Get(ParseId(id));
  if (!record) {
    throw Error(ErrorCode::kNotFound,
                fmt::format("quarantine: no record {}; stedi quarantine lists them", id));
  }
  record->file = lake.ShownFileOf(record->table, record->file);
  if (json) {
    PrintJson(RecordJson(*record, true));
  } else {
    PrintOne(*record);
  }
  return kStatusDone;
}

constexpr Command kRetryCommand = {
    "quarantine retry", "make rows of quarantined records that fit the contract now",
    "  stedi quarantine retry pipelines/stedi --landing landing\n", QuarantineCommand};

// Runs `quarantine retry`: a run that reads quarantined records again.
int Retry(const Command& quarantine, Args args) {
  RunArguments arguments;
  std::string table;
  bool json = false;
  Command command = kRetryCommand;
  command.declared = quarantine.declared;
  CommandLine line(command);
  DeclareRunArguments(line, arguments);
  line.Option("--table", "NAME", table, "only those of this feed");
  DeclareResourceArguments(line, arguments, "as of a run");
  line.Flag("--json", json, "print the report as one JSON object");
  if (!line.Parse(args)) return kStatusDone;
  RunOptions options = OptionsOf(command, arguments);
  options.retry_quarantine = table;
  return ExecuteRun(options, json ? RunTold::kJson : RunTold::kText);
}

}  // namespace

int QuarantineCommand(const Command& command, Args args) {
  if (!args.empty() && args[0] == "retry") return Retry(command, args.subspan(1));
  LakeOptions lake_options;
  ListOptions options;
  std::string action;
  std::string id;
  CommandLine line(command);
  line.Positional("show|retry", {"show", "retry"}, action,
                  "show one record with the bytes around its fault; or take records again that fit "
                  "the contract now (stedi quarantine retry --help)",
                  false);
  line.Positional("ID", id, "as the list has it", false);
  line.Option("--table", "NAME", options.filter.table, "list what was kept out of this table");
  line.Option("--reason", "NAME", options.filter.reason, "list what was kept out for this reason");
  line.Option("--file", "FILE", options.filter.file, "list what was kept out of this landing file");
  line.Flag("--groups", options.only_groups, "count by table, reason and column, list no records");
  line.Option("--limit", "N", options.limit, "list N records (100)");
  line.Option("--skip", "N", options.skip, "after the first N");
  DeclareLakeOptions(line, lake_options);
  if (!line.Parse(args)) return kStatusDone;
  if (!action.empty() && (action != "show" || id.empty())) {
    throw Error(ErrorCode::kInvalid,
                "quarantine: give nothing for the list, or show ID, or retry PROJECT");
  }
  LakeReader lake(lake_options.lake, lake_options.database, lake_options.catalog);
  options.json = lake_options.json;
  return action.empty() ? List(lake, options) : ShowOne(lake, id, options.json);
}

}  // namespace stedi
