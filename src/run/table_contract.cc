#include "run/table_contract.h"

#include <fmt/format.h>

#include <sstream>

#include "database/column_types.h"
#include "iceberg/property_names.h"
#include "landing/contract.h"
#include "pipeline/property_keys.h"

namespace stedi {

std::vector<Field> FieldsOf(const TableDefinition& definition) {
  std::vector<Field> fields;
  for (const ColumnDefinition& column : AllColumns(definition)) {
    fields.push_back({0, column.name, ToIceberg(column.type), false, column.comment});
  }
  return fields;
}

std::map<std::string, std::string> IcebergProperties(const TableDefinition& definition) {
  std::map<std::string, std::string> properties = {{kCompressionProperty, "zstd"}};
  if (!definition.comment.empty()) properties[kCommentProperty] = definition.comment;
  const std::set<std::string> pii = PiiOf(definition);
  if (!pii.empty()) properties[kPiiProperty] = fmt::format("{}", fmt::join(pii, ","));
  for (const auto& [key, value] : definition.properties) {
    if (key.starts_with(kUniquePrefix) && !key.ends_with(kActionSuffix)) {
      properties[kOwnPropertyPrefix + key] = value;
    }
    if (IsIcebergProperty(key)) properties[key] = value;
  }
  return properties;
}

std::set<std::string> PersonalColumns(const TableMetadata& metadata) {
  std::set<std::string> columns;
  const auto property = metadata.properties.find(kPiiProperty);
  if (property == metadata.properties.end()) return columns;
  std::istringstream names(property->second);
  for (std::string name; std::getline(names, name, ',');) columns.insert(name);
  return columns;
}

std::set<std::string> WithoutBounds(const TableDefinition& definition) {
  std::set<std::string> columns = PiiOf(definition);
  columns.insert(kFileColumn);
  return columns;
}

Schema NextSchema(const LakeTable& table, const std::vector<Field>& fields, EvolutionRule rule) {
  if (!table.exists()) {
    Schema schema{0, fields};
    int32_t id = 0;
    for (Field& field : schema.fields) field.id = ++id;
    return schema;
  }
  int32_t last_column_id = table.metadata.last_column_id;
  try {
    return EvolveSchema(table.metadata.CurrentSchema(), fields, rule, last_column_id);
  } catch (const Error& error) {
    throw Error(error.code(),
                fmt::format("table {}: {}; to load it anew from its files: stedi run --rebuild {}",
                            table.id.name, error.what(), table.id.name));
  }
}

}  // namespace stedi
