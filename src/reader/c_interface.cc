#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "files/landing_files.h"
#include "reader/file_listing.h"
#include "reader/reader_scan.h"
#include "reader/stedi_reader.h"

#ifndef STEDI_VERSION
#define STEDI_VERSION "0"
#endif

struct stedi_reader_scan {
  stedi::ReaderScan scan;
};

namespace stedi {
namespace {

constexpr uint64_t kBlockBytesMax = 64 << 20;
constexpr uint64_t kRecordBytesMax = 256 << 20;
constexpr uint64_t kRawBytesMax = 16 << 20;
constexpr size_t kFileNamesBytesMax = size_t{1} << 30;

stedi_reader_status StatusOf(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalid:
      return STEDI_READER_INVALID;
    case ErrorCode::kNotFound:
      return STEDI_READER_NOT_FOUND;
    case ErrorCode::kUnavailable:
      return STEDI_READER_UNAVAILABLE;
    case ErrorCode::kCancelled:
      return STEDI_READER_CANCELLED;
    case ErrorCode::kConflict:
    case ErrorCode::kCommitStateUnknown:
    case ErrorCode::kExpectationFailed:
    case ErrorCode::kLocked:
    case ErrorCode::kInternal:
      break;
  }
  return STEDI_READER_INTERNAL;
}

stedi_reader_status Fail(stedi_reader_status status, std::string_view message, char** error) {
  if (error == nullptr) return status;
  auto* const text = static_cast<char*>(std::malloc(message.size() + 1));
  if (text != nullptr) {
    std::copy(message.begin(), message.end(), text);
    text[message.size()] = '\0';
  }
  *error = text;
  return status;
}

// Runs a function that returns a status, and turns what it throws into one.
template <class Function>
stedi_reader_status Guarded(char** error, const Function& function) noexcept {
  if (error != nullptr) *error = nullptr;
  try {
    return function();
  } catch (const Error& thrown) {
    return Fail(StatusOf(thrown.code()), thrown.what(), error);
  } catch (const std::bad_alloc&) {
    return Fail(STEDI_READER_OUT_OF_MEMORY, "there is not enough memory", error);
  } catch (const std::exception& thrown) {
    return Fail(STEDI_READER_INTERNAL, thrown.what(), error);
  } catch (...) {
    return Fail(STEDI_READER_INTERNAL, "an unknown error", error);
  }
}

[[noreturn]] void Refuse(std::string_view message) {
  throw Error(ErrorCode::kInvalid, std::string(message));
}
[[noreturn]] void RefuseNull() { Refuse("an argument is NULL"); }

void Require(bool holds, std::string_view message) {
  if (!holds) Refuse(message);
}

// The values of both enums are the same.
ColumnType TypeOf(int32_t type) {
  static_assert(static_cast<int>(ColumnType::kString) == STEDI_READER_STRING);
  static_assert(static_cast<int>(ColumnType::kBigint) == STEDI_READER_BIGINT);
  static_assert(static_cast<int>(ColumnType::kInt) == STEDI_READER_INT);
  static_assert(static_cast<int>(ColumnType::kDouble) == STEDI_READER_DOUBLE);
  static_assert(static_cast<int>(ColumnType::kBoolean) == STEDI_READER_BOOLEAN);
  Require(type >= STEDI_READER_STRING && type <= STEDI_READER_BOOLEAN,
          fmt::format("{} is no type of a column", type));
  return static_cast<ColumnType>(type);
}

Contract ContractOf(const stedi_reader_contract& given) {
  Contract contract;
  contract.keep_unfit = given.keep_unfit != 0;
  contract.columns.reserve(given.column_count);
  for (const stedi_reader_column& column : std::span(given.columns, given.column_count)) {
    if (column.name == nullptr) Refuse("a column has no name");
    Require(!IsAddedColumn(column.name),
            fmt::format("the column {} is one that every feed has: rename it", column.name));
    contract.columns.push_back(
        {column.name, TypeOf(column.type), column.not_null != 0, column.empty_is_null != 0});
  }
  contract.rejected_columns.reserve(given.rejected_column_count);
  for (const size_t column : std::span(given.rejected_columns, given.rejected_column_count)) {
    Require(column < contract.columns.size(), "a rejected column is not in the contract");
    Require(std::ranges::count(contract.rejected_columns, column) == 0,
            fmt::format("the rejected column {} is named twice", contract.columns[column].name));
    contract.rejected_columns.push_back(column);
  }
  return contract;
}

std::vector<LandingFile> FilesOf(const stedi_reader_file* given, size_t count) {
  std::vector<LandingFile> files;
  files.reserve(count);
  size_t name_bytes = 0;
  for (const stedi_reader_file& file : std::span(given, count)) {
    if (file.file == nullptr || file.path == nullptr) Refuse("a file has no name or no path");
    files.push_back({file.file, file.path, file.size_bytes, 0, CompressionOfName(file.path)});
    name_bytes += files.back().file.size();
  }
  Require(name_bytes <= kFileNamesBytesMax,
          "the names of the files take more than 1 GiB: read fewer at a time");
  return files;
}

uint64_t LimitOf(uint64_t given, uint64_t usual, uint64_t max, std::string_view name) {
  Require(given <= max, fmt::format("{} is {}, at most {} is possible", name, given, max));
  return given == 0 ? usual : given;
}

std::filesystem::path TempFolder(const char* given) {
  if (given != nullptr) return given;
  const char* const folder = std::getenv("TMPDIR");
  return folder != nullptr && *folder != '\0' ? folder : "/tmp";
}

ReaderOptions OptionsOf(const stedi_reader_options& given) {
  ReaderOptions options;
  options.threads = given.threads;
  ScanOptions& scan = options.scan;
  scan.block_bytes = LimitOf(given.block_bytes, scan.block_bytes, kBlockBytesMax, "block_bytes");
  scan.record_bytes_max =
      LimitOf(given.record_bytes_max, scan.record_bytes_max, kRecordBytesMax, "record_bytes_max");
  scan.raw_bytes_max =
      LimitOf(given.raw_bytes_max, scan.raw_bytes_max, kRawBytesMax, "raw_bytes_max");
  scan.fast_path = given.without_fast_path == 0;
  options.temp_folder = TempFolder(given.temp_folder);
  if (given.source != nullptr) {
    Require(given.source->read_range != nullptr, "the source has no function that reads");
    options.source = *given.source;
  }
  return options;
}

stedi_reader_part PartOf(int32_t part) {
  Require(part >= STEDI_READER_ROWS && part <= STEDI_READER_REPORTS,
          fmt::format("{} is no part of a scan", part));
  return static_cast<stedi_reader_part>(part);
}

FeedListing ListingOf(const stedi_reader_folder& given) {
  if (given.folder == nullptr) RefuseNull();
  FileRule rule;
  rule.follow_links = given.follow_links != 0;
  const std::span<const char* const> patterns(given.patterns, given.pattern_count);
  rule.patterns.assign(patterns.begin(), patterns.end());
  if (given.is_object_store == 0) return ListFeed(given.folder, rule);
  std::vector<ListedObject> objects;
  objects.reserve(given.object_count);
  for (const stedi_reader_object& object : std::span(given.objects, given.object_count)) {
    if (object.path == nullptr) RefuseNull();
    objects.push_back({object.path, object.size_bytes, object.mtime_ns});
  }
  return ListObjects(given.folder, objects, LocalFiles(), rule);
}

void ExportListing(const FeedListing& listing, ArrowSchema& schema, ArrowArray& out) {
  ExportFiles(listing, out);
  try {
    ExportSchema(ListingFields(), schema);
  } catch (...) {
    out.release(&out);
    throw;
  }
}

}  // namespace
}  // namespace stedi

