// Reads CREATE STREAMING TABLE and CREATE MATERIALIZED VIEW: Spark's statements, of which DuckDB
// knows neither. The SELECT behind AS is left as text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "pipeline/sql_text.h"
#include "pipeline/table_definition.h"

namespace stedi {

// The folder that a file stands in decides which statement it may hold.
enum class DefinitionFolder : uint8_t { kLanding, kTransformations };

// 'key' = 'value' in TBLPROPERTIES; offsets are bytes of the text that was parsed.
struct ParsedProperty {
  std::string key;
  std::string value;
  size_t key_offset = 0;
  size_t value_offset = 0;
};

struct ParsedTable {
  std::string name;  // empty when the statement ended before it
  size_t name_offset = 0;
  std::vector<ColumnDefinition> columns;
  std::string comment;
  std::vector<ParsedProperty> properties;
  size_t select_begin = 0;  // bytes [begin, end) of the text; empty for a feed
  size_t select_end = 0;
  bool complete = false;  // false: a mistake was found in this statement
};

// The statements of one file, separated by `;`. Appends every statement's first mistake (a
// statement cannot be followed beyond it) and every wrong name or type of a column.
std::vector<ParsedTable> ParseTableDefinitions(const SqlText& sql, DefinitionFolder folder,
                                               std::vector<Diagnostic>& diagnostics);

}  // namespace stedi
