#include "store/s3_files.h"

#include <duckdb.h>
#include <fmt/format.h>

#include <algorithm>
#include <thread>
#include <utility>

#include "base/remote_file.h"
#include "database/remote_error.h"
#include "store/s3_access.h"

namespace stedi {
namespace {

constexpr int64_t kNanosecondsPerMicrosecond = 1000;

[[noreturn]] void Throw(duckdb_error_data data) {
  const char* text = duckdb_error_data_message(data);
  const std::string message = text != nullptr ? text : "DuckDB gave no reason";
  duckdb_destroy_error_data(&data);
  ThrowIfCancelled();
  const std::optional<RemoteError> remote = ExplainRemoteError(message);
  throw Error(remote ? remote->code : ErrorCode::kUnavailable, remote ? remote->line : message);
}

// Waits between two attempts. Throws kCancelled after a signal.
void Sleep(std::chrono::milliseconds time) {
  constexpr std::chrono::milliseconds kSlice(50);
  for (; time.count() > 0; time -= kSlice) {
    ThrowIfCancelled();
    std::this_thread::sleep_for(std::min(time, kSlice));
  }
  ThrowIfCancelled();
}

// An open file of DuckDB with a connection of its own: an open file belongs to a connection, needs
// its transaction (in which credentials are looked up), and has a position at which it reads.
class DuckdbFile : public ObjectHandle {
 public:
  DuckdbFile(Database& database, const std::string& path) : connection_(database) {
    connection_.Execute("BEGIN");
    duckdb_connection_get_client_context(connection_.handle(), &context_);
    file_system_ = duckdb_client_context_get_file_system(context_);
    duckdb_file_open_options options = duckdb_create_file_open_options();
    duckdb_file_open_options_set_flag(options, DUCKDB_FILE_FLAG_READ, true);
    const duckdb_state state =
        duckdb_file_system_open(file_system_, path.c_str(), options, &handle_);
    duckdb_destroy_file_open_options(&options);
    if (state == DuckDBSuccess) return;
    const duckdb_error_data reason = duckdb_file_system_error_data(file_system_);
    Destroy();
    Throw(reason);
  }
  ~DuckdbFile() override { Destroy(); }
  DuckdbFile(const DuckdbFile&) = delete;
  DuckdbFile& operator=(const DuckdbFile&) = delete;

  uint64_t size_bytes() override {
    const int64_t size = duckdb_file_handle_size(handle_);
    if (size < 0) Throw(duckdb_file_handle_error_data(handle_));
    return static_cast<uint64_t>(size);
  }

  size_t Read(uint64_t offset, std::span<char> out) override {
    ThrowIfCancelled();
    if (duckdb_file_handle_seek(handle_, static_cast<int64_t>(offset)) == DuckDBError) {
      Throw(duckdb_file_handle_error_data(handle_));
    }
    const int64_t count =
        duckdb_file_handle_read(handle_, out.data(), static_cast<int64_t>(out.size()));
    if (count < 0) Throw(duckdb_file_handle_error_data(handle_));
    return static_cast<size_t>(count);
  }

 private:
  void Destroy() {
    duckdb_destroy_file_handle(&handle_);
    duckdb_destroy_file_system(&file_system_);
    duckdb_destroy_client_context(&context_);
  }

  Connection connection_;
  duckdb_client_context context_ = nullptr;
  duckdb_file_system file_system_ = nullptr;
  duckdb_file_handle handle_ = nullptr;
};

class NewObject final : public NewFile {
 public:
  NewObject(const FileStore& store, const std::filesystem::path& path)
      : store_(store), path_(path) {}
  void Append(std::string_view bytes) override { bytes_ += bytes; }
  void Finish() override { store_.WriteNew(path_, bytes_); }

 private:
  const FileStore& store_;
  std::filesystem::path path_;
  std::string bytes_;
};

}  // namespace

S3Files::S3Files(Database& database) : database_(database) {
  Connection connection(database);
  EnableS3(database, connection);
}

std::unique_ptr<const ReadableFile> S3Files::Open(const std::filesystem::path& path) const {
  const auto open = [this, name = path.string()] {
    return std::make_unique<DuckdbFile>(database_, name);
  };
  return std::make_unique<RemoteFile>(path.string(), open, Sleep);
}

std::optional<FileStatus> S3Files::Stat(const std::filesystem::path& path) const {
  try {
    return Open(path)->status();
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kNotFound) return std::nullopt;
    throw;
  }
}

void S3Files::WriteNew(const std::filesystem::path& path, std::string_view bytes) const {
  WithRetries(RetryLimits{}, Sleep, [&] {
    // Not through the C file API: destroying a handle whose upload failed ends the process.
    Connection(database_).Execute(
        fmt::format("COPY (SELECT $1::BLOB) TO {} (FORMAT blob)", QuoteLiteral(path.string())),
        {Blob{std::string(bytes)}});
    ConfirmDurable(path, bytes.size());
  });
}

std::unique_ptr<NewFile> S3Files::Create(const std::filesystem::path& path) const {
  return std::make_unique<NewObject>(*this, path);
}

void S3Files::ConfirmDurable(const std::filesystem::path& path, uint64_t size_bytes) const {
  const std::optional<FileStatus> status = Stat(path);
  if (status && status->size_bytes == size_bytes) return;
  throw Error(
      ErrorCode::kUnavailable,
      fmt::format("{}: the upload was lost: {} bytes were sent, {}", path.string(), size_bytes,
                  status ? fmt::format("{} are there", status->size_bytes)
                         : std::string("nothing is there")));
}

bool S3Files::HasObjects(const std::string& path_prefix) const {
  Connection connection(database_);
  return connection.Integer("SELECT count(*) FROM (SELECT file FROM glob($1) LIMIT 1)",
                            {path_prefix + "*"}) > 0;
}

FeedListing S3Files::List(const std::string& folder, const FileRule& rule) const {
  Connection connection(database_);
  std::vector<ListedObject> objects;
  try {
    // read_blob opens no object if only these three columns are selected.
    Result result = connection.Query(
        "SELECT filename, size::UBIGINT, epoch_us(last_modified)::BIGINT FROM read_blob($1)",
        {folder + "/**"});
    for (const TextRow& row : result.Rows()) {
      objects.push_back({row[0].value(), std::stoull(row[1].value()),
                         std::stoll(row[2].value()) * kNanosecondsPerMicrosecond});
    }
  } catch (const Error& error) {
    if (std::string_view(error.what()).find("Invalid query parameters") != std::string_view::npos) {
      throw Error(ErrorCode::kInvalid,
                  fmt::format("{}: an object below it has a '?' in its name, which DuckDB cannot "
                              "open: rename it",
                              folder));
    }
    if (error.code() != ErrorCode::kNotFound || HasObjects(folder + "/")) throw;
  }
  if (objects.empty()) {
    throw Error(
        ErrorCode::kInvalid,
        fmt::format("there is nothing at {}/: check the feed's path and --landing", folder));
  }
  return ListObjects(folder, objects, *this, rule);
}

}  // namespace stedi
