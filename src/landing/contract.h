// What a feed promises of its records: names and types of its columns.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace stedi {

enum class ColumnType : uint8_t { kString, kBigint, kInt, kDouble, kBoolean };

struct ContractColumn {
  std::string name;  // ASCII lower case; keys of records match it without case
  ColumnType type = ColumnType::kString;
  bool not_null = false;
};

// At most kContractColumnsMax columns; names are unique.
struct Contract {
  std::vector<ContractColumn> columns;
};
inline constexpr size_t kContractColumnsMax = 256;

}  // namespace stedi
