// Measures the landing scan against DuckDB's read_json, simdjson and plain read() calls. All read
// one feed in one process, taking turns, and compute the same aggregate over every column of the
// contract (read() computes nothing). Prints one JSON object with the median throughput and CPU
// time of each, and the ratios of read_json's wall and CPU time to the scan's.
//   landing_scan_bench <feed folder> <accelerometer|step_trainer|customers> <threads> <rounds>
//   [only]
// With `only` (stedi, read_json, simdjson or read_floor) only this one runs and nothing is printed,
// which is of use with a profiler.
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "base/file.h"
#include "bench_feed.h"
#include "database/column_types.h"
#include "database/database.h"
#include "database/landing_function.h"
#include "landing/landing_scan.h"
#include "simdjson_scan.h"

namespace stedi {
namespace {

using Clock = std::chrono::steady_clock;

const std::vector<BenchFeed>& Feeds() {
  using enum ColumnType;
  static const std::vector<BenchFeed> feeds = {
      {"accelerometer",
       {{"user", kString}, {"timestamp", kBigint}, {"x", kDouble}, {"y", kDouble}, {"z", kDouble}}},
      {"step_trainer",
       {{"sensorReadingTime", kBigint}, {"serialNumber", kString}, {"distanceFromObject", kInt}}},
      {"customers",
       {{"customerName", kString},
        {"email", kString},
        {"phone", kString},
        {"birthDay", kString},
        {"serialNumber", kString},
        {"registrationDate", kBigint},
        {"lastUpdateDate", kBigint},
        {"shareWithResearchAsOfDate", kBigint},
        {"shareWithPublicAsOfDate", kBigint},
        {"shareWithFriendsAsOfDate", kBigint}}}};
  return feeds;
}

std::string Lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

// Returns the select list: count(*) and for each column a sum that needs every value. Of text it
// sums strlen(), which is stored in the cell. length() would count characters, which takes longer
// than the scan.
std::string Aggregate(const BenchFeed& feed) {
  std::string select = "SELECT count(*)::DOUBLE";
  for (const BenchColumn& column : feed.columns) {
    const std::string name = QuoteIdentifier(column.key);
    select += column.type == ColumnType::kString ? fmt::format(", sum(strlen({}))::DOUBLE", name)
                                                 : fmt::format(", sum({})::DOUBLE", name);
  }
  return select;
}

std::string ReadJson(const BenchFeed& feed, const std::string& folder) {
  std::string columns;
  for (const BenchColumn& column : feed.columns) {
    columns += fmt::format("{}{}: '{}'", columns.empty() ? "" : ", ", QuoteLiteral(column.key),
                           DuckdbType(column.type));
  }
  return fmt::format("{} FROM read_json({}, columns = {{{}}}, format = 'auto')", Aggregate(feed),
                     QuoteLiteral(folder + "/**"), columns);
}

FeedSums SumsOf(Connection& connection, const std::string& sql) {
  const TextRow row = connection.Query(sql).Rows().at(0);
  FeedSums sums{std::stod(row.at(0).value()), {}};
  for (size_t i = 1; i < row.size(); ++i) sums.columns.push_back(std::stod(row[i].value_or("0")));
  return sums;
}

FeedSums ScanWithStedi(Connection& connection, const FeedListing& listing, const BenchFeed& feed) {
  static int scans = 0;
  const std::string function = fmt::format("landing_{}", scans++);
  Contract contract;
  for (const BenchColumn& column : feed.columns) {
    contract.columns.push_back({Lower(column.key), column.type, false});
  }
  ScanOptions options;
  options.spool_path = std::filesystem::temp_directory_path() /
                       fmt::format("stedi-bench-spool-{}-{}", getpid(), function);
  LandingScan scan(contract, listing.files, options);
  RegisterLandingFunction(connection, function, scan);
  FeedSums sums = SumsOf(connection, fmt::format("{} FROM {}()", Aggregate(feed), function));
  std::filesystem::remove(options.spool_path);
  return sums;
}

// Reads every byte once, 1 MiB at a time, into one buffer per thread. Returns empty sums.
FeedSums ReadAll(const FeedListing& listing, int threads) {
  constexpr uint64_t kStretchBytes = 1 << 20;
  std::vector<std::pair<const LandingFile*, uint64_t>> stretches;
  for (const LandingFile& file : listing.files) {
    for (uint64_t at = 0; at < file.size_bytes; at += kStretchBytes)
      stretches.push_back({&file, at});
  }
  std::atomic<size_t> next{0};
  const auto read = [&] {
    std::vector<char> buffer(kStretchBytes);
    for (size_t i = next++; i < stretches.size(); i = next++) {
      InputFile(stretches[i].first->path).ReadAt(stretches[i].second, buffer);
    }
  };
  std::vector<std::thread> workers;
  workers.reserve(static_cast<size_t>(threads));
  for (int i = 0; i < threads; ++i) workers.emplace_back(read);
  for (std::thread& worker : workers) worker.join();
  return {};
}

double CpuSeconds() {
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// A reader of the feed, its last result, and the seconds that each of its runs took.
struct Way {
  const char* name;
  std::function<FeedSums()> run;
  FeedSums sums;
  std::vector<double> wall;
  std::vector<double> cpu;

  void RunOnce() {
    const Clock::time_point begin = Clock::now();
    const double cpu_begin = CpuSeconds();
    sums = run();
    wall.push_back(std::chrono::duration<double>(Clock::now() - begin).count());
    cpu.push_back(CpuSeconds() - cpu_begin);
  }
};

double Median(std::vector<double> values) {
  std::ranges::sort(values);
  return values.empty() ? NAN : values[values.size() / 2];
}

bool AreEqual(const FeedSums& one, const FeedSums& other) {
  if (one.rows != other.rows || one.columns.size() != other.columns.size()) return false;
  for (size_t i = 0; i < one.columns.size(); ++i) {
    // Sums of DOUBLE values depend on the order of the rows.
    const double scale = std::max({1.0, std::fabs(one.columns[i]), std::fabs(other.columns[i])});
    if (std::fabs(one.columns[i] - other.columns[i]) > 1e-6 * scale) return false;
  }
  return true;
}

void Print(const std::string& feed, double megabytes, int threads, const std::vector<Way>& ways) {
  const Way& ours = ways[0];
  fmt::print("{{\"feed\": \"{}\", \"mb\": {:.0f}, \"threads\": {}, \"rows\": {:.0f}", feed,
             megabytes, threads, ours.sums.rows);
  for (const Way& way : ways) {
    fmt::print(", \"{0}_mb_s\": {1:.0f}, \"{0}_cpu_s\": {2:.2f}", way.name,
               megabytes / Median(way.wall), Median(way.cpu));
  }
  fmt::print(", \"ratio\": {:.2f}, \"cpu_ratio\": {:.2f}}}\n",
             Median(ways[1].wall) / Median(ours.wall), Median(ways[1].cpu) / Median(ours.cpu));
}

int Main(const std::string& folder, const std::string& name, int threads, int rounds,
         const std::string& only) {
  const auto feed =
      std::ranges::find(Feeds(), name, [](const BenchFeed& row) { return std::string(row.name); });
  if (feed == Feeds().end()) throw Error(ErrorCode::kInvalid, "no such feed: " + name);
  const FeedListing listing = ListFeed(folder);
  uint64_t bytes = 0;
  for (const LandingFile& file : listing.files) bytes += file.size_bytes;
  DatabaseOptions options;
  options.threads = threads;
  options.preserve_order = false;
  Database database(options);
  Connection connection(database);
  std::vector<Way> ways = {
      {"stedi", [&] { return ScanWithStedi(connection, listing, *feed); }, {}, {}, {}},
      {"read_json", [&] { return SumsOf(connection, ReadJson(*feed, folder)); }, {}, {}, {}},
      {"simdjson", [&] { return ScanWithSimdjson(listing, *feed, threads); }, {}, {}, {}},
      {"read_floor", [&] { return ReadAll(listing, threads); }, {}, {}, {}}};
  for (int round = 0; round < rounds; ++round) {
    for (Way& way : ways) {
      if (only.empty() || only == way.name) way.RunOnce();
    }
  }
  const double megabytes = static_cast<double>(bytes) / 1e6;
  if (only.empty() &&
      !(AreEqual(ways[0].sums, ways[1].sums) && AreEqual(ways[0].sums, ways[2].sums))) {
    throw Error(ErrorCode::kInternal, "the ways to read the feed do not agree");
  }
  if (only.empty()) Print(name, megabytes, threads, ways);
  return 0;
}

}  // namespace
}  // namespace stedi

int main(int argc, char** argv) {
  if (argc != 5 && argc != 6) {
    fmt::print(stderr, "usage: landing_scan_bench FOLDER FEED THREADS ROUNDS [ONLY]\n");
    return 2;
  }
  try {
    return stedi::Main(argv[1], argv[2], std::atoi(argv[3]), std::atoi(argv[4]),
                       argc == 6 ? argv[5] : "");
  } catch (const std::exception& error) {
    fmt::print(stderr, "landing_scan_bench: {}\n", error.what());
    return 2;
  }
}
