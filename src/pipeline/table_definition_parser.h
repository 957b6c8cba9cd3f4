// Parses Spark's CREATE STREAMING TABLE and CREATE MATERIALIZED VIEW, which DuckDB does not know.
// The SELECT after AS is kept as text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "pipeline/sql_text.h"
#include "pipeline/table_definition.h"

namespace stedi {

// The folder of a file decides which statements it may contain.
enum class DefinitionFolder : uint8_t { kLanding, kTransformations };

// 'key' = 'value' in TBLPROPERTIES; offsets are in bytes of the parsed text.
struct ParsedProperty {
  std::string key;
  std::string value;
  size_t key_offset = 0;
  size_t value_offset = 0;
};

struct ParsedTable {
  std::string name;  // empty when the statement could not be parsed up to it
  size_t name_offset = 0;
  std::vector<ColumnDefinition> columns;
  std::string comment;
  std::vector<ParsedProperty> properties;
  size_t select_begin = 0;  // bytes [begin, end) of the text; empty for a feed
  size_t select_end = 0;
  bool complete = false;  // false: a mistake was found in this statement
};

// Parses the statements of one file, which are separated by `;`. Appends to `diagnostics` the first
// mistake of every statement (which cannot be parsed any further) and every wrong name or type of a
// column.
std::vector<ParsedTable> ParseTableDefinitions(const SqlText& sql, DefinitionFolder folder,
                                               std::vector<Diagnostic>& diagnostics);

}  // namespace stedi
