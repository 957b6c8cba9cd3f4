#include "database/database.h"

#include <duckdb.h>
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <set>
#include <utility>

#include "base/machine.h"
#include "base/program_folder.h"
#include "database/remote_error.h"

namespace stedi {
namespace {

// The open connections of the whole process, because a signal concerns the whole process.
struct OpenConnections {
  std::mutex mutex;
  std::set<duckdb_connection> connections;
  std::atomic<bool> cancelled{false};
  std::atomic<bool> waits_for_network{false};
};

OpenConnections& Open() {
  static OpenConnections open;
  return open;
}

class PreparedStatement {
 public:
  PreparedStatement() = default;
  ~PreparedStatement() { duckdb_destroy_prepare(&statement); }
  PreparedStatement(const PreparedStatement&) = delete;
  PreparedStatement& operator=(const PreparedStatement&) = delete;
  duckdb_prepared_statement statement = nullptr;
};

ErrorCode CodeOf(duckdb_error_type type) {
  switch (type) {
    case DUCKDB_ERROR_INTERRUPT:
      return ErrorCode::kCancelled;
    case DUCKDB_ERROR_IO:
    case DUCKDB_ERROR_OUT_OF_MEMORY:
    case DUCKDB_ERROR_CONNECTION:
    case DUCKDB_ERROR_HTTP:
      return ErrorCode::kUnavailable;
    case DUCKDB_ERROR_INTERNAL:
    case DUCKDB_ERROR_FATAL:
      return ErrorCode::kInternal;
    default:
      return ErrorCode::kInvalid;
  }
}

SqlFault FaultOf(duckdb_error_type type) {
  switch (type) {
    case DUCKDB_ERROR_BINDER:
    case DUCKDB_ERROR_CATALOG:
    case DUCKDB_ERROR_PARSER:
      return SqlFault::kStatement;
    case DUCKDB_ERROR_INVALID_INPUT:
      return SqlFault::kInvalidInput;
    case DUCKDB_ERROR_IO:
      return SqlFault::kIo;
    case DUCKDB_ERROR_OUT_OF_MEMORY:
      return SqlFault::kOutOfMemory;
    case DUCKDB_ERROR_INTERRUPT:
      return SqlFault::kInterrupt;
    default:
      return SqlFault::kValue;
  }
}

// Returns the message as one line, without the statement that DuckDB shows below it. DuckDB puts
// its suggestions on further lines. These are kept, unless the first line may quote a value: then
// they may contain more of it.
std::string OneLine(std::string message, SqlFault fault) {
  const char* const end = QuotesValues(fault) ? "\n" : "\n\nLINE ";
  message.resize(std::min(message.size(), message.find(end)));
  std::string line;
  for (const char c : message) {
    if (c != '\n' && c != '\t') {
      line += c;
    } else if (!line.empty() && line.back() != ' ') {
      line += ' ';
    }
  }
  line.resize(line.find_last_not_of(' ') + 1);
  return line;
}

// If `message` is an out-of-memory error as JSON, returns the text that DuckDB would give without
// JSON; else nothing.
std::optional<std::string> MemoryErrorIn(const std::string& message) {
  constexpr std::string_view kType = "{\"exception_type\":\"Out of Memory\"";
  constexpr std::string_view kText = "\"exception_message\":\"";
  if (!message.starts_with(kType)) return std::nullopt;
  const size_t begin = std::min(message.find(kText), message.size() - kText.size()) + kText.size();
  return "Out of Memory Error: " +
         message.substr(begin, message.find_first_of("\\\"", begin) - begin);
}

[[noreturn]] void Throw(duckdb_error_type type, const char* text) {
  // A cancelled scan fails with an error of its own, but the signal is the reason.
  ThrowIfCancelled();
  std::string message = text != nullptr ? text : "DuckDB gave no reason";
  if (std::optional<RemoteError> remote = ExplainRemoteError(message)) {
    throw SqlError(remote->code, remote->line, SqlFault::kIo, "");
  }
  if (std::optional<std::string> memory = MemoryErrorIn(message)) {
    type = DUCKDB_ERROR_OUT_OF_MEMORY;
    message = std::move(*memory);
  }
  if (type == DUCKDB_ERROR_OUT_OF_MEMORY) {  // DuckDB's advice is about its own settings
    message =
        fmt::format("{}: a run may take more with --memory", message.substr(0, message.find('\n')));
  }
  if (CodeOf(type) == ErrorCode::kUnavailable) {
    // The further lines show a part of our own statement, which is not at fault.
    message = message.substr(0, message.find('\n'));
  }
  std::string detail;
  if (const size_t brace = message.find("{\"exception_type\""); brace != std::string::npos) {
    detail = message.substr(brace);
  }
  const SqlFault fault = FaultOf(type);
  throw SqlError(CodeOf(type), OneLine(std::move(message), fault), fault, std::move(detail));
}

// The C API gives the type of such an error only as a part of its text.
[[noreturn]] void ThrowPrepareError(duckdb_prepared_statement statement) {
  const char* const text = duckdb_prepare_error(statement);
  const std::string_view message = text != nullptr ? text : "";
  duckdb_error_type type = DUCKDB_ERROR_INVALID_INPUT;
  if (message.starts_with("Binder Error")) type = DUCKDB_ERROR_BINDER;
  if (message.starts_with("Catalog Error")) type = DUCKDB_ERROR_CATALOG;
  if (message.starts_with("Parser Error")) type = DUCKDB_ERROR_PARSER;
  Throw(type, text);
}

void Bind(duckdb_prepared_statement statement, idx_t index, const SqlValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) {
    duckdb_bind_varchar_length(statement, index, text->data(), text->size());
  } else if (const auto* integer = std::get_if<int64_t>(&value)) {
    duckdb_bind_int64(statement, index, *integer);
  } else if (const auto* real = std::get_if<double>(&value)) {
    duckdb_bind_double(statement, index, *real);
  } else if (const auto* blob = std::get_if<Blob>(&value)) {
    duckdb_bind_blob(statement, index, blob->bytes.data(), blob->bytes.size());
  } else {
    duckdb_bind_null(statement, index);
  }
}

template <class T>
T ValueAt(duckdb_vector vector, idx_t row) {
  return static_cast<T*>(duckdb_vector_get_data(vector))[row];
}

std::string RenderValue(duckdb_vector vector, duckdb_type type, idx_t row) {
  switch (type) {
    case DUCKDB_TYPE_VARCHAR:
    case DUCKDB_TYPE_BLOB: {
      auto* text = static_cast<duckdb_string_t*>(duckdb_vector_get_data(vector)) + row;
      return {duckdb_string_t_data(text), duckdb_string_t_length(*text)};
    }
    case DUCKDB_TYPE_BOOLEAN:
      return ValueAt<bool>(vector, row) ? "true" : "false";
    case DUCKDB_TYPE_INTEGER:
      return fmt::format("{}", ValueAt<int32_t>(vector, row));
    case DUCKDB_TYPE_BIGINT:
      return fmt::format("{}", ValueAt<int64_t>(vector, row));
    case DUCKDB_TYPE_UBIGINT:
      return fmt::format("{}", ValueAt<uint64_t>(vector, row));
    case DUCKDB_TYPE_DOUBLE:
      return fmt::format("{}", ValueAt<double>(vector, row));
    default:
      throw Error(ErrorCode::kInternal, fmt::format("result column of DuckDB type {} must be cast",
                                                    static_cast<int>(type)));
  }
}

}  // namespace

