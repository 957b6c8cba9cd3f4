#include <fmt/format.h>

#include <chrono>
#include <nlohmann/json.hpp>

#include "base/clock.h"
#include "cli/command.h"
#include "cli/command_line.h"
#include "cli/exit_status.h"
#include "cli/human_text.h"
#include "cli/json_output.h"
#include "cli/text_table.h"
#include "sample/sample_options.h"

namespace stedi {
namespace {

std::string Count(uint64_t count) { return GroupDigits(static_cast<int64_t>(count)); }

void PrintText(const SampleOptions& options, const SampleReport& report, double seconds) {
  TextTable feeds(
      {{"folder"}, {"files", Align::kRight}, {"records", Align::kRight}, {"size", Align::kRight}});
  uint64_t bytes = 0;
  for (const SampleFeedRow& row : kSampleFeedRows) {
    const SampleFeedReport& feed = report.feeds[static_cast<size_t>(row.feed)];
    feeds.AddRow({fmt::format("{}/landing", row.name), Count(feed.files), Count(feed.records),
                  ReadableBytes(feed.stored_bytes)});
    bytes += feed.bytes;
  }
  feeds.Print();
  if (!report.defects.empty()) {
    TextTable defects({{"defect"},
                       {"outcome"},
                       {"customer", Align::kRight},
                       {"accelerometer", Align::kRight},
                       {"step_trainer", Align::kRight}});
    for (const SampleDefectReport& defect : report.defects) {
      defects.AddRow({std::string(defect.name), std::string(defect.outcome), Count(defect.count[0]),
                      Count(defect.count[1]), Count(defect.count[2])});
    }
    Print("\n");
    defects.Print();
  }
  Print("\n{} in {} ({}/s). Next: stedi run pipelines/stedi --landing {}\n", ReadableBytes(bytes),
        ReadableSeconds(seconds),
        ReadableBytes(static_cast<uint64_t>(static_cast<double>(bytes) / seconds)),
        options.folder.string());
}

void PrintAsJson(const SampleReport& report, double seconds) {
  using Json = nlohmann::ordered_json;
  Json json = {{"seconds", seconds}, {"feeds", Json::array()}, {"defects", Json::array()}};
  for (const SampleFeedRow& row : kSampleFeedRows) {
    const SampleFeedReport& feed = report.feeds[static_cast<size_t>(row.feed)];
    json["feeds"].push_back({{"feed", row.name},
                             {"files", feed.files},
                             {"records", feed.records},
                             {"bytes", feed.bytes},
                             {"stored_bytes", feed.stored_bytes}});
  }
  for (const SampleDefectReport& defect : report.defects) {
    Json counts;
    for (const SampleFeedRow& row : kSampleFeedRows) {
      counts[std::string(row.name)] = defect.count[static_cast<size_t>(row.feed)];
    }
    json["defects"].push_back(
        {{"defect", defect.name}, {"outcome", defect.outcome}, {"count", counts}});
  }
  PrintJson(json);
}

}  // namespace

int SampleCommand(const Command& command, Args args) {
  SampleOptions options;
  std::string folder;
  std::vector<std::string> layouts;
  layouts.reserve(kSampleLayoutRows.size());
  for (const SampleLayoutRow& row : kSampleLayoutRows) layouts.emplace_back(row.name);
  size_t layout = 0;
  size_t compression = 0;
  uint64_t threads = 0;
  bool json = false;
  CommandLine line(command);
  line.Positional("DIR", folder, "the landing folder to make", true);
  line.Option("--customers", "N", options.customers, "persons (1000)");
  line.Option("--readings", "N", options.readings,
              "of the accelerometer, in all (81000); a third as many of the step trainer");
  line.Option("--seed", "N", options.seed, "the same seed, the same bytes (1)");
  line.Choice("--layout", layouts, layout, "how records stand in a file");
  line.Choice("--compress", {"none", "gz", "zst"}, compression, "compressed files");
  line.Bytes("--file-bytes", options.file_bytes, "size of a file, at most (16 MiB)");
  line.Flag("--defects", options.defects, "with every known defect, and how many of each");
  line.Option("--threads", "N", threads, "0: all");
  line.Flag("--json", json, "print JSON");
  if (!line.Parse(args)) return kStatusDone;
  options.folder = folder;
  options.layout = kSampleLayoutRows[layout].layout;
  options.compression = static_cast<SampleCompression>(compression);
  options.threads = static_cast<unsigned>(threads);

  const auto begin = std::chrono::steady_clock::now();
  const SampleReport report = WriteSample(options);
  const double seconds = SecondsSince(begin);
  if (json) {
    PrintAsJson(report, seconds);
  } else {
    PrintText(options, report, seconds);
  }
  return kStatusDone;
}

}  // namespace stedi
