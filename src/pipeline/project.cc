#include "pipeline/project.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <set>

#include "base/error.h"
#include "base/file.h"
#include "pipeline/table_definition_parser.h"
#include "pipeline/table_properties.h"

namespace stedi {
namespace {

namespace fs = std::filesystem;

constexpr const char* kSpecFile = "spark-pipeline.yml";
constexpr const char* kLandingFolder = "landing";
const std::vector<std::string> kSpecKeys = {"name",      "catalog", "database",     "schema",
                                            "libraries", "storage", "configuration"};

class ProjectLoader {
 public:
  ProjectLoader(const fs::path& folder, const ProjectOptions& options,
                std::vector<Diagnostic>& diagnostics)
      : options_(options), diagnostics_(diagnostics) {
    project_.folder = fs::absolute(folder).lexically_normal();
  }

  Project Load() {
    const fs::path spec = project_.folder / kSpecFile;
    if (!StatFile(spec).has_value()) {
      throw Error(ErrorCode::kNotFound,
                  fmt::format("no pipeline project at {}: there is no {} in it",
                              project_.folder.string(), kSpecFile));
    }
    spec_text_ = ReadWholeFile(spec);
    ReadSpec();
    ReadFolder(project_.folder / kLandingFolder, DefinitionFolder::kLanding);
    for (const std::string& include : includes_) ReadInclude(include);
    std::ranges::sort(project_.feeds, {}, &Feed::name);
    std::ranges::sort(project_.views, {}, &View::name);
    CheckReferences();
    return std::move(project_);
  }

 private:
  void AddSpec(const YAML::Mark& mark, std::string message, std::string hint) {
    Diagnostic diagnostic;
    diagnostic.position = {kSpecFile, static_cast<uint32_t>(std::max(0, mark.line) + 1),
                           static_cast<uint32_t>(std::max(0, mark.column) + 1)};
    diagnostic.message = std::move(message);
    diagnostic.hint = std::move(hint);
    diagnostic.line_text = LineText(spec_text_, diagnostic.position.line);
    diagnostics_.push_back(std::move(diagnostic));
  }

  void ReadSpec() {
    project_.catalog = "lake";
    try {
      const YAML::Node spec = YAML::Load(spec_text_);
      if (!spec.IsMap())
        return AddSpec(spec.Mark(), "the project's specification is not a mapping",
                       "name: .. database: ..");
      for (const auto& entry : spec) ReadSpecEntry(entry.first, entry.second);
    } catch (const YAML::Exception& error) {
      return AddSpec(error.mark, "this is not YAML: " + error.msg, "");
    }
    if (project_.name.empty()) AddSpec({}, "the project has no name", "name: ..");
    if (project_.database.empty())
      AddSpec({}, "the project has no database", "database: the namespace of its tables");
    for (const auto& [name, value] : options_.built_in) {
      const auto found = project_.parameters.find(name);
      if (found != project_.parameters.end() && !found->second.value.empty()) continue;
      project_.parameters[name] = {value, Parameter::Origin::kBuiltIn, false};
    }
    for (const auto& [name, value] : options_.set) {
      if (name == "stedi.as_of" && value.empty()) continue;
      project_.parameters[name] = {value, Parameter::Origin::kCommandLine, false};
    }
    for (const std::string& name : options_.secrets) project_.parameters[name].secret = true;
    for (const auto& [name, parameter] : project_.parameters) {
      if (parameter.value.find_first_of("'\"`\\") == std::string::npos) continue;
      AddSpec({}, fmt::format("the value of parameter {} holds a quote or a backslash", name),
              "parameters are replaced as text: use plain values");
    }
  }

  void ReadSpecEntry(const YAML::Node& key, const YAML::Node& value) {
    const auto name = key.as<std::string>();
    if (name == "name") {
      project_.name = value.as<std::string>();
    } else if (name == "catalog") {
      project_.catalog = value.as<std::string>();
    } else if (name == "database" || name == "schema") {
      project_.database = value.as<std::string>();
    } else if (name == "configuration") {
      for (const auto& entry : value) {
        project_.parameters[entry.first.as<std::string>()] = {
            entry.second.IsNull() ? "" : entry.second.as<std::string>(),
            Parameter::Origin::kProject, false};
      }
    } else if (name == "libraries") {
      for (const YAML::Node& library : value) ReadLibrary(library);
    } else if (name != "storage") {
      const std::string nearest = NearestName(name, kSpecKeys);
      AddSpec(key.Mark(), fmt::format("unknown key '{}'", name),
              nearest.empty() ? fmt::format("known are {}", fmt::join(kSpecKeys, ", "))
                              : fmt::format("did you mean '{}'?", nearest));
    }
  }

  void ReadLibrary(const YAML::Node& library) {
    const YAML::Node glob = library["glob"];
    if (!glob || !glob["include"]) {
      return AddSpec(library.Mark(), "a library is a glob here",
                     "- glob: {include: transformations/**}");
    }
    includes_.push_back(glob["include"].as<std::string>());
  }

  // "folder/**" or a file, as Spark writes them.
  void ReadInclude(std::string include) {
    if (include.ends_with("/**")) include.resize(include.size() - 3);
    ReadFolder(project_.folder / include, DefinitionFolder::kTransformations);
  }

  void ReadFolder(const fs::path& folder, DefinitionFolder kind) {
    std::vector<fs::path> files;
    if (fs::is_regular_file(folder)) {
      files.push_back(folder);
    } else if (fs::is_directory(folder)) {
      for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        if (entry.is_regular_file() && entry.path().extension() == ".sql")
          files.push_back(entry.path());
      }
    }
    std::ranges::sort(files);
    for (const fs::path& file : files) ReadFile(file, kind);
  }

