#include "pipeline/project_file.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <optional>
#include <regex>
#include <set>

#include "pipeline/names.h"
#include "pipeline/nearest_name.h"
#include "pipeline/sql_text.h"

namespace stedi {
namespace {

// Spark accepts the path of a file, or folder/** for all files below a folder.
bool IsSparkPattern(std::string_view pattern) {
  if (pattern.ends_with("/**")) pattern.remove_suffix(3);
  return pattern.find_first_of("*?[") == std::string_view::npos;
}

struct YamlKind {
  const char* name;
  const char* pattern;
};
// The values without quotes that are not strings in YAML 1.1, the version that Spark's parser
// reads.
constexpr std::array<YamlKind, 5> kYamlKinds = {
    {{"empty", "|~|null|Null|NULL"},
     {"true or false",
      "yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF"},
     {"a number",
      "[-+]?0b[0-1_]+|[-+]?0[0-7_]+|[-+]?(0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|"
      "[-+]?[1-9][0-9_]*(:[0-5]?[0-9])+"},
     {"a number",
      "[-+]?([0-9][0-9_]*)\\.[0-9_]*([eE][-+][0-9]+)?|[-+]?\\.[0-9][0-9_]*([eE][-+][0-9]+)?|"
      "[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+\\.[0-9_]*|[-+]?\\.(inf|Inf|INF)|\\.(nan|NaN|NAN)"},
     {"a date",
      "[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt]|[ \\t]+)[0-9]{1,2}:.*"}}};

// The kind, such as "a number", of a value without quotes that Spark's parser does not read as a
// string; else empty.
std::string_view OtherKind(const YAML::Node& value) {
  constexpr const char* kPlain = "?";  // neither quotes nor a tag such as !!str
  if (value.IsNull()) return kYamlKinds.front().name;
  if (value.Tag() != kPlain) return {};
  for (const YamlKind& kind : kYamlKinds) {
    if (std::regex_match(value.Scalar(), std::regex(kind.pattern))) return kind.name;
  }
  return {};
}

class ProjectFileReader {
 public:
  ProjectFileReader(const std::string& text, std::vector<Diagnostic>& diagnostics)
      : text_(text), diagnostics_(diagnostics) {}

  ProjectFile Read() {
    const std::optional<YAML::Node> root = Load();
    if (!root) return file_;
    if (!root->IsMap()) {
      file_.is_readable = false;
      Report({}, "the file does not hold keys and values", "begin with name: and database:");
      return file_;
    }
    std::set<std::string> seen;
    for (const auto& entry : *root) {
      const std::string key = entry.first.Scalar();  // empty for a list or map
      if (key.empty()) {
        Report(entry.first, "a key that is not a word");
      } else if (!seen.insert(key).second) {
        Report(entry.first, fmt::format("the key {} stands here twice", key));
      } else {
        ReadKey(key, entry.first, entry.second);
      }
    }
    if (!seen.contains("database") && !seen.contains("schema")) {
      Report({}, "database: is missing", "add a line such as database: stedi");
    }
    if (!seen.contains("name")) Report({}, "name: is missing", "add a line such as name: stedi");
    if (!seen.contains("libraries")) {
      Report({}, "libraries: is missing", "add libraries: [{glob: {include: transformations/**}}]");
    }
    return std::move(file_);
  }

 private:
  std::optional<YAML::Node> Load() {
    // The one place where yaml-cpp's exceptions become diagnostics.
    try {
      return YAML::Load(text_);
    } catch (const YAML::Exception& error) {
      file_.is_readable = false;
      ReportAt(error.mark, fmt::format("not YAML: {}", error.msg), {});
      return std::nullopt;
    }
  }

  void ReportAt(const YAML::Mark& mark, std::string message, std::string hint) {
    Diagnostic diagnostic;
    diagnostic.position.path = kProjectFileName;
    if (!mark.is_null()) {
      diagnostic.position.line = static_cast<uint32_t>(mark.line + 1);
      diagnostic.position.column = static_cast<uint32_t>(mark.column + 1);
      diagnostic.line_text = LineText(text_, diagnostic.position.line);
    }
    diagnostic.message = std::move(message);
    diagnostic.hint = std::move(hint);
    diagnostics_.push_back(std::move(diagnostic));
  }
  void Report(const YAML::Node& node, std::string message, std::string hint = {}) {
    const bool placed = node.IsDefined() && !(node.IsNull() && node.Mark().is_null());
    ReportAt(placed ? node.Mark() : YAML::Mark::null_mark(), std::move(message), std::move(hint));
  }

  ProjectFile::Entry EntryOf(const YAML::Node& placed, std::string value) const {
    const YAML::Mark mark = placed.Mark();
    const auto line = static_cast<uint32_t>(mark.line + 1);
    return {std::move(value),
            {std::string(kProjectFileName), line, static_cast<uint32_t>(mark.column + 1)},
            LineText(text_, line)};
  }

  void ReadKey(const std::string& key, const YAML::Node& key_node, const YAML::Node& value);
  void ReadLibraries(const YAML::Node& value);
  void ReadConfiguration(const YAML::Node& value);

