// What the definition of a feed or a view requires of its Iceberg table: fields, properties,
// columns without bounds, and the next schema of the table.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "lake/lake_table.h"
#include "pipeline/feed_tables.h"
#include "pipeline/project.h"

namespace stedi {

// The columns that kPiiProperty names.
std::set<std::string> PersonalColumns(const TableMetadata& metadata);

// Returns all columns as Iceberg fields without ids. None is `required`: Spark would infer NOT NULL
// columns from them and refuse the project's views (docs/decisions/0004-optional-columns.md).
std::vector<Field> FieldsOf(const TableDefinition& definition);
std::map<std::string, std::string> IcebergProperties(const TableDefinition& definition);
// Returns the columns without bounds in data files: those of PiiOf, and the column with the names
// of landing files, which may contain e-mail addresses.
std::set<std::string> WithoutBounds(const TableDefinition& definition);

// Returns the schema that `table` gets for `fields`, with ids. Throws kInvalid when `rule` does not
// allow the change; the message says what to do.
Schema NextSchema(const LakeTable& table, const std::vector<Field>& fields, EvolutionRule rule);

}  // namespace stedi