struct Result::Handle {
  explicit Handle(duckdb_result of_statement) : result(of_statement) {}
  ~Handle() { duckdb_destroy_result(&result); }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  duckdb_result result;
};

Result::Result() = default;
Result::Result(std::unique_ptr<Handle> handle) : handle_(std::move(handle)) {}
Result::Result(Result&& other) noexcept = default;
Result& Result::operator=(Result&& other) noexcept = default;
Result::~Result() = default;

size_t Result::column_count() const {
  return handle_ == nullptr ? 0 : duckdb_column_count(&handle_->result);
}

std::string Result::column_name(size_t column) const {
  return duckdb_column_name(&handle_->result, column);
}

std::vector<TextRow> Result::NextRows() {
  std::vector<TextRow> rows;
  if (handle_ == nullptr) return rows;
  duckdb_data_chunk chunk = duckdb_fetch_chunk(handle_->result);
  if (chunk == nullptr) return rows;
  rows.assign(duckdb_data_chunk_get_size(chunk), TextRow(column_count()));
  for (idx_t column = 0; column < column_count(); ++column) {
    const duckdb_vector vector = duckdb_data_chunk_get_vector(chunk, column);
    const duckdb_type type = duckdb_column_type(&handle_->result, column);
    uint64_t* validity = duckdb_vector_get_validity(vector);
    for (idx_t row = 0; row < rows.size(); ++row) {
      if (validity != nullptr && !duckdb_validity_row_is_valid(validity, row)) continue;
      rows[row][column] = RenderValue(vector, type, row);
    }
  }
  duckdb_destroy_data_chunk(&chunk);
  return rows;
}

