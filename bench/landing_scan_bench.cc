// Landing scan against DuckDB's read_json and against a read() floor, on one feed, in one process:
// an aggregate over every column of the contract. Prints one JSON object; ratios are of medians.
//   landing_scan_bench <feed folder> <accelerometer|step_trainer|customers> <threads> <rounds>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "base/file.h"
#include "engine/column_types.h"
#include "engine/database.h"
#include "engine/landing_function.h"
#include "landing/landing_scan.h"

namespace stedi {
namespace {

using Clock = std::chrono::steady_clock;

struct BenchFeed {
  const char* name;
  const char* keys;  // as the files spell them, comma-separated
  std::vector<ContractColumn> columns;
};

const std::vector<BenchFeed>& Feeds() {
  using enum ColumnType;
  static const std::vector<BenchFeed> feeds = {
      {"accelerometer",
       "user,timestamp,x,y,z",
       {{"user", kString}, {"timestamp", kBigint}, {"x", kDouble}, {"y", kDouble}, {"z", kDouble}}},
      {"step_trainer",
       "sensorReadingTime,serialNumber,distanceFromObject",
       {{"sensorreadingtime", kBigint}, {"serialnumber", kString}, {"distancefromobject", kInt}}},
      {"customers",
       "customerName,email,phone,birthDay,serialNumber,registrationDate,lastUpdateDate,"
       "shareWithResearchAsOfDate,"
       "shareWithPublicAsOfDate,shareWithFriendsAsOfDate",
       {{"customername", kString},
        {"email", kString},
        {"phone", kString},
        {"birthday", kString},
        {"serialnumber", kString},
        {"registrationdate", kBigint},
        {"lastupdatedate", kBigint},
        {"sharewithresearchasofdate", kBigint},
        {"sharewithpublicasofdate", kBigint},
        {"sharewithfriendsasofdate", kBigint}}}};
  return feeds;
}

// count(*) and an aggregate that needs every value of every column.
std::string Aggregate(const BenchFeed& feed) {
  std::string select = "SELECT count(*)";
  for (const ContractColumn& column : feed.columns) {
    const std::string name = QuoteIdentifier(column.name);
    select += column.type == ColumnType::kString ? fmt::format(", sum(length({}))::DOUBLE", name)
                                                 : fmt::format(", sum({})::DOUBLE", name);
  }
  return select;
}

std::string ReadJson(const BenchFeed& feed, const std::string& folder) {
  std::string columns;
  std::string keys = feed.keys;
  for (const ContractColumn& column : feed.columns) {
    const size_t comma = keys.find(',');
    columns += fmt::format("{}{}: '{}'", columns.empty() ? "" : ", ",
                           QuoteLiteral(keys.substr(0, comma)), DuckdbType(column.type));
    keys.erase(0, comma == std::string::npos ? keys.size() : comma + 1);
  }
  return fmt::format("{} FROM read_json({}, columns = {{{}}}, format = 'auto')", Aggregate(feed),
                     QuoteLiteral(folder + "/**"), columns);
}

template <class Function>
double MedianSeconds(int rounds, const Function& function) {
  std::vector<double> seconds;
  for (int i = 0; i < rounds; ++i) {
    const Clock::time_point begin = Clock::now();
    function(i);
    seconds.push_back(std::chrono::duration<double>(Clock::now() - begin).count());
  }
  std::ranges::sort(seconds);
  return seconds[seconds.size() / 2];
}

void ReadAll(const FeedListing& listing) {
  std::vector<char> buffer(1 << 20);
  for (const LandingFile& file : listing.files) {
    const InputFile input(file.path);
    for (uint64_t offset = 0; offset < file.size_bytes; offset += buffer.size())
      input.ReadAt(offset, buffer);
  }
}

int Main(const std::string& folder, const std::string& name, int threads, int rounds) {
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
  const std::filesystem::path spool = std::filesystem::temp_directory_path() / "stedi-bench-spool";
  std::string rows;
  const double ours = MedianSeconds(rounds, [&](int round) {
    ScanOptions scan_options;
    scan_options.spool_path = fmt::format("{}-{}-{}", spool.string(), getpid(), round);
    LandingScan scan({feed->columns}, listing.files, scan_options);
    const std::string function = fmt::format("landing_{}", round);
    RegisterLandingFunction(connection, function, scan);
    rows = connection.Query(fmt::format("{} FROM {}()", Aggregate(*feed), function))
               .Rows()
               .at(0)
               .at(0)
               .value();
    std::filesystem::remove(scan_options.spool_path);
  });
  std::string rival_rows;
  const double rival = MedianSeconds(rounds, [&](int) {
    rival_rows = connection.Query(ReadJson(*feed, folder)).Rows().at(0).at(0).value();
  });
  const double floor = MedianSeconds(rounds, [&](int) { ReadAll(listing); });
  const double megabytes = static_cast<double>(bytes) / 1e6;
  fmt::print(
      "{{\"feed\": \"{}\", \"mb\": {:.0f}, \"threads\": {}, \"rows\": {}, \"read_json_rows\": {}, "
      "\"stedi_mb_s\": {:.0f}, "
      "\"read_json_mb_s\": {:.0f}, \"read_floor_mb_s\": {:.0f}, \"ratio\": {:.2f}}}\n",
      name, megabytes, threads, rows, rival_rows, megabytes / ours, megabytes / rival,
      megabytes / floor, rival / ours);
  return 0;
}

}  // namespace
}  // namespace stedi

int main(int argc, char** argv) {
  if (argc != 5) {
    fmt::print(stderr, "usage: landing_scan_bench FOLDER FEED THREADS ROUNDS\n");
    return 2;
  }
  try {
    return stedi::Main(argv[1], argv[2], std::atoi(argv[3]), std::atoi(argv[4]));
  } catch (const std::exception& error) {
    fmt::print(stderr, "landing_scan_bench: {}\n", error.what());
    return 2;
  }
}
