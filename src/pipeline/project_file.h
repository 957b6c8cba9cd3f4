// Parses spark-pipeline.yml, which specifies a project of Spark Declarative Pipelines.
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
  bool is_readable = true;  // false: it is not YAML that holds keys and values
  std::string name;
  std::string catalog = "lake";
  std::string database;
  std::vector<Entry> libraries;                // patterns of files, relative to the project folder
  std::map<std::string, Entry> configuration;  // parameters
};

// Parses `text`, the content of the file. Appends every mistake to `diagnostics` and returns what
// could be read.
ProjectFile ParseProjectFile(const std::string& text, std::vector<Diagnostic>& diagnostics);

// True when `path` ('/'-separated) matches `pattern`: * stands for any part of one name, ** for any
// number of folders.
bool MatchesPattern(std::string_view path, std::string_view pattern);

}  // namespace stedi
