// A pipeline project: the content of a folder of Spark Declarative Pipelines. No SQL is bound here;
// src/select fills View::inputs from the parsed SELECT.
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

// SourcePosition::path of a value that the command line gives.
inline constexpr const char* kCommandLinePlace = "--set";

struct Parameter {
  std::string value;
  enum class Origin : uint8_t { kProject, kCommandLine, kBuiltIn } origin = Origin::kProject;
  bool secret = false;      // never shown or recorded
  SourcePosition position;  // of the value
  // The casts of the parameter in the SQL, and the ranges that tables declare for it.
  std::vector<ParameterUse> uses;
  std::vector<ParameterRange> ranges;
};

struct Project {
  std::filesystem::path folder;
  std::string name;
  std::string catalog;   // the catalog's name in SQLite and for readers
  std::string database;  // the namespace
  std::map<std::string, Parameter> parameters;
  std::vector<Feed> feeds;  // sorted by name
  std::vector<View> views;  // sorted by name; OrderViews() gives the build order
  // False when the project file or the value of a parameter is wrong. Anything else that is found
  // then may only be a consequence of that, so `diagnostics` holds only these mistakes, and callers
  // should check nothing else.
  bool is_readable = true;
  // Tables whose definition could not be read to its end. They are not reported as unknown tables
  // as well.
  std::vector<std::string> unfinished;
};

struct ProjectOptions {
  std::map<std::string, std::string> set;  // --set k=v (and --landing as stedi.landing)
  std::map<std::string, std::string>
      built_in;  // values that the run itself supplies: stedi.as_of, stedi.pseudonym_key
  std::vector<std::string> secrets;  // names of parameters whose values are never shown
};

// Reads spark-pipeline.yml, landing/*.sql and the files its libraries name. Appends every mistake
// found; the project returned is usable only when none of them is an error. Throws kNotFound when
// `folder` has no spark-pipeline.yml, kUnavailable when a file cannot be read.
Project LoadProject(const std::filesystem::path& folder, const ProjectOptions& options,
                    std::vector<Diagnostic>& diagnostics);

// Every table of the project: each feed's table, followed by its table of rejected records if it
// has one, then the views.
std::vector<const TableDefinition*> TablesOf(const Project& project);
// Returns nullptr when there is no such table.
const TableDefinition* FindTable(const Project& project, std::string_view name);
// Returns the feed that fills `table`, which is a feed or a table of rejected records; nullptr when
// there is no such table.
const Feed* FindFeedOf(const Project& project, std::string_view table);
const Feed* FindFeed(const Project& project, std::string_view name);
const View* FindView(const Project& project, std::string_view name);

// Returns the indices of all project.views, in an order in which every view comes after its inputs
// and after the tables that its references.* and covers.* name (they are audited on the staged
// tables); where this leaves a choice, by name. Appends each cycle (also a view that reads itself)
// to `diagnostics`, with its path of names; the views of a cycle are then in no valid order.
std::vector<size_t> OrderViews(const Project& project, std::vector<Diagnostic>& diagnostics);

}  // namespace stedi
