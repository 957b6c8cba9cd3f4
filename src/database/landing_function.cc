// Values are copied to DuckDB by memcpy, in slices of 2,048 rows of a RowBlock. The bytes of long
// strings are not copied: their cells point into the block, which stays valid until the same thread
// asks for its next block. By then DuckDB has consumed the chunk.
#include "database/landing_function.h"

#include <duckdb.h>
#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <cstring>
#include <exception>
#include <memory>
#include <thread>
#include <vector>

namespace stedi {
namespace {

static_assert(sizeof(StringCell) == sizeof(duckdb_string_t));
static_assert(offsetof(StringCell, prefix) == 4 && offsetof(StringCell, pointer) == 8);

constexpr idx_t kBitsPerWord = 64;

struct GlobalState {
  std::vector<idx_t> columns;  // the requested ones, as indices of the function's columns
};

struct LocalState {
  explicit LocalState(LandingScan& scan) : reader(scan) {}
  LandingReader reader;
  const RowBlock* block = nullptr;
  idx_t next_row = 0;
};

LandingScan& ScanOf(void* extra_info) { return *static_cast<LandingScan*>(extra_info); }

size_t WidthOf(ColumnType type) {
  switch (type) {
    case ColumnType::kString:
      return sizeof(StringCell);
    case ColumnType::kBigint:
    case ColumnType::kDouble:
      return 8;
    case ColumnType::kInt:
      return 4;
    case ColumnType::kBoolean:
      return 1;
  }
  assert(false);
  return 0;
}

duckdb_type TypeOf(ColumnType type) {
  switch (type) {
    case ColumnType::kString:
      return DUCKDB_TYPE_VARCHAR;
    case ColumnType::kBigint:
      return DUCKDB_TYPE_BIGINT;
    case ColumnType::kDouble:
      return DUCKDB_TYPE_DOUBLE;
    case ColumnType::kInt:
      return DUCKDB_TYPE_INTEGER;
    case ColumnType::kBoolean:
      return DUCKDB_TYPE_BOOLEAN;
  }
  assert(false);
  return DUCKDB_TYPE_INVALID;
}

void AddColumn(duckdb_bind_info info, const std::string& name, duckdb_type type) {
  duckdb_logical_type logical = duckdb_create_logical_type(type);
  duckdb_bind_add_result_column(info, name.c_str(), logical);
  duckdb_destroy_logical_type(&logical);
}

void Bind(duckdb_bind_info info) noexcept {
  try {
    const LandingScan& scan = ScanOf(duckdb_bind_get_extra_info(info));
    for (const ContractColumn& column : scan.contract().columns) {
      AddColumn(info, column.name, TypeOf(column.type));
    }
    for (const AddedColumn& column : AddedColumns(scan.contract().keep_unfit)) {
      AddColumn(info, std::string(column.name), TypeOf(column.type));
    }
  } catch (const std::exception& error) {
    duckdb_bind_set_error(info, error.what());
  }
}

void Init(duckdb_init_info info) noexcept {
  try {
    auto state = std::make_unique<GlobalState>();
    for (idx_t i = 0; i < duckdb_init_get_column_count(info); ++i) {
      state->columns.push_back(duckdb_init_get_column_index(info, i));
    }
    duckdb_init_set_max_threads(info, std::max(1U, std::thread::hardware_concurrency()));
    duckdb_init_set_init_data(info, state.release(),
                              [](void* data) { delete static_cast<GlobalState*>(data); });
  } catch (const std::exception& error) {
    duckdb_init_set_error(info, error.what());
  }
}

void LocalInit(duckdb_init_info info) noexcept {
  try {
    auto state = std::make_unique<LocalState>(ScanOf(duckdb_init_get_extra_info(info)));
    duckdb_init_set_init_data(info, state.release(),
                              [](void* data) { delete static_cast<LocalState*>(data); });
  } catch (const std::exception& error) {
    duckdb_init_set_error(info, error.what());
  }
}

void CopySlice(duckdb_vector vector, const ColumnData& column, size_t width, idx_t first,
               idx_t rows) {
  std::memcpy(duckdb_vector_get_data(vector), static_cast<const char*>(column.data) + first * width,
              rows * width);
  if (column.validity == nullptr) return;
  assert(first % kBitsPerWord == 0);
  duckdb_vector_ensure_validity_writable(vector);
  std::memcpy(duckdb_vector_get_validity(vector), column.validity + first / kBitsPerWord,
              (rows + kBitsPerWord - 1) / kBitsPerWord * sizeof(uint64_t));
}

void FillConstant(duckdb_vector vector, std::string_view text) {
  duckdb_value value = duckdb_create_varchar_length(text.data(), text.size());
  duckdb_vector_reference_value(vector, value);
  duckdb_destroy_value(&value);
}

// After the columns of the contract come the AddedColumns(), in their order.
void FillColumn(duckdb_vector vector, const LandingScan& scan, idx_t column,
                const LocalState& state, idx_t rows) {
  const RowBlock& block = *state.block;
  const std::vector<ContractColumn>& contract = scan.contract().columns;
  if (column < contract.size()) {
    CopySlice(vector, block.columns[column], WidthOf(contract[column].type), state.next_row, rows);
  } else if (column == contract.size()) {
    FillConstant(vector, block.file);
  } else if (column == contract.size() + 1) {
    CopySlice(vector, {block.offsets, nullptr}, sizeof(int64_t), state.next_row, rows);
  } else {
    const bool is_rescued = column == contract.size() + 2;
    CopySlice(vector, is_rescued ? block.rescued : block.unfit, sizeof(StringCell), state.next_row,
              rows);
  }
}

void Scan(duckdb_function_info info, duckdb_data_chunk output) noexcept {
  try {
    const LandingScan& scan = ScanOf(duckdb_function_get_extra_info(info));
    const auto& global = *static_cast<GlobalState*>(duckdb_function_get_init_data(info));
    auto& state = *static_cast<LocalState*>(duckdb_function_get_local_init_data(info));
    if (StatementsCancelled()) {
      duckdb_function_set_error(info, "cancelled");
      return;
    }
    if (state.block == nullptr || state.next_row == state.block->rows) {
      state.block = state.reader.NextBlock();
      state.next_row = 0;
    }
    if (state.block == nullptr) {
      duckdb_data_chunk_set_size(output, 0);
      return;
    }
    const idx_t rows = std::min<idx_t>(duckdb_vector_size(), state.block->rows - state.next_row);
    for (idx_t i = 0; i < global.columns.size(); ++i) {
      FillColumn(duckdb_data_chunk_get_vector(output, i), scan, global.columns[i], state, rows);
    }
    state.next_row += rows;
    duckdb_data_chunk_set_size(output, rows);
  } catch (const std::exception& error) {
    duckdb_function_set_error(info, error.what());
  }
}

}  // namespace

void RegisterLandingFunction(Connection& connection, const std::string& name, LandingScan& scan) {
  duckdb_table_function function = duckdb_create_table_function();
  duckdb_table_function_set_name(function, name.c_str());
  duckdb_table_function_set_extra_info(function, &scan, nullptr);
  duckdb_table_function_set_bind(function, Bind);
  duckdb_table_function_set_init(function, Init);
  duckdb_table_function_set_local_init(function, LocalInit);
  duckdb_table_function_set_function(function, Scan);
  duckdb_table_function_supports_projection_pushdown(function, true);
  const duckdb_state state = duckdb_register_table_function(connection.handle(), function);
  duckdb_destroy_table_function(&function);
  if (state == DuckDBError) {
    throw Error(ErrorCode::kInternal, fmt::format("DuckDB refused the table function {}", name));
  }
}

}  // namespace stedi
