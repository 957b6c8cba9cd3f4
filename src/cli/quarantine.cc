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
#include "cli/text_table.h"
#include "engine/lake_reader.h"

namespace stedi {
namespace {

constexpr size_t kContextBytes = 128;  // shown on either side of a fault
constexpr size_t kDumpLineBytes = 16;

std::string Number(const std::optional<int64_t>& number) {
  return number ? GroupDigits(*number) : "";
}

nlohmann::ordered_json RecordJson(const QuarantinedRecord& record, bool with_raw) {
  nlohmann::ordered_json json = {{"id", record.id},         {"table", record.table},
                                 {"reason", record.reason}, {"file", record.file},
                                 {"offset", nullptr},       {"length", nullptr},
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

void PrintList(const std::vector<QuarantinedRecord>& records) {
  if (records.empty()) {
    Print("nothing is quarantined here\n");
    return;
  }
  TextTable text({{"id", Align::kRight},
                  {"table"},
                  {"reason"},
                  {"file"},
                  {"offset", Align::kRight},
                  {"length", Align::kRight}});
  for (const QuarantinedRecord& record : records) {
    text.AddRow({std::to_string(record.id), record.table, record.reason, PrintableText(record.file),
                 Number(record.offset), Number(record.length)});
  }
  text.Print();
  Print("the bytes of one: stedi quarantine show {}\n", records[0].id);
}

void PrintOne(const QuarantinedRecord& record) {
  Print("id      {}\ntable   {}\nreason  {}\n", record.id, record.table, record.reason);
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

}  // namespace

int QuarantineCommand(const Command& command, Args args) {
  LakeOptions options;
  std::string action;
  std::string id;
  uint64_t limit = 100;
  uint64_t skip = 0;
  CommandLine line(command);
  line.Positional("show", action, "show one record with the bytes around its fault", false);
  line.Positional("ID", id, "as the list has it", false);
  line.Option("--limit", "N", limit, "list N records (100)");
  line.Option("--skip", "N", skip, "after the first N");
  DeclareLakeOptions(line, options);
  if (!line.Parse(args)) return kStatusDone;
  if (!action.empty() && (action != "show" || id.empty())) {
    throw Error(ErrorCode::kInvalid, "quarantine: give nothing for the list, or show ID");
  }
  LakeReader lake(options.lake, options.database, options.catalog);
  if (action.empty()) {
    const std::vector<QuarantinedRecord> records = lake.ListQuarantine(limit, skip);
    if (!options.json) {
      PrintList(records);
      return kStatusDone;
    }
    auto json = nlohmann::ordered_json::array();
    for (const QuarantinedRecord& record : records) json.push_back(RecordJson(record, false));
    PrintJson(json);
    return kStatusDone;
  }
  const std::optional<QuarantinedRecord> record = lake.GetQuarantined(ParseId(id));
  if (!record) {
    throw Error(ErrorCode::kNotFound,
                fmt::format("quarantine: no record {}; stedi quarantine lists them", id));
  }
  if (options.json) {
    PrintJson(RecordJson(*record, true));
  } else {
    PrintOne(*record);
  }
  return kStatusDone;
}

}  // namespace stedi
