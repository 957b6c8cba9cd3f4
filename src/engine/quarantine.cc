#include "engine/quarantine.h"

#include <fmt/format.h>

#include <utility>

namespace stedi {
namespace {

constexpr const char* kNewsTable = "temp.main.quarantine_news";

void AppendText(duckdb_appender appender, std::string_view text) {
  duckdb_append_varchar_length(appender, text.data(), text.size());
}

class Appender {
 public:
  explicit Appender(duckdb_connection connection) {
    if (duckdb_appender_create_ext(connection, "temp", "main", "quarantine_news", &appender_) ==
        DuckDBError) {
      throw Error(ErrorCode::kInternal, "DuckDB refused an appender");
    }
  }
  ~Appender() { duckdb_appender_destroy(&appender_); }
  Appender(const Appender&) = delete;
  Appender& operator=(const Appender&) = delete;
  duckdb_appender get() const { return appender_; }
  void Flush() {
    if (duckdb_appender_close(appender_) == DuckDBError) {
      throw Error(ErrorCode::kUnavailable, fmt::format("cannot keep the rejected records: {}",
                                                       duckdb_appender_error(appender_)));
    }
  }

 private:
  duckdb_appender appender_ = nullptr;
};

}  // namespace

std::vector<Field> QuarantineFields() {
  using Kind = IcebergType::Kind;
  return {
      {0, "table_name", {Kind::kString}, false, "the landing or derived table it was kept out of"},
      {0, "reason", {Kind::kString}, false, "reject reason, or name of the expectation"},
      {0, "file", {Kind::kString}, false, "landing file, relative to the feed's folder"},
      {0, "byte_offset", {Kind::kLong}, false, "decoded bytes from the start of the file"},
      {0, "byte_length", {Kind::kLong}, false, "decoded bytes"},
      {0, "raw", {Kind::kBinary}, false, "the bytes (the first 64 KiB), or the row as JSON"},
      {0, "run_id", {Kind::kString}, false, "the run that put it here"}};
}

std::set<std::string> QuarantinePii() { return {"raw"}; }

QuarantineNews::QuarantineNews(Connection& connection, std::string run_id)
    : connection_(connection), run_id_(std::move(run_id)) {
  connection_.Execute(
      fmt::format("CREATE TEMP TABLE {} (table_name VARCHAR, reason VARCHAR, file VARCHAR, "
                  "byte_offset BIGINT, byte_length BIGINT, raw BLOB, run_id VARCHAR)",
                  "quarantine_news"));
}

void QuarantineNews::AddRejections(const std::string& feed, const LandingScan& scan,
                                   const std::filesystem::path& spool_path) {
  Appender appender(connection_.handle());
  RejectionSpoolReader spool(spool_path);
  SpooledRejection rejected;
  while (spool.Next(rejected)) {
    AppendText(appender.get(), feed);
    AppendText(appender.get(), Describe(rejected.rejection.reason).name);
    AppendText(appender.get(), scan.files()[rejected.file_index].file);
    duckdb_append_int64(appender.get(), static_cast<int64_t>(rejected.rejection.offset));
    duckdb_append_int64(appender.get(), static_cast<int64_t>(rejected.rejection.length));
    duckdb_append_blob(appender.get(), rejected.raw.data(), rejected.raw.size());
    AppendText(appender.get(), run_id_);
    duckdb_appender_end_row(appender.get());
  }
  appender.Flush();
}

int64_t QuarantineNews::AddRows(const std::string& table, const std::string& reason,
                                const std::string& select) {
  const int64_t before = count();
  connection_.Execute(fmt::format("INSERT INTO {} SELECT $1, $2, NULL, NULL, NULL, "
                                  "encode(to_json(q)::VARCHAR), $3 FROM ({}) AS q",
                                  kNewsTable, select),
                      {table, reason, run_id_});
  return count() - before;
}

int64_t QuarantineNews::count() {
  return connection_.Integer(fmt::format("SELECT count(*) FROM {}", kNewsTable));
}

std::string QuarantineNews::Select() const {
  return fmt::format("SELECT * FROM {} ORDER BY table_name, file, byte_offset", kNewsTable);
}

}  // namespace stedi
