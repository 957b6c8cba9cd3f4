// A pipeline project: a Spark Declarative Pipelines folder read into values. No SQL is bound here;
// `select` fills `inputs` from the parsed SELECT.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/diagnostic.h"
#include "pipeline/parameter_value.h"
#include "pipeline/table_definition.h"

namespace stedi {

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
// A feed, or a table of rejected records: the feed that fills it. nullptr: there is no such table.
const Feed* FindFeedOf(const Project& project, std::string_view table);
const Feed* FindFeed(const Project& project, std::string_view name);
const View* FindView(const Project& project, std::string_view name);

// Indices into project.views so that every view comes after its inputs and after the tables that
// its references.* name (they are audited on the staged tables), by name where free. A cycle (also
// a view that reads itself) is appended to `diagnostics`, with its path of names; then the result
// is not complete.
std::vector<size_t> OrderViews(const Project& project, std::vector<Diagnostic>& diagnostics);

}  // namespace stedi
