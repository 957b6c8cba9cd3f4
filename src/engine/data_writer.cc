#include "engine/data_writer.h"

#include <fmt/format.h>

#include <map>

#include "engine/column_types.h"

namespace stedi {
namespace {

constexpr const char* kFileSize = "512MB";
// The default level makes files 1 to 4 % smaller and writing them 17 % dearer
// (docs/performance.md).
constexpr int kZstdLevel = 1;
// Different values of a column in a row group above which it is no dictionary. The default is a
// fifth of the rows: its table is larger than the caches, most columns fill it in vain
// (docs/performance.md).
constexpr int kDictionaryMax = 4096;

struct WrittenFile {
  std::string path;
  int64_t rows = 0;
  int64_t bytes = 0;
  std::map<std::string, ColumnStatistics> statistics;
};

std::string TextAt(duckdb_vector vector, idx_t row) {
  auto* text = static_cast<duckdb_string_t*>(duckdb_vector_get_data(vector)) + row;
  return {duckdb_string_t_data(text), duckdb_string_t_length(*text)};
}

// RETURN_STATS quotes column names as SQL identifiers.
std::string Unquote(const std::string& name) {
  if (name.size() < 2 || name.front() != '"') return name;
  std::string out;
  for (size_t i = 1; i + 1 < name.size(); ++i) {
    out += name[i];
    if (name[i] == '"') ++i;
  }
  return out;
}

// A MAP vector is a list of struct(key, value).
struct MapVector {
  duckdb_vector keys;
  duckdb_vector values;
  duckdb_list_entry* entries;
  explicit MapVector(duckdb_vector map) {
    const duckdb_vector pairs = duckdb_list_vector_get_child(map);
    keys = duckdb_struct_vector_get_child(pairs, 0);
    values = duckdb_struct_vector_get_child(pairs, 1);
    entries = static_cast<duckdb_list_entry*>(duckdb_vector_get_data(map));
  }
};

std::map<std::string, ColumnStatistics> StatisticsAt(duckdb_vector vector, idx_t row) {
  std::map<std::string, ColumnStatistics> out;
  const MapVector columns(vector);
  const MapVector numbers(columns.values);
  const duckdb_list_entry& list = columns.entries[row];
  for (idx_t i = list.offset; i < list.offset + list.length; ++i) {
    ColumnStatistics& column = out[Unquote(TextAt(columns.keys, i))];
    const duckdb_list_entry& inner = numbers.entries[i];
    for (idx_t k = inner.offset; k < inner.offset + inner.length; ++k) {
      column[TextAt(numbers.keys, k)] = TextAt(numbers.values, k);
    }
  }
  return out;
}

// Columns of RETURN_STATS: filename, count, file_size_bytes, footer_size_bytes, column_statistics,
// ..
std::vector<WrittenFile> ReadStatistics(duckdb_result& result) {
  std::vector<WrittenFile> files;
  while (duckdb_data_chunk chunk = duckdb_fetch_chunk(result)) {
    const auto column = [&](idx_t index) { return duckdb_data_chunk_get_vector(chunk, index); };
    const auto number = [&](idx_t index, idx_t row) {
      return static_cast<int64_t>(
          static_cast<uint64_t*>(duckdb_vector_get_data(column(index)))[row]);
    };
    for (idx_t row = 0; row < duckdb_data_chunk_get_size(chunk); ++row) {
      files.push_back(
          {TextAt(column(0), row), number(1, row), number(2, row), StatisticsAt(column(4), row)});
    }
    duckdb_destroy_data_chunk(&chunk);
  }
  return files;
}

}  // namespace

std::vector<DataFile> WriteDataFiles(Connection& connection, Storage& storage,
                                     const std::string& select, const DataTarget& target,
                                     const RowTally* tally) {
  const FileStore& store = storage.Of(target.folder);
  store.MakeFolder(target.folder);
  std::string columns;
  std::string field_ids;
  std::vector<std::string> names;
  for (const Field& field : target.schema.fields) {
    const std::string name = QuoteIdentifier(field.name);
    const char* comma = columns.empty() ? "" : ", ";
    columns += fmt::format("{}CAST({} AS {}) AS {}", comma, name, DuckdbType(field.type), name);
    field_ids += fmt::format("{}{}: {}", comma, name, field.id);
    names.push_back(field.name);
  }
  std::string rows = fmt::format("SELECT {} FROM (\n{}\n)", columns, select);
  if (tally != nullptr) rows = tally->Wrap(rows, names);
  Result result = connection.Query(fmt::format(
      "COPY ({}) TO {} (FORMAT parquet, CODEC zstd, COMPRESSION_LEVEL {}, DICTIONARY_SIZE_LIMIT "
      "{}, "
      "WRITE_BLOOM_FILTER false, "
      "FIELD_IDS {{{}}}, RETURN_STATS, FILE_SIZE_BYTES '{}', FILENAME_PATTERN '{{uuidv7}}', "
      "APPEND true)",
      rows, QuoteLiteral(target.folder.string()), kZstdLevel, kDictionaryMax, field_ids,
      kFileSize));
  std::vector<DataFile> files;
  for (const WrittenFile& written : ReadStatistics(result.handle())) {
    if (written.rows == 0) {
      store.Remove(written.path);
      continue;
    }
    store.Settle(written.path, static_cast<uint64_t>(written.bytes));
    files.push_back(MakeDataFile(written.path, written.rows, written.bytes, target.schema,
                                 written.statistics, target.without_bounds));
  }
  store.SettleFolder(target.folder);
  return files;
}

}  // namespace stedi
