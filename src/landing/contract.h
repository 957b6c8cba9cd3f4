// What a feed promises about its records: the names and types of its columns.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stedi {

enum class ColumnType : uint8_t { kString, kBigint, kInt, kDouble, kBoolean };

struct ContractColumn {
  std::string name;  // ASCII lower case; keys of records match it without case
  ColumnType type = ColumnType::kString;
  bool not_null = false;
  bool empty_is_null = false;  // the empty string counts as null
};

// At most kContractColumnsMax columns; names are unique.
struct Contract {
  std::vector<ContractColumn> columns;
  // A value that its nullable column cannot hold does not reject the record: the column is NULL,
  // and _rescued has the value.
  bool keep_unfit = false;
  // The columns whose values are looked for in the bytes of a rejected record (rejected_values.h),
  // as indices into `columns`. Empty: no values are looked for.
  std::vector<size_t> rejected_columns = {};
};
inline constexpr size_t kContractColumnsMax = 256;

// Columns that a landing table has after those of its contract.
inline constexpr const char* kFileColumn = "_source_file";
inline constexpr const char* kOffsetColumn = "_offset";
inline constexpr const char* kRescuedColumn = "_rescued";
inline constexpr const char* kUnfitColumn = "_unfit";  // only with Contract::keep_unfit

// Finds the column that a key of a record names. Immutable, so any number of threads may share it.
class ContractIndex {
 public:
  // Throws kInvalid when there are too many columns, or a name is empty, not lower case or not
  // unique.
  explicit ContractIndex(const Contract& contract);

  // `key` is unescaped; ASCII letters match in either case.
  std::optional<size_t> FindColumn(std::string_view key) const;

 private:
  std::vector<std::pair<std::string, size_t>> columns_;  // by name
  size_t name_bytes_max_ = 0;
};

}  // namespace stedi
