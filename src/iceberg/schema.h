// Columns of an Iceberg table (specification v2), the flat primitive part that stedi writes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace stedi {

struct IcebergType {
  enum class Kind : uint8_t {
    kBoolean,
    kInt,
    kLong,
    kFloat,
    kDouble,
    kDecimal,
    kDate,
    kTimestamp,
    kTimestamptz,
    kString,
    kBinary,
  };
  Kind kind = Kind::kString;
  uint8_t precision = 0;  // decimal only
  uint8_t scale = 0;
  bool operator==(const IcebergType&) const = default;
};
// "long", "decimal(12,2)" as in the specification's JSON. Parse throws kInvalid for other types.
std::string ToString(const IcebergType& type);
IcebergType ParseIcebergType(std::string_view text);

struct Field {
  int32_t id = 0;
  std::string name;
  IcebergType type;
  bool required = false;
  std::string doc;
  bool operator==(const Field&) const = default;
};

struct Schema {
  int32_t schema_id = 0;
  std::vector<Field> fields;
};

// How a table's columns may change with its next snapshot.
enum class EvolutionRule : uint8_t {
  kAppendOnly,  // feed: columns are only added (new ids); types only by Iceberg's promotions; never
                // dropped
  kReplace,     // derived table: any; same name and type keeps its id, anything else gets a new one
};

// The schema that holds `wanted` (ids ignored) after `current`. Returns `current` itself when
// nothing but docs is equal .. i.e. when names, types, required and docs are all the same. New ids
// come after `last_column_id`, which is raised. Throws kInvalid for a change that the rule forbids,
// naming the column.
Schema EvolveSchema(const Schema& current, const std::vector<Field>& wanted, EvolutionRule rule,
                    int32_t& last_column_id);

}  // namespace stedi
