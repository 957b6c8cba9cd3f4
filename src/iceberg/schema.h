// The columns of an Iceberg table (specification v2), as far as stedi writes them: flat, of
// primitive types.
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
// The names of the specification's JSON: "long", "decimal(12,2)". FindIcebergType returns nothing
// for any other type.
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
  // For a feed: columns are never dropped, new columns are NULL in old rows, and types only change
  // by Iceberg's promotions.
  kAppendOnly,
  // For a derived table: anything may change. A column of the same name and type keeps its id, any
  // other gets a new one.
  kReplace,
};

// The schema that follows `current` and has the columns `wanted` (in their order; their ids are
// ignored), with the next schema id. Returns `current` itself when names, types, required, docs and
// order are all the same. New ids come after `last_column_id`, which is raised. Throws kInvalid,
// naming the column, for a change that the rule forbids and for a name that occurs twice.
Schema EvolveSchema(const Schema& current, const std::vector<Field>& wanted, EvolutionRule rule,
                    int32_t& last_column_id);

}  // namespace stedi
