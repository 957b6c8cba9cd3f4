// spark-pipeline.yml: Spark Declarative Pipelines' own specification of a project.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "pipeline/diagnostic.h"

namespace stedi {

inline constexpr std::string_view kProjectFileName = "spark-pipeline.yml";

struct ProjectFile {
  struct Entry {
    std::string value;
    SourcePosition position;
    std::string line_text = {};
  };
  bool is_readable = true;  // false: it does not hold keys and values
  std::string name;
  std::string catalog = "lake";
  std::string database;
  std::vector<Entry> libraries;                // patterns of files, relative to the project folder
  std::map<std::string, Entry> configuration;  // parameters
};

// `text` is the content of the file. Appends every mistake; what could be read is returned.
ProjectFile ParseProjectFile(const std::string& text, std::vector<Diagnostic>& diagnostics);

// True when `path` ('/'-separated) fits `pattern`: * within a name, ** over any number of folders.
bool MatchesPattern(std::string_view path, std::string_view pattern);

}  // namespace stedi