std::vector<TextRow> Result::Rows() {
  std::vector<TextRow> all;
  for (std::vector<TextRow> rows = NextRows(); !rows.empty(); rows = NextRows()) {
    std::move(rows.begin(), rows.end(), std::back_inserter(all));
  }
  return all;
}

Connection::Connection(Database& database) {
  if (duckdb_connect(database.handle(), &connection_) == DuckDBError) {
    throw Error(ErrorCode::kInternal, "DuckDB refused a connection");
  }
  // The setting exists only once the statically linked icu extension is loaded, so the database
  // cannot be opened with it.
  duckdb_query(connection_, "SET TimeZone = 'UTC'", nullptr);
  const std::lock_guard lock(Open().mutex);
  Open().connections.insert(connection_);
}

Connection::~Connection() {
  {
    const std::lock_guard lock(Open().mutex);
    Open().connections.erase(connection_);
  }
  duckdb_disconnect(&connection_);
}

Result Connection::Query(const std::string& sql, const std::vector<SqlValue>& parameters) {
  ThrowIfCancelled();
  auto handle = std::make_unique<Result::Handle>(duckdb_result{});
  duckdb_result& raw = handle->result;
  duckdb_state state = DuckDBSuccess;
  if (parameters.empty()) {
    state = duckdb_query(connection_, sql.c_str(), &raw);
  } else {
    PreparedStatement prepared;
    if (duckdb_prepare(connection_, sql.c_str(), &prepared.statement) == DuckDBError) {
      ThrowPrepareError(prepared.statement);
    }
    for (size_t i = 0; i < parameters.size(); ++i) Bind(prepared.statement, i + 1, parameters[i]);
    state = duckdb_execute_prepared(prepared.statement, &raw);
  }
  if (state == DuckDBError) Throw(duckdb_result_error_type(&raw), duckdb_result_error(&raw));
  return Result(std::move(handle));
}

double Connection::PercentageDone() const { return duckdb_query_progress(connection_).percentage; }

void Connection::CheckSelect(const std::string& sql) {
  PreparedStatement prepared;
  if (duckdb_prepare(connection_, sql.c_str(), &prepared.statement) == DuckDBError) {
    ThrowPrepareError(prepared.statement);
  }
  if (duckdb_prepared_statement_type(prepared.statement) != DUCKDB_STATEMENT_TYPE_SELECT) {
    throw Error(ErrorCode::kInvalid,
                "only a SELECT can be run here: a lake is changed by stedi run");
  }
}

void Connection::Execute(const std::string& sql, const std::vector<SqlValue>& parameters) {
  Query(sql, parameters);
}

std::optional<std::string> Connection::Scalar(const std::string& sql,
                                              const std::vector<SqlValue>& parameters) {
  std::vector<TextRow> rows = Query(sql, parameters).Rows();
  if (rows.size() != 1 || rows[0].size() != 1) {
    throw Error(ErrorCode::kInternal, "a statement for one value gave another shape");
  }
  return std::move(rows[0][0]);
}

int64_t Connection::Integer(const std::string& sql, const std::vector<SqlValue>& parameters) {
  const std::optional<std::string> text = Scalar(sql, parameters);
  return text.has_value() ? std::stoll(*text) : 0;
}