  void ReadFile(const fs::path& file, DefinitionFolder kind) {
    const auto lookup = [&](std::string_view name) -> std::optional<std::string> {
      const auto found = project_.parameters.find(std::string(name));
      return found == project_.parameters.end() ? std::nullopt : std::optional(found->second.value);
    };
    const auto hint = [&](std::string_view name) {
      std::vector<std::string> names;
      for (const auto& [known, value] : project_.parameters) names.push_back(known);
      const std::string nearest = NearestName(name, names);
      return nearest.empty()
                 ? fmt::format("give it a value: --set {}=.., or under configuration: in {}", name,
                               kSpecFile)
                 : fmt::format("did you mean '{}'?", nearest);
    };
    const SqlText sql = ReplaceParameters(file.lexically_relative(project_.folder).generic_string(),
                                          ReadWholeFile(file), lookup, hint, diagnostics_);
    for (const ParsedTable& parsed : ParseTableDefinitions(sql, kind, diagnostics_)) {
      if (parsed.name.empty()) continue;
      if (!names_.insert(parsed.name).second) {
        diagnostics_.push_back(ErrorAt(sql, parsed.name_offset,
                                       fmt::format("table {} is defined twice", parsed.name),
                                       "every table has one definition"));
        continue;
      }
      if (!parsed.complete) {
        project_.unfinished.push_back(parsed.name);
      } else if (kind == DefinitionFolder::kLanding) {
        AddFeed(sql, parsed);
      } else {
        AddView(sql, parsed);
      }
    }
  }

  static void FillTable(const SqlText& sql, const ParsedTable& parsed, TableDefinition& table) {
    table.name = parsed.name;
    table.path = sql.path;
    table.position = PositionAt(sql, parsed.name_offset);
    table.columns = parsed.columns;
    table.comment = parsed.comment;
  }

  void AddFeed(const SqlText& sql, const ParsedTable& parsed) {
    Feed feed;
    FillTable(sql, parsed, feed);
    ReadProperties(sql, parsed, /*is_feed=*/true, feed, diagnostics_);
    if (const auto path = feed.properties.find("feed.path"); path != feed.properties.end()) {
      const fs::path folder = path->second;
      feed.folder = folder.is_absolute() ? folder : (project_.folder / folder).lexically_normal();
    }
    for (const ColumnDefinition& column : feed.columns)
      AddContractColumn(sql, parsed, column, feed.contract);
    project_.feeds.push_back(std::move(feed));
  }

  void AddContractColumn(const SqlText& sql, const ParsedTable& parsed,
                         const ColumnDefinition& column, Contract& contract) {
    ColumnType type = ColumnType::kString;
    switch (column.type.kind) {
      case SqlType::Kind::kString:
        break;
      case SqlType::Kind::kBigint:
        type = ColumnType::kBigint;
        break;
      case SqlType::Kind::kInt:
        type = ColumnType::kInt;
        break;
      case SqlType::Kind::kDouble:
        type = ColumnType::kDouble;
        break;
      case SqlType::Kind::kBoolean:
        type = ColumnType::kBoolean;
        break;
      default:
        diagnostics_.push_back(ErrorAt(
            sql, parsed.name_offset,
            fmt::format("column {} is {}: a feed reads STRING, BIGINT, INT, DOUBLE and BOOLEAN",
                        column.name, ToString(column.type)),
            "read it as STRING and cast it in a view"));
        return;
    }
    contract.columns.push_back({column.name, type, column.not_null});
  }

  void AddView(const SqlText& sql, const ParsedTable& parsed) {
    View view;
    FillTable(sql, parsed, view);
    ReadProperties(sql, parsed, /*is_feed=*/false, view, diagnostics_);
    view.select = Slice(sql, parsed.select_begin, parsed.select_end);
    project_.views.push_back(std::move(view));
  }

  const TableDefinition* Find(const std::string& name) const {
    for (const Feed& feed : project_.feeds) {
      if (feed.name == name) return &feed;
    }
    for (const View& view : project_.views) {
      if (view.name == name) return &view;
    }
    return nullptr;
  }

  void CheckReferences() {
    const auto check = [&](const TableDefinition& table) {
      for (const Expectation& expectation : table.expectations) {
        if (expectation.references_table.empty()) continue;
        const TableDefinition* target = Find(expectation.references_table);
        const bool known = target != nullptr &&
                           std::ranges::find(target->columns, expectation.references_column,
                                             &ColumnDefinition::name) != target->columns.end();
        if (known || std::ranges::find(project_.unfinished, expectation.references_table) !=
                         project_.unfinished.end()) {
          continue;
        }
        std::vector<std::string> names(names_.begin(), names_.end());
        const std::string nearest =
            target == nullptr ? NearestName(expectation.references_table, names) : "";
        diagnostics_.push_back(
            {Severity::kError, expectation.position,
             fmt::format("there is no {}.{} to refer to", expectation.references_table,
                         expectation.references_column),
             nearest.empty() ? "" : fmt::format("did you mean '{}'?", nearest),
             expectation.line_text});
      }
    };
    for (const Feed& feed : project_.feeds) check(feed);
    for (const View& view : project_.views) check(view);
  }

  const ProjectOptions& options_;
  std::vector<Diagnostic>& diagnostics_;
  Project project_;
  std::string spec_text_;
  std::vector<std::string> includes_;
  std::set<std::string> names_;
};

}  // namespace

Project LoadProject(const fs::path& folder, const ProjectOptions& options,
                    std::vector<Diagnostic>& diagnostics) {
  return ProjectLoader(folder, options, diagnostics).Load();
}

}  // namespace stedi