extern "C" {

uint32_t stedi_reader_abi(void) { return STEDI_READER_ABI; }

const char* stedi_reader_version(void) { return STEDI_VERSION; }

stedi_reader_status stedi_reader_open(const stedi_reader_contract* contract,
                                      const stedi_reader_file* files, size_t file_count,
                                      const stedi_reader_options* options, stedi_reader_scan** out,
                                      char** error) {
  return stedi::Guarded(error, [&] {
    if (contract == nullptr || out == nullptr) stedi::RefuseNull();
    const stedi_reader_options defaults = {};
    *out = new stedi_reader_scan{{stedi::ContractOf(*contract), stedi::FilesOf(files, file_count),
                                  stedi::OptionsOf(options == nullptr ? defaults : *options)}};
    return STEDI_READER_OK;
  });
}

stedi_reader_status stedi_reader_schema(const stedi_reader_scan* scan, int32_t part,
                                        struct ArrowSchema* out, char** error) {
  return stedi::Guarded(error, [&] {
    if (scan == nullptr || out == nullptr) stedi::RefuseNull();
    stedi::ExportSchema(scan->scan.Fields(stedi::PartOf(part)), *out);
    return STEDI_READER_OK;
  });
}

stedi_reader_status stedi_reader_next(stedi_reader_scan* scan, int32_t part, struct ArrowArray* out,
                                      char** error) {
  return stedi::Guarded(error, [&] {
    if (scan == nullptr || out == nullptr) stedi::RefuseNull();
    switch (scan->scan.Next(stedi::PartOf(part), *out)) {
      case stedi::ReaderScan::Outcome::kBatch:
        return STEDI_READER_OK;
      case stedi::ReaderScan::Outcome::kEnd:
        return STEDI_READER_END;
      case stedi::ReaderScan::Outcome::kCancelled:
        return STEDI_READER_CANCELLED;
      case stedi::ReaderScan::Outcome::kCallbackFailed:
        return stedi::Fail(STEDI_READER_CALLBACK_FAILED, "the function that reads files failed",
                           error);
      case stedi::ReaderScan::Outcome::kTooEarly:
        return stedi::Fail(STEDI_READER_INVALID, "all rows of the scan must be read first", error);
    }
    return STEDI_READER_INTERNAL;
  });
}

void stedi_reader_progress(const stedi_reader_scan* scan, uint64_t* bytes_read, uint64_t* records,
                           uint64_t* rejected) {
  const stedi::LandingScan& counts = scan->scan.scan();
  if (bytes_read != nullptr) *bytes_read = counts.bytes_read();
  if (records != nullptr) *records = counts.records();
  if (rejected != nullptr) *rejected = counts.rejected();
}

void stedi_reader_cancel(stedi_reader_scan* scan) { scan->scan.Cancel(); }

void stedi_reader_free(stedi_reader_scan* scan) { delete scan; }

stedi_reader_status stedi_reader_list(const stedi_reader_folder* folder, struct ArrowSchema* schema,
                                      struct ArrowArray* out, char** error) {
  return stedi::Guarded(error, [&] {
    if (folder == nullptr || schema == nullptr || out == nullptr) stedi::RefuseNull();
    stedi::ExportListing(stedi::ListingOf(*folder), *schema, *out);
    return STEDI_READER_OK;
  });
}

void stedi_reader_free_text(char* text) { std::free(text); }

}  // extern "C"
