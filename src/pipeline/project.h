// A pipeline project: a Spark Declarative Pipelines folder read into values. No SQL is bound here;
// engine fills `inputs` from the parsed SELECT.
#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "landing/contract.h"
#include "landing/landing_files.h"
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

inline constexpr int64_t kAnyRows = std::numeric_limits<int64_t>::max();

struct TableDefinition {
  std::string name;         // lower case, unique in the project
  std::string path;         // of its file, relative to the project folder, '/'-separated
  SourcePosition position;  // of the name in CREATE
  std::vector<ColumnDefinition> columns;
  std::string comment;
  std::map<std::string, std::string> properties;  // all of TBLPROPERTIES, parameters replaced
  std::vector<Expectation> expectations;
  std::vector<std::string> pii;  // columns: no bounds in manifests, masked in all output
  // Of a feed.
  bool keep_unfit = false;                      // feed.keep_unfit
  std::vector<std::string> rejected_columns;    // feed.rejected
  std::vector<ColumnDefinition> added_columns;  // behind `columns`: where a row comes from ..
  std::vector<ParameterRange> ranges;
  // A derived table may have no row though every table it reads has some: while one of these has
  // fewer rows than this, and it never had a row itself; kAnyRows: always.
  int64_t may_be_empty_below = 0;
  // Column of a derived table that names the person: who is not in it leaves every table that
  // refers to it, also when a run fails. Empty: it is no such table.
  std::string consent;
};

// CREATE STREAMING TABLE in landing/: filled from files.
struct Feed : TableDefinition {
  std::filesystem::path folder;  // feed.path, resolved
  FileRule files;                // which of its files are read
  Contract contract;
  // With feed.rejected: the table of what is known of the records that were rejected
  // (pipeline/feed_tables.h).
  std::optional<TableDefinition> rejected;
  double max_rejected = 0.5;  // share of the records of new files
};

// CREATE MATERIALIZED VIEW in transformations/: filled from a SELECT.
struct View : TableDefinition {
  SqlText select;                   // without the ; and comments behind it
  std::vector<std::string> inputs;  // names of feeds and views it reads; filled by engine
};

// The path of the position of what the command line gives.
inline constexpr const char* kCommandLinePlace = "--set";

struct Parameter {
  std::string value;
  enum class Origin : uint8_t { kProject, kCommandLine, kBuiltIn } origin = Origin::kProject;
  bool secret = false;      // never shown or recorded
  SourcePosition position;  // of the value
  // What the SQL and the properties of the project say of it.
  std::vector<ParameterUse> uses;
  std::vector<ParameterRange> ranges;
};

struct Project {
  std::filesystem::path folder;
  std::string name;
  std::string catalog;   // the catalog's name in SQLite and for readers
  std::string database;  // the namespace
  std::map<std::string, Parameter> parameters;
  std::vector<Feed> feeds;  // by name
  std::vector<View> views;  // by name; OrderViews gives the order to build in
  // What is wrong with the project file or with a parameter's value makes mistakes of all that is
  // read with it: then `diagnostics` holds these alone, and nothing else is to be looked for.
  bool is_readable = true;
  // Tables whose definition could not be read to its end: not to be reported as unknown as well.
  std::vector<std::string> unfinished;
};

struct ProjectOptions {
  std::map<std::string, std::string> set;  // --set k=v (and --landing as stedi.landing)
  std::map<std::string, std::string>
      built_in;  // values the run itself gives: stedi.as_of, stedi.pseudonym_key
  std::vector<std::string> secrets;  // names among them that are never shown
};

// Reads spark-pipeline.yml, landing/*.sql and the files its libraries name. Appends every mistake
// found; the project returned is usable only when none of them is an error. Throws kNotFound when
// `folder` has no spark-pipeline.yml, kUnavailable when a file cannot be read.
Project LoadProject(const std::filesystem::path& folder, const ProjectOptions& options,
                    std::vector<Diagnostic>& diagnostics);

// Every table of the project: the feeds' with their tables of rejected records, then the views.
std::vector<const TableDefinition*> TablesOf(const Project& project);
// nullptr: there is no such table.
const TableDefinition* FindTable(const Project& project, std::string_view name);
const View* FindView(const Project& project, std::string_view name);
// Those of its contract, then those added.
std::vector<ColumnDefinition> AllColumns(const TableDefinition& table);

// Indices into project.views so that every view comes after its inputs and after the tables that
// its references.* name (they are audited on the staged tables), by name where free. A cycle (also
// a view that reads itself) is appended to `diagnostics`, with its path of names; then the result
// is not complete.
std::vector<size_t> OrderViews(const Project& project, std::vector<Diagnostic>& diagnostics);

// The name nearest to `name` by edit distance, for "did you mean"; empty when none is near.
std::string NearestName(std::string_view name, const std::vector<std::string>& candidates);

}  // namespace stedi
