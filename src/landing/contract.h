// The contract of a feed: the names and types of the columns that its records must fit.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stedi {

enum class ColumnType : uint8_t { kString, kBigint, kInt, kDouble, kBoolean };

struct ContractColumn {
  std::string name;  // its ASCII letters are lower case; keys match in any case
  ColumnType type = ColumnType::kString;
  bool not_null = false;
  bool empty_is_null = false;  // the empty string counts as null
};

// At most kContractColumnsMax columns; names are unique.
struct Contract {
  std::vector<ContractColumn> columns;
  // If true, a value that its nullable column cannot hold does not reject the record: the column is
  // NULL, and _rescued contains the value. This does not apply to the first of `rejected_columns`.
  bool keep_unfit = false;
  // The columns whose values are searched for in the bytes of a rejected record
  // (rejected_values.h), as indices into `columns`. Empty: no values are searched for.
  std::vector<size_t> rejected_columns = {};
};
inline constexpr size_t kContractColumnsMax = 256;

// Columns that a landing table has after those of its contract.
inline constexpr const char* kFileColumn = "_source_file";
inline constexpr const char* kOffsetColumn = "_offset";
inline constexpr const char* kRescuedColumn = "_rescued";
inline constexpr const char* kUnfitColumn = "_unfit";  // only with Contract::keep_unfit
struct AddedColumn {
  std::string_view name;
  ColumnType type;
  bool is_personal;  // it may contain any landing data
  const char* comment;
};
// In the order of the table; kUnfitColumn is the last.
inline constexpr std::array<AddedColumn, 4> kAddedColumns = {{
    {kFileColumn, ColumnType::kString, false, "landing file, relative to the feed's folder"},
    {kOffsetColumn, ColumnType::kBigint, false, "byte of the record's { in the decoded file"},
    {kRescuedColumn, ColumnType::kString, true,
     "JSON object of the keys the contract does not name"},
    {kUnfitColumn, ColumnType::kString, false,
     "columns whose values they cannot hold, separated by commas: they are NULL"},
}};
constexpr std::span<const AddedColumn> AddedColumns(bool keep_unfit) {
  return std::span(kAddedColumns).first(kAddedColumns.size() - (keep_unfit ? 0 : 1));
}
bool IsAddedColumn(std::string_view name);

// Finds the column that a key of a record names. Immutable, so any number of threads may share it.
class ContractIndex {
 public:
  // Throws kInvalid when there are too many columns, or a name is empty, too long, not lower case
  // or not unique.
  explicit ContractIndex(const Contract& contract);

  // `key` must be unescaped. The case of ASCII letters does not matter.
  std::optional<size_t> FindColumn(std::string_view key) const;

 private:
  std::vector<std::pair<std::string, size_t>> columns_;  // name and index, sorted by name
  size_t name_bytes_max_ = 0;
};

}  // namespace stedi
