// A table as the statements of a project define it: its columns, what it guarantees, and where its
// rows come from.
#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "files/landing_files.h"
#include "landing/contract.h"
#include "pipeline/diagnostic.h"
#include "pipeline/expectation.h"
#include "pipeline/parameter_value.h"
#include "pipeline/sql_text.h"
#include "pipeline/sql_type.h"

namespace stedi {

struct ColumnDefinition {
  std::string name;  // lower case
  SqlType type;
  bool not_null = false;
  bool empty_is_null = false;  // of a feed: the empty string counts as null
  std::string comment;
  SourcePosition position;
};

enum class TableKind : uint8_t {
  kFeed,        // filled from landing files
  kRejected,    // a feed's table of rejected records
  kView,        // filled from a SELECT
  kQuarantine,  // the one table that every lake has; no project defines it
};

// The word that commands print: "feed".
constexpr std::string_view ToString(TableKind kind) {
  switch (kind) {
    case TableKind::kFeed:
      return "feed";
    case TableKind::kRejected:
      return "rejected";
    case TableKind::kView:
      return "view";
    case TableKind::kQuarantine:
      return "quarantine";
  }
  return "";
}

inline constexpr int64_t kAnyRows = std::numeric_limits<int64_t>::max();

struct TableDefinition {
  TableKind kind = TableKind::kView;
  std::string name;         // lower case, unique in the project
  std::string path;         // of its file, relative to the project folder, '/'-separated
  SourcePosition position;  // of the name in CREATE
  std::vector<ColumnDefinition> columns;
  std::string comment;
  std::map<std::string, std::string> properties;  // all of TBLPROPERTIES, parameters replaced
  std::vector<Expectation> expectations;
  std::vector<std::string> pii;  // columns without bounds in manifests, and masked in all output
  // Of a feed.
  bool keep_unfit = false;                      // feed.keep_unfit
  std::vector<std::string> rejected_columns;    // feed.rejected
  std::vector<ColumnDefinition> added_columns;  // after `columns`: where a row comes from ..
  std::vector<ParameterRange> ranges;           // parameter.<name>, of any table
  // A derived table fails the run when it has no rows although every table it reads has some,
  // unless it never had a row and one of those tables has fewer rows than this; kAnyRows: it never
  // fails.
  int64_t may_be_empty_below = 0;
  // For a derived table with one row per person who gave consent: the column that identifies the
  // person. A person who is no longer in it is removed from every table that references it, even
  // when the run fails. Empty for all other tables.
  std::string consent;
};

// CREATE STREAMING TABLE in landing/: filled from files.
struct Feed : TableDefinition {
  Feed() { kind = TableKind::kFeed; }

  std::filesystem::path folder;  // the folder that feed.path names
  FileRule files;                // which files in `folder` are read
  Contract contract;
  // With feed.rejected: the table of what can be read of rejected records (pipeline/feed_tables.h).
  std::optional<TableDefinition> rejected;
  double max_rejected = 0.5;  // maximum share of rejected records in new files
};

// CREATE MATERIALIZED VIEW in transformations/: filled from a SELECT.
struct View : TableDefinition {
  SqlText select;                   // without the ; and comments after it
  std::vector<std::string> inputs;  // names of feeds and views it reads; filled by CheckViews()
};

// The columns of its contract, then the added columns.
inline std::vector<ColumnDefinition> AllColumns(const TableDefinition& table) {
  std::vector<ColumnDefinition> columns = table.columns;
  columns.insert(columns.end(), table.added_columns.begin(), table.added_columns.end());
  return columns;
}

}  // namespace stedi
