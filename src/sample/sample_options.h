// The options of `stedi sample` and its report of what it wrote.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace stedi {

enum class SampleFeed : uint8_t { kCustomer, kAccelerometer, kStepTrainer };
inline constexpr size_t kSampleFeeds = 3;

// One row per feed, in the order of the enum.
struct SampleFeedRow {
  SampleFeed feed;
  std::string_view name;        // its files are <name>/landing/demo-<name>-<number>.json
  uint64_t records_per_defect;  // with --defects one record in this many has a defect
};
inline constexpr std::array<SampleFeedRow, kSampleFeeds> kSampleFeedRows = {{
    {SampleFeed::kCustomer, "customer", 16},
    {SampleFeed::kAccelerometer, "accelerometer", 128},
    {SampleFeed::kStepTrainer, "step_trainer", 128},
}};
constexpr const SampleFeedRow& Describe(SampleFeed feed) {
  return kSampleFeedRows[static_cast<size_t>(feed)];
}

enum class SampleLayout : uint8_t { kNdjson, kConcat, kArray, kPretty };

// The text around the records of a file, in the order of the enum.
struct SampleLayoutRow {
  SampleLayout layout;
  std::string_view name;
  std::string_view file_begin, record_separator, file_end;
};
inline constexpr std::array<SampleLayoutRow, 4> kSampleLayoutRows = {{
    {SampleLayout::kNdjson, "ndjson", "", "\n", "\n"},
    {SampleLayout::kConcat, "concat", "", "", ""},
    {SampleLayout::kArray, "array", "[\n", ",\n", "\n]\n"},
    {SampleLayout::kPretty, "pretty", "", "\n", "\n"},
}};
constexpr const SampleLayoutRow& Describe(SampleLayout layout) {
  return kSampleLayoutRows[static_cast<size_t>(layout)];
}

enum class SampleCompression : uint8_t { kNone, kGzip, kZstd };

struct SampleOptions {
  std::filesystem::path folder;
  uint64_t customers = 1000;
  uint64_t readings = 81000;  // of the accelerometer; the step trainer has a third as many
  uint64_t seed = 1;
  SampleLayout layout = SampleLayout::kNdjson;
  SampleCompression compression = SampleCompression::kNone;
  uint64_t file_bytes = 16 << 20;  // about the most that a file holds, before compression
  bool defects = false;
  unsigned threads = 0;  // 0: one per CPU
};

struct SampleFeedReport {
  uint64_t files = 0;
  uint64_t records = 0;       // written, whole or damaged, without those of the re-delivered file
  uint64_t bytes = 0;         // before compression, all files
  uint64_t stored_bytes = 0;  // on disk, all files
};

struct SampleDefectReport {
  std::string_view name;
  std::string_view outcome;  // what a reader should do (sample/defect.h)
  std::array<uint64_t, kSampleFeeds> count = {};
};

struct SampleReport {
  std::array<SampleFeedReport, kSampleFeeds> feeds;
  std::vector<SampleDefectReport> defects;  // one per row of DefectRows(); empty without --defects
};

// Writes <folder>/{customer,accelerometer,step_trainer}/landing. The bytes depend only on the
// options, not on the machine or the number of threads; compressed files also depend on the version
// of the compression library. A landing folder appears when it is complete. Throws kInvalid when
// one of the three already holds anything or when an option is out of range, kUnavailable when a
// file cannot be written.
SampleReport WriteSample(const SampleOptions& options);

}  // namespace stedi
