// For tests and fuzzing: the complete result of a scan, as text that can be compared and read.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "base/error.h"
#include "files/memory_file.h"
#include "landing/landing_scan.h"
#include "landing/rejected_values.h"
#include "landing/rejection_spool.h"

namespace stedi {

// Pieces of valid and of damaged JSON. The first four are valid records.
inline constexpr std::array<std::string_view, 40> kLandingPieces = {
    "{\"a\":1}",
    "{\"b\":\"text that is longer than a cell\"}",
    "{\"a\":2,\"b\":\"x\",\"c\":1.5}",
    "{\"A\":3,\"z\":{\"a\":[{\"a\":1},{\"a\":2}]}}",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\",
    "\\\"",
    "\n",
    "\r\n",
    " ",
    "\t",
    "\"a\"",
    "\"b\":",
    "{\"a\":",
    "{\"b\":\"",
    "1",
    "-0.5",
    "1e3",
    "null",
    "true",
    "tru",
    "}{",
    "},{",
    "}\n{",
    "{\"",
    "\xC3\xA9",
    "\xFF",
    "\"c\":2.25,",
    "{\"a\":4,\n",
    "\"}",
    "{}",
    "x",
    "\\ud83d\\ude00",
    "\"e\":12345678901"};

struct Transcript {
  std::vector<std::string> rows;        // "<offset> a=1 b=text _rescued={..}", NULLs left out
  std::vector<std::string> rejections;  // "<offset>+<length> <reason> @<fault> <raw>"
  std::vector<std::string> rejected;    // "<offset> <reason> value|NULL|.."
  FileReport report;