  const std::string& text_;
  std::vector<Diagnostic>& diagnostics_;
  ProjectFile file_;
};

void ProjectFileReader::ReadKey(const std::string& key, const YAML::Node& key_node,
                                const YAML::Node& value) {
  if (key == "libraries") return ReadLibraries(value);
  if (key == "configuration") return ReadConfiguration(value);
  const bool is_database = key == "database" || key == "schema";
  if (!is_database && key != "name" && key != "catalog" && key != "storage") {
    const std::string nearest = NearestName(
        key, {"name", "catalog", "database", "schema", "libraries", "configuration", "storage"});
    return Report(key_node, fmt::format("the key {} is not known", key),
                  nearest.empty()
                      ? "known are name, catalog, database, libraries, configuration, storage"
                      : fmt::format("did you mean '{}'?", nearest));
  }
  if (!value.IsScalar() || value.Scalar().empty()) {
    return Report(key_node, fmt::format("{}: needs a value", key));
  }
  if (key == "storage") return;  // where Spark keeps its checkpoints; stedi does not use it
  const std::string& text = value.Scalar();
  if (key == "name") {
    file_.name = text;
    return;
  }
  const std::string mistake = is_database ? DatabaseNameMistake(text) : NameMistake(text);
  if (!mistake.empty()) {
    return Report(value, fmt::format("{}: {} {}", key, text, mistake),
                  NameMistake(text).empty() ? "give it another name, such as stedi"
                                            : "use lower-case letters, digits and _");
  }
  if (is_database && !file_.database.empty()) {
    return Report(key_node, "database: and schema: are the same", "leave one out");
  }
  (is_database ? file_.database : file_.catalog) = text;
}

void ProjectFileReader::ReadLibraries(const YAML::Node& value) {
  constexpr std::string_view kForm = "write - glob: {include: transformations/**}";
  if (!value.IsSequence() || value.size() == 0) {
    return Report(value, "libraries: is not a list", std::string(kForm));
  }
  for (const YAML::Node& library : value) {
    YAML::Node pattern;
    if (library.IsMap() && library["glob"] && library["glob"].IsMap()) {
      pattern.reset(library["glob"]["include"]);
    } else if (library.IsMap() && library["file"]) {
      pattern.reset(library["file"]);
    }
    if (!pattern.IsDefined() || !pattern.IsScalar() || library.size() != 1) {
      Report(library, "a library that names no files", std::string(kForm));
      continue;
    }
    if (!IsSparkPattern(pattern.Scalar())) {
      Report(pattern, fmt::format("Spark does not take the pattern {}", pattern.Scalar()),
             "name a file, or all files of a folder: folder/**");
      continue;
    }
    file_.libraries.push_back(EntryOf(pattern, pattern.Scalar()));
  }
}

void ProjectFileReader::ReadConfiguration(const YAML::Node& value) {
  if (value.IsNull()) return;
  if (!value.IsMap()) {
    return Report(value, "configuration: does not hold names and values",
                  "write name: value, one a line");
  }
  for (const auto& entry : value) {
    const std::string name = entry.first.Scalar();
    if (!entry.second.IsScalar() && !entry.second.IsNull()) {
      Report(entry.second, fmt::format("the parameter {} is not one value", name));
      continue;
    }
    if (const std::string_view kind = OtherKind(entry.second); !kind.empty()) {
      Report(entry.second.IsNull() ? entry.first : entry.second,
             fmt::format("the parameter {} is {}: Spark takes texts alone", name, kind),
             fmt::format("write it in quotes: {}: \"{}\"", name,
                         entry.second.IsNull() ? "" : entry.second.Scalar()));
    }
    const ProjectFile::Entry parameter =
        EntryOf(entry.first, entry.second.IsNull() ? "" : entry.second.Scalar());
    if (!file_.configuration.emplace(name, parameter).second) {
      Report(entry.first, fmt::format("the parameter {} stands here twice", name));
    }
  }
}

}  // namespace

ProjectFile ParseProjectFile(const std::string& text, std::vector<Diagnostic>& diagnostics) {
  return ProjectFileReader(text, diagnostics).Read();
}

bool MatchesPattern(std::string_view path, std::string_view pattern) {
  if (pattern.empty()) return path.empty();
  if (pattern.starts_with("**")) {
    std::string_view rest = pattern.substr(2);
    if (rest.starts_with("/")) rest.remove_prefix(1);  // **/a matches a as well
    for (size_t i = 0; i <= path.size(); ++i) {
      const bool at_name = i == 0 || path[i - 1] == '/' || i == path.size();
      if (at_name && MatchesPattern(path.substr(i), rest)) return true;
    }
    return false;
  }
  if (pattern.front() == '*') {
    for (size_t i = 0; i <= path.size(); ++i) {
      if (MatchesPattern(path.substr(i), pattern.substr(1))) return true;
      if (i < path.size() && path[i] == '/') return false;
    }
    return false;
  }
  return !path.empty() && path.front() == pattern.front() &&
         MatchesPattern(path.substr(1), pattern.substr(1));
}

}  // namespace stedi
