#include "simdjson_scan.h"

#include <simdjson.h>

#include <atomic>
#include <thread>
#include <vector>

#include "base/error.h"

namespace stedi {
namespace {

namespace ondemand = simdjson::ondemand;

double ReadColumn(ondemand::value value, ColumnType type) {
  if (value.is_null()) return 0;
  switch (type) {
    case ColumnType::kString:
      return static_cast<double>(std::string_view(value.get_string()).size());
    case ColumnType::kDouble:
      return double(value.get_double());
    default:
      return static_cast<double>(int64_t(value.get_int64()));
  }
}

// Keys mostly come in the order of the columns, so the search begins after the last match.
void ReadRecord(ondemand::object record, const BenchFeed& feed, FeedSums& sums) {
  size_t column = 0;
  for (auto field : record) {
    const ondemand::raw_json_string key = field.key();
    for (size_t tried = 0; tried < feed.columns.size(); ++tried) {
      const BenchColumn& now = feed.columns[column];
      const size_t read = column;
      column = column + 1 == feed.columns.size() ? 0 : column + 1;
      if (!key.unsafe_is_equal(now.key)) continue;
      sums.columns[read] += ReadColumn(field.value(), now.type);
      break;
    }
  }
  sums.rows += 1;
}

void ReadFile(ondemand::parser& parser, const LandingFile& file, const BenchFeed& feed,
              std::vector<char>& buffer, FeedSums& sums) {
  buffer.resize(file.size_bytes + simdjson::SIMDJSON_PADDING);
  file.Open()->ReadAt(0, std::span(buffer.data(), file.size_bytes));
  ondemand::document_stream stream =
      parser.iterate_many(buffer.data(), file.size_bytes, ondemand::DEFAULT_BATCH_SIZE);
  for (auto document : stream) ReadRecord(document.get_object(), feed, sums);
}

}  // namespace

FeedSums ScanWithSimdjson(const FeedListing& listing, const BenchFeed& feed, int threads) {
  std::atomic<size_t> next_file{0};
  std::vector<FeedSums> parts(static_cast<size_t>(threads));
  std::vector<std::thread> workers;
  std::atomic<bool> has_failed{false};
  for (FeedSums& part : parts) {
    part.columns.resize(feed.columns.size());
    workers.emplace_back([&] {
      try {
        ondemand::parser parser;
        std::vector<char> buffer;
        for (size_t i = next_file++; i < listing.files.size(); i = next_file++) {
          ReadFile(parser, listing.files[i], feed, buffer, part);
        }
      } catch (const std::exception&) {
        has_failed = true;
      }
    });
  }
  for (std::thread& worker : workers) worker.join();
  if (has_failed) throw Error(ErrorCode::kInvalid, "simdjson cannot read this feed");
  FeedSums sums = parts[0];
  for (size_t i = 1; i < parts.size(); ++i) {
    sums.rows += parts[i].rows;
    for (size_t j = 0; j < sums.columns.size(); ++j) sums.columns[j] += parts[i].columns[j];
  }
  return sums;
}

}  // namespace stedi