  // Everything but the content hash, which does not depend on how a file is read.
  std::string ToText() const {
    return fmt::format(
        "rows:\n{}\nrejections:\n{}\nrejected:\n{}\nbytes {} {} {} {} records {} {} problem '{}'",
        fmt::join(rows, "\n"), fmt::join(rejections, "\n"), fmt::join(rejected, "\n"),
        report.accepted_bytes, report.quarantined_bytes, report.whitespace_bytes,
        report.framing_bytes, report.records, report.rejected, report.problem);
  }
};

struct TranscriptOptions {
  uint64_t block_bytes = 1 << 20;
  bool fast_path = true;
  SimdLevel simd = DefaultSimdLevel();
  int threads = 1;
  uint64_t record_bytes_max = 16 << 20;
  uint64_t raw_bytes_max = 64 << 10;
};

namespace detail {

inline std::string_view TextOf(const StringCell& cell) {
  return cell.length <= 12 ? std::string_view(cell.prefix, cell.length)
                           : std::string_view(cell.pointer, cell.length);
}

template <class Value>
Value ValueAt(const ColumnData& column, size_t row) {
  return static_cast<const Value*>(column.data)[row];
}

inline bool IsNull(const ColumnData& column, size_t row) {
  return column.validity != nullptr && (column.validity[row / 64] >> (row % 64) & 1U) == 0;
}

inline std::string ShowValue(ColumnType type, const ColumnData& column, size_t row) {
  switch (type) {
    case ColumnType::kString:
      return std::string(TextOf(static_cast<const StringCell*>(column.data)[row]));
    case ColumnType::kBigint:
      return fmt::format("{}", ValueAt<int64_t>(column, row));
    case ColumnType::kInt:
      return fmt::format("{}", ValueAt<int32_t>(column, row));
    case ColumnType::kDouble:
      return fmt::format("{}", ValueAt<double>(column, row));
    case ColumnType::kBoolean:
      return ValueAt<uint8_t>(column, row) != 0 ? "true" : "false";
  }
  return {};
}

using PlacedText = std::pair<int64_t, std::string>;

inline void AppendRows(const Contract& contract, const RowBlock& block,
                       std::vector<PlacedText>& out) {
  for (size_t row = 0; row < block.rows; ++row) {
    std::string text = fmt::format("{}", block.offsets[row]);
    for (size_t i = 0; i < contract.columns.size(); ++i) {
      if (IsNull(block.columns[i], row)) continue;
      const ContractColumn& column = contract.columns[i];
      text += fmt::format(" {}={}", column.name, ShowValue(column.type, block.columns[i], row));
    }
    if (!IsNull(block.rescued, row)) {
      text += " _rescued=" + ShowValue(ColumnType::kString, block.rescued, row);
    }
    if (contract.keep_unfit && !IsNull(block.unfit, row)) {
      text += " _unfit=" + ShowValue(ColumnType::kString, block.unfit, row);
    }
    out.emplace_back(block.offsets[row], std::move(text));
  }
}

inline std::vector<std::string> InOrder(std::vector<PlacedText> placed) {
  std::sort(placed.begin(), placed.end());
  std::vector<std::string> texts;
  texts.reserve(placed.size());
  for (PlacedText& text : placed) texts.push_back(std::move(text.second));
  return texts;
}

// Returns the rows of the table of rejected records that are in the file at `path`, and removes it.
inline std::vector<std::string> RejectedIn(const std::filesystem::path& path) {
  std::vector<PlacedText> rows;
  RejectionSpoolReader reader(path);
  SpooledRejection next;
  while (reader.Next(next)) {
    std::string text =
        fmt::format("{} {} ", next.rejection.offset, Describe(next.rejection.reason).name);
    std::string_view between;
    for (const std::optional<std::string>& value : DecodeRejectedRow(next.raw)) {
      text += fmt::format("{}{}", between, value.value_or("NULL"));
      between = "|";
    }
    rows.emplace_back(static_cast<int64_t>(next.rejection.offset), std::move(text));
  }
  std::filesystem::remove(path);
  return InOrder(std::move(rows));
}

}  // namespace detail

// A way to read a record: the full parser, or a variant of the fast path. ParserVariants() returns
// all that this machine supports.
struct ParserVariant {
  std::string_view name;
  bool fast_path = true;
  SimdLevel simd = SimdLevel::kPortable;
};
inline std::vector<ParserVariant> ParserVariants() {
  std::vector<ParserVariant> variants = {{"full parser", false, SimdLevel::kPortable}};
  for (const SimdLevel level : AvailableSimdLevels()) {
    variants.push_back({NameOf(level), true, level});
  }
  return variants;
}

// Scans one file and returns all results in the order of the file.
inline Transcript Transcribe(const Contract& contract, const LandingFile& file,
                             const TranscriptOptions& options) {
  // A file system in memory is used where there is one, because fuzzing writes thousands of spools
  // per second.
  const bool has_memory = std::filesystem::exists("/dev/shm");
  const std::filesystem::path folder =
      has_memory ? "/dev/shm" : std::filesystem::temp_directory_path();
  const std::filesystem::path spool = folder / fmt::format("stedi-transcript-{}", ::getpid());
  ScanOptions scan_options;
  scan_options.block_bytes = options.block_bytes;
  scan_options.fast_path = options.fast_path;
  scan_options.simd = options.simd;
  scan_options.record_bytes_max = options.record_bytes_max;
  scan_options.raw_bytes_max = options.raw_bytes_max;
  scan_options.spool_path = spool;
  const std::filesystem::path rejected_spool = spool.string() + "-rows";
  if (!contract.rejected_columns.empty()) scan_options.rejected_rows_path = rejected_spool;
  Transcript transcript;
  std::mutex mutex;
  std::vector<detail::PlacedText> rows;
  LandingScan scan(contract, {file}, scan_options);
  const auto read_all = [&] {
    LandingReader reader(scan);
    while (const RowBlock* const block = reader.NextBlock()) {
      const std::scoped_lock lock(mutex);
      detail::AppendRows(contract, *block, rows);
    }
  };
  if (options.threads == 1) {
    read_all();
  } else {
    std::vector<std::thread> threads;
    threads.reserve(static_cast<size_t>(options.threads));
    for (int i = 0; i < options.threads; ++i) threads.emplace_back(read_all);
    for (std::thread& thread : threads) thread.join();
  }
  std::vector<detail::PlacedText> rejections;
  RejectionSpoolReader spool_reader(spool);
  SpooledRejection next;
  while (spool_reader.Next(next)) {
    const Rejection& r = next.rejection;
    rejections.emplace_back(static_cast<int64_t>(r.offset),
                            fmt::format("{}+{} {} @{} {}", r.offset, r.length,
                                        Describe(r.reason).name, r.fault_offset, next.raw));
  }
  std::filesystem::remove(spool);
  if (!contract.rejected_columns.empty()) transcript.rejected = detail::RejectedIn(rejected_spool);
  transcript.rows = detail::InOrder(std::move(rows));
  transcript.rejections = detail::InOrder(std::move(rejections));
  transcript.report = scan.reports().at(0);
  return transcript;
}

}  // namespace stedi
