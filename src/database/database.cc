#include "database/database.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <set>
#include <utility>

#include "base/machine.h"
#include "database/remote_error.h"
#include "database/value_masking.h"

namespace stedi {
namespace {

// Signals arrive once for the whole process, so the list of open connections is the process's too.
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

// DuckDB shows the statement below its message, and puts what it proposes on lines of their own;
// where the first line may quote a value, the others may hold more of it.
std::string OneLine(std::string message, duckdb_error_type type) {
  const char* const end = QuotesValues(type) ? "\n" : "\n\nLINE ";
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

// Of an error as JSON: what of the machine is in its way, as DuckDB tells it without JSON.
std::optional<std::string> MemoryErrorIn(const std::string& message) {
  constexpr std::string_view kType = "{\"exception_type\":\"Out of Memory\"";
  constexpr std::string_view kText = "\"exception_message\":\"";
  if (!message.starts_with(kType)) return std::nullopt;
  const size_t begin = std::min(message.find(kText), message.size() - kText.size()) + kText.size();
  return "Out of Memory Error: " +
         message.substr(begin, message.find_first_of("\\\"", begin) - begin);
}

[[noreturn]] void Throw(duckdb_error_type type, const char* text) {
  // A cancelled scan ends with an error of its own: the signal is the reason.
  ThrowIfCancelled();
  std::string message = text != nullptr ? text : "DuckDB gave no reason";
  if (std::optional<RemoteError> remote = ExplainRemoteError(message)) {
    throw SqlError(remote->code, remote->line, DUCKDB_ERROR_IO, "");
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
    // What follows is a part of our own statement: the system failed, not the statement.
    message = message.substr(0, message.find('\n'));
  }
  std::string detail;
  if (const size_t brace = message.find("{\"exception_type\""); brace != std::string::npos) {
    detail = message.substr(brace);
  }
  throw SqlError(CodeOf(type), OneLine(std::move(message), type), type, std::move(detail));
}

// The C API tells the type of such an error in its text alone.
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

Result& Result::operator=(Result&& other) noexcept {
  std::swap(result_, other.result_);
  return *this;
}

std::vector<TextRow> Result::NextRows() {
  std::vector<TextRow> rows;
  duckdb_data_chunk chunk = duckdb_fetch_chunk(result_);
  if (chunk == nullptr) return rows;
  rows.assign(duckdb_data_chunk_get_size(chunk), TextRow(column_count()));
  for (idx_t column = 0; column < column_count(); ++column) {
    const duckdb_vector vector = duckdb_data_chunk_get_vector(chunk, column);
    const duckdb_type type = column_type(column);
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
  // Known only once the statically linked icu extension is there, so not an option of the database.
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
  duckdb_result raw{};
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
  Result result(raw);
  if (state == DuckDBError) Throw(duckdb_result_error_type(&raw), duckdb_result_error(&raw));
  return result;
}

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

void RegisterFunction(Connection& connection, const std::string& name, const ScalarFunction& one) {
  duckdb_scalar_function made = duckdb_create_scalar_function();
  duckdb_logical_type parameter = duckdb_create_logical_type(one.parameter);
  duckdb_logical_type result = duckdb_create_logical_type(one.result);
  duckdb_scalar_function_set_name(made, name.c_str());
  if (one.parameter == DUCKDB_TYPE_ANY) {
    duckdb_scalar_function_set_varargs(made, parameter);
  } else {
    duckdb_scalar_function_add_parameter(made, parameter);
  }
  duckdb_scalar_function_set_return_type(made, result);
  duckdb_scalar_function_set_special_handling(made);
  if (one.is_volatile) duckdb_scalar_function_set_volatile(made);
  duckdb_scalar_function_set_extra_info(made, one.state, nullptr);
  duckdb_scalar_function_set_function(made, one.function);
  if (one.init != nullptr) duckdb_scalar_function_set_init(made, one.init);
  const duckdb_state done = duckdb_register_scalar_function(connection.handle(), made);
  duckdb_destroy_scalar_function(&made);
  duckdb_destroy_logical_type(&parameter);
  duckdb_destroy_logical_type(&result);
  if (done == DuckDBError) {
    throw Error(ErrorCode::kInternal, fmt::format("DuckDB refused the function {}", name));
  }
}

std::string SelectDropped(const std::string& name, const std::string& select,
                          const std::vector<std::string>& columns) {
  std::string names;
  for (const std::string& column : columns) {
    names += (names.empty() ? "" : ", ") + QuoteIdentifier(column);
  }
  return fmt::format(
      "SELECT 1 FROM (SELECT {}({}) AS stedi_passes FROM (\n{}\n)) WHERE NOT stedi_passes",
      QuoteIdentifier(name), names, select);
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
  // LoadExtension alone loads any: those beside the program, like its shared libraries. Their
  // signature was checked when they were fetched; to check it again takes 50 ms of each run.
  set("allow_unsigned_extensions", "true");
  set("allow_persistent_secrets", "false");  // of the user's own DuckDB: not asked for here
  set("temp_directory", options.temp_folder.string());
  set("preserve_insertion_order", options.preserve_order ? "true" : "false");
  // Both always: to find out what there is DuckDB reads files of the system, and ends the program
  // where it cannot.
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
  const std::filesystem::path path = std::filesystem::read_symlink("/proc/self/exe").parent_path() /
                                     "extensions" / fmt::format("{}.duckdb_extension", name);
  if (!std::filesystem::exists(path)) {
    throw Error(
        ErrorCode::kUnavailable,
        fmt::format(
            "DuckDB's extension '{}' is not beside the program ({}): build again with make release",
            name, path.string()));
  }
  connection.Execute("LOAD " + QuoteLiteral(path.string()));
  if (name == "httpfs") {
    // It copies the environment's keys into settings, which any SELECT can print.
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
