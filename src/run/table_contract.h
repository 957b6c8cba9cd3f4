// What the definition of a feed or a view asks of its Iceberg table: fields, properties, columns
// that hold personal data, and the schema that the table gets next.
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

// All columns as Iceberg fields, ids unset. None is `required`: Spark would infer NOT NULL columns
// from them and refuse the project's views (docs/decisions).
std::vector<Field> FieldsOf(const TableDefinition& definition);
std::map<std::string, std::string> IcebergProperties(const TableDefinition& definition);
// Those of which files hold no bounds: PiiOf, and the names of a feed's files, in which e-mail
// addresses may stand.
std::set<std::string> WithoutBounds(const TableDefinition& definition);

// The schema that `fields` give `table` (ids assigned). Throws kInvalid with the way out.
Schema NextSchema(const LakeTable& table, const std::vector<Field>& fields, EvolutionRule rule);

}  // namespace stedi
