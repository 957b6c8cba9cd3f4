// Columns of an Iceberg table (specification v2), the flat primitive part that stedi writes.
#pragma once

#include <cstdint>
#include <optional>
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
// "long", "decimal(12,2)" as in the specification's JSON; nothing for any other type.
std::string ToString(const IcebergType& type);
std::optional<IcebergType> FindIcebergType(std::string_view text);
// The same; throws kInvalid for any other type.
IcebergType ParseIcebergType(std::string_view text);

struct Field {
  int32_t id = 0;
  std::string name;
  IcebergType type;
  bool required = false;
  std::string doc = {};  // may be left out of an initializer
  bool operator==(const Field&) const = default;
};

struct Schema {
  int32_t schema_id = 0;
  std::vector<Field> fields;
};

// How a table's columns may change with its next snapshot.
enum class EvolutionRule : uint8_t {
  // Feed: columns are never dropped, added ones take NULL, types change only by Iceberg's
  // promotions.
  kAppendOnly,
  // Derived table: any change; same name and type keeps its id, anything else gets a new one.
  kReplace,
};

// The schema that holds `wanted` (ids ignored, order kept) after `current`, with the next schema
// id; `current` itself when names, types, required, docs and order are all the same. New ids come
// after `last_column_id`, which is raised. Throws kInvalid for a change that the rule forbids and
// for a name that stands twice, naming the column.
Schema EvolveSchema(const Schema& current, const std::vector<Field>& wanted, EvolutionRule rule,
                    int32_t& last_column_id);

}  // namespace stedi
