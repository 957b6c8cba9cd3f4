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
namespace {

std::string Count(uint64_t count) { return GroupDigits(static_cast<int64_t>(count)); }

// Sums over the files that were loaded. A re-delivered file is only counted: none of its records
// was read.
struct Totals {
  uint64_t files = 0, redelivered = 0;
  uint64_t decoded = 0, accepted = 0, quarantined = 0, whitespace = 0, framing = 0;

  void Add(const FileRecord& file) {
    if (file.status == LoadStatus::kRedelivered) {
      ++redelivered;
      return;
    }
    ++files;
    decoded += file.decoded_bytes;
    accepted += file.accepted_bytes;
    quarantined += file.quarantined_bytes;
    whitespace += file.whitespace_bytes;
    framing += file.framing_bytes;
  }
};

void PrintText(const std::vector<FileRecord>& files, const std::vector<BadFileRecord>& skipped) {
  TextTable text({{"feed"},
                  {"file"},
                  {"status"},
                  {"records", Align::kRight},
                  {"rejected", Align::kRight},
                  {"stored", Align::kRight},
                  {"bytes", Align::kRight},
                  {"accepted", Align::kRight},
                  {"quarantined", Align::kRight},
                  {"white space", Align::kRight},
                  {"framing", Align::kRight}});
  Totals totals;
  for (const FileRecord& file : files) {
    totals.Add(file);
    const bool is_read = file.status != LoadStatus::kRedelivered;
    const auto bytes = [&](uint64_t count) { return is_read ? Count(count) : std::string(); };
    text.AddRow({file.feed, PrintableText(file.file), std::string(ToString(file.status)),
                 bytes(file.records), bytes(file.rejected), Count(file.size_bytes),
                 bytes(file.decoded_bytes), bytes(file.accepted_bytes),
                 bytes(file.quarantined_bytes), bytes(file.whitespace_bytes),
                 bytes(file.framing_bytes)});
  }
  for (const BadFileRecord& bad : skipped) {
    text.AddRow({bad.feed, bad.file, "skipped", "", "", "", "", "", "", "", ""});
  }
  text.Print();
  for (const BadFileRecord& bad : skipped) {
    Print("skipped {}: {}: {}\n", bad.feed, bad.file, bad.problem);
  }
  const uint64_t sum = totals.accepted + totals.quarantined + totals.whitespace + totals.framing;
  Print("{} files loaded, {} re-delivered{}\n", totals.files, totals.redelivered,
        skipped.empty() ? "" : fmt::format(", {} skipped", skipped.size()));
  Print("{} accepted + {} quarantined + {} white space + {} framing {} {} bytes\n",
        Count(totals.accepted), Count(totals.quarantined), Count(totals.whitespace),
        Count(totals.framing), sum == totals.decoded ? "=" : "IS NOT", Count(totals.decoded));
}

void PrintAsJson(const std::vector<FileRecord>& files, const std::vector<BadFileRecord>& skipped) {
  auto json = nlohmann::ordered_json::array();
  for (const FileRecord& file : files) {
    json.push_back({{"feed", file.feed},
                    {"file", file.file},
                    {"status", ToString(file.status)},
                    {"size_bytes", file.size_bytes},
                    {"decoded_bytes", file.decoded_bytes},
                    {"accepted_bytes", file.accepted_bytes},
                    {"quarantined_bytes", file.quarantined_bytes},
                    {"whitespace_bytes", file.whitespace_bytes},
                    {"framing_bytes", file.framing_bytes},
                    {"records", file.records},
                    {"rejected", file.rejected},
                    {"content_hash", file.content_hash},
                    {"decoding", file.decoding},
                    {"run_id", file.run_id}});
  }
  for (const BadFileRecord& bad : skipped) {
    json.push_back(
        {{"feed", bad.feed}, {"file", bad.file}, {"status", "skipped"}, {"problem", bad.problem}});
  }
  PrintJson(json);
}

}  // namespace

int FilesCommand(const Command& command, Args args) {
  LakeOptions options;
  CommandLine line(command);
  DeclareLakeOptions(line, options);
  if (!line.Parse(args)) return kStatusDone;
  LakeReader lake(options.lake, options.database, options.catalog);
  std::vector<FileRecord> files = lake.ListFiles();
  for (FileRecord& file : files) file.file = lake.ShownFileOf(file.feed, file.file);
  const std::vector<BadFileRecord> skipped = lake.ListSkippedFiles();
  if (options.json) {
    PrintAsJson(files, skipped);
  } else {
    PrintText(files, skipped);
  }
  return kStatusDone;
}

}  // namespace stedi