Database::Database(const DatabaseOptions& options) {
  duckdb_config config = nullptr;
  duckdb_create_config(&config);
  const auto set = [&](const char* name, const std::string& value) {
    if (duckdb_set_config(config, name, value.c_str()) == DuckDBError) {
      duckdb_destroy_config(&config);
      throw Error(ErrorCode::kInternal, fmt::format("DuckDB does not take {} = '{}'", name, value));
    }
  };
  set("autoinstall_known_extensions", "false");
  set("autoload_known_extensions", "false");
  // Only LoadExtension loads extensions, and only those in the program's own folder. Their
  // signatures were checked when they were fetched; checking them again would take 50 ms of each
  // run.
  set("allow_unsigned_extensions", "true");
  set("allow_persistent_secrets", "false");  // those of the user's own DuckDB are not meant for us
  set("temp_directory", options.temp_folder.string());
  set("preserve_insertion_order", options.preserve_order ? "true" : "false");
  // Both are always set: to find its defaults, DuckDB reads files of the system, and it ends the
  // program where it cannot read them.
  set("threads", fmt::format("{}", options.threads > 0 ? options.threads : MachineThreads()));
  set("memory_limit", fmt::format("{}B", options.memory_bytes > 0 ? options.memory_bytes
                                                                  : MachineMemory() / 5 * 4));
  char* error = nullptr;
  const duckdb_state state = duckdb_open_ext(nullptr, &database_, config, &error);
  duckdb_destroy_config(&config);
  if (state == DuckDBError) {
    const std::string message = error != nullptr ? error : "no reason given";
    duckdb_free(error);
    throw Error(ErrorCode::kUnavailable, "cannot start DuckDB: " + message);
  }
}

std::string_view DuckdbVersion() { return duckdb_library_version(); }

Database::~Database() { duckdb_close(&database_); }

void Database::LoadExtension(Connection& connection, std::string_view name) {
  const std::lock_guard lock(mutex_);
  if (std::ranges::find(loaded_, name) != loaded_.end()) return;
  const std::filesystem::path path =
      ProgramFolder() / "extensions" / fmt::format("{}.duckdb_extension", name);
  if (!std::filesystem::exists(path)) {
    throw Error(
        ErrorCode::kUnavailable,
        fmt::format(
            "DuckDB's extension '{}' is not beside the program ({}): build again with make release",
            name, path.string()));
  }
  connection.Execute("LOAD " + QuoteLiteral(path.string()));
  if (name == "httpfs") {
    // httpfs copies the keys in the environment into settings, which any SELECT can print.
    for (const char* setting : {"s3_access_key_id", "s3_secret_access_key", "s3_session_token"}) {
      connection.Execute(fmt::format("SET GLOBAL {} = ''", setting));
    }
  }
  loaded_.emplace_back(name);
}

namespace {
std::string Quote(std::string_view text, char mark) {
  std::string out(1, mark);
  for (const char c : text) {
    out += c;
    if (c == mark) out += mark;
  }
  return out + mark;
}
}  // namespace

std::string QuoteLiteral(std::string_view text) { return Quote(text, '\''); }
std::string QuoteLiterals(const std::set<std::string>& texts) {
  std::string list;
  for (const std::string& text : texts) list += (list.empty() ? "" : ", ") + QuoteLiteral(text);
  return list;
}
std::string QuoteIdentifier(std::string_view name) { return Quote(name, '"'); }

void CancelStatements() {
  Open().cancelled = true;
  const std::lock_guard lock(Open().mutex);
  for (duckdb_connection connection : Open().connections) duckdb_interrupt(connection);
}

std::chrono::milliseconds StopPatience() {
  constexpr std::chrono::milliseconds kPatience(5000);
  constexpr std::chrono::milliseconds kNetworkPatience(1500);
  return Open().waits_for_network ? kNetworkPatience : kPatience;
}

void ExpectNetworkWaits() { Open().waits_for_network = true; }

bool StatementsCancelled() { return Open().cancelled; }

void ThrowIfCancelled() {
  if (Open().cancelled) throw Error(ErrorCode::kCancelled, "cancelled: nothing was published");
}

}  // namespace stedi
