#include "export/project_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <set>

#include "base/error.h"
#include "pipeline/built_in_parameters.h"
#include "pipeline/feed_tables.h"
#include "pipeline/property_keys.h"
#include "pipeline/quarantine_table.h"

namespace stedi {
namespace {

struct TypeNames {
  SqlType::Kind kind;
  const char* iceberg;
  const char* athena;
};
constexpr std::array<TypeNames, 11> kTypeNames = {{
    {SqlType::Kind::kString, "string", "string"},
    {SqlType::Kind::kBigint, "long", "bigint"},
    {SqlType::Kind::kInt, "int", "int"},
    {SqlType::Kind::kDouble, "double", "double"},
    {SqlType::Kind::kFloat, "float", "float"},
    {SqlType::Kind::kBoolean, "boolean", "boolean"},
    {SqlType::Kind::kDate, "date", "date"},
    {SqlType::Kind::kTimestamp, "timestamptz", "timestamp"},
    {SqlType::Kind::kTimestampNtz, "timestamp", "timestamp"},
    {SqlType::Kind::kDecimal, "decimal", "decimal"},
    {SqlType::Kind::kBinary, "binary", "binary"},
}};

std::string WithScale(const char* name, const SqlType& type) {
  return type.kind == SqlType::Kind::kDecimal
             ? fmt::format("{}({},{})", name, type.precision, type.scale)
             : name;
}

Json ColumnModel(const std::string& name, const SqlType& type, bool not_null, bool pii,
                 const std::string& comment) {
  const auto* const names = std::ranges::find(kTypeNames, type.kind, &TypeNames::kind);
  assert(names != kTypeNames.end());
  return {{"name", name},
          {"type", ToString(type)},
          {"iceberg_type", WithScale(names->iceberg, type)},
          {"athena_type", WithScale(names->athena, type)},
          {"not_null", not_null},
          {"pii", pii},
          {"comment", comment}};
}

Json ColumnModel(const ColumnDefinition& column, bool pii) {
  Json model = ColumnModel(column.name, column.type, column.not_null, pii, column.comment);
  model["empty_is_null"] = column.empty_is_null;
  return model;
}

// Keeps texts as written although they go through the parser: the project is read a second time
// with a mark as the value of each parameter, a word that the parser takes wherever it takes a
// value, and Written() replaces the marks with ${name}.
class ParameterMarks {
 public:
  explicit ParameterMarks(const Project& project) {
    for (const auto& [name, parameter] : project.parameters) {
      marks_.emplace_back(fmt::format("stedi_parameter_{}_", marks_.size()), name);
    }
  }

  ProjectOptions Options() const {
    ProjectOptions options;
    for (const auto& [mark, name] : marks_) options.set[name] = mark;
    return options;
  }

  std::string Written(std::string text) const {
    for (const auto& [mark, name] : marks_) {
      for (size_t at = 0; (at = text.find(mark, at)) != std::string::npos;) {
        text.replace(at, mark.size(), "${" + name + "}");
      }
    }
    return text;
  }

  // Adds the names of the parameters in `text` to `names`. REQUIRES: `text` comes from Written().
  void Collect(const std::string& text, std::set<std::string>& names) const {
    for (const auto& [mark, name] : marks_) {
      if (text.find("${" + name + "}") != std::string::npos) names.insert(name);
    }
  }

 private:
  std::vector<std::pair<std::string, std::string>> marks_;  // mark, name
};

Json ExpectationModels(const TableDefinition& table, const ParameterMarks& marks,
                       std::set<std::string>& parameters) {
  Json models = Json::array();
  for (const Expectation& expectation : table.expectations) {
    const std::string sql =
        marks.Written(KindOf(expectation).offending_rows(expectation, table.name));
    marks.Collect(sql, parameters);
    Json model = {{"name", expectation.name},
                  {"kind", expectation.kind},
                  {"action", ToString(expectation.action)},
                  {"sql", sql},
                  {"condition", marks.Written(expectation.condition)},
                  {"columns", expectation.columns},
                  {"references_table", expectation.references_table},
                  {"references_column", expectation.references_column}};
    models.push_back(std::move(model));
  }
  return models;
}

// Returns the properties that Iceberg understands. The others are stedi's own, and the model has
// them in other places.
Json IcebergProperties(const TableDefinition& table, const ParameterMarks& marks) {
  Json properties = Json::object();
  for (const auto& [key, value] : table.properties) {
    if (IsIcebergProperty(key)) properties[key] = marks.Written(value);
  }
  return properties;
}

Json TableModel(const TableDefinition& table, const ParameterMarks& marks) {
  Json columns = Json::array();
  for (const ColumnDefinition& column : table.columns) {
    const bool pii = std::ranges::find(table.pii, column.name) != table.pii.end();
    columns.push_back(ColumnModel(column, pii));
  }
  return {{"name", table.name},
          {"comment", table.comment},
          {"path", table.path},
          {"columns", columns},
          {"all_columns", columns},
          {"pii", table.pii},
          {"properties", IcebergProperties(table, marks)}};
}

Json FeedModel(const Feed& feed, const ParameterMarks& marks) {
  constexpr std::string_view kLandingPrefix = "${stedi.landing}/";
  Json model = TableModel(feed, marks);
  model["added_columns"] = Json::array();
  const std::set<std::string> pii = PiiOf(feed);
  for (const ColumnDefinition& column : feed.added_columns) {
    model["added_columns"].push_back(ColumnModel(column, pii.contains(column.name)));
    model["all_columns"].push_back(model["added_columns"].back());
  }
  model["keep_unfit"] = feed.keep_unfit;
  model["rejected_columns"] = feed.rejected_columns;
  model["rejected"] = feed.rejected.has_value() ? TableModel(*feed.rejected, marks) : Json();
  const std::string path = marks.Written(feed.properties.at(kPathKey));
  model["feed_path"] = path;
  model["folder"] = path.starts_with(kLandingPrefix) ? path.substr(kLandingPrefix.size()) : path;
  std::set<std::string> parameters;
  marks.Collect(path, parameters);
  model["files"] = Json::array();
  for (const std::string& pattern : feed.files.patterns) {
    model["files"].push_back(marks.Written(pattern));
    marks.Collect(model["files"].back(), parameters);
  }
  model["follow_links"] = feed.files.follow_links;
  model["expectations"] = ExpectationModels(feed, marks, parameters);
  model["parameters"] = parameters;
  return model;
}

// Returns the name of the job that makes a table: that of the feed that fills it, else its own.
std::string MakerOf(const Project& project, const std::string& table) {
  const Feed* feed = FindFeedOf(project, table);
  return feed == nullptr ? table : feed->name;
}

Json ViewModel(const View& view, const View& bound, const Project& project,
               const ParameterMarks& marks) {
  Json model = TableModel(view, marks);
  const std::string select = marks.Written(view.select.text);
  std::set<std::string> parameters;
  marks.Collect(select, parameters);
  model["select"] = select;
  // null, which is None in Python: the table may always be empty.
  model["may_be_empty_below"] =
      bound.may_be_empty_below == kAnyRows ? Json(nullptr) : Json(bound.may_be_empty_below);
  model["consent"] = bound.consent;
  model["inputs"] = bound.inputs;
  std::set<std::string> depends_on(bound.inputs.begin(), bound.inputs.end());
  for (const Expectation& expectation : view.expectations) {
    if (!expectation.references_table.empty() && expectation.references_table != view.name) {
      depends_on.insert(expectation.references_table);
    }
  }
  model["depends_on"] = depends_on;
  model["derived"] = Json::array();  // those of depends_on that have a SELECT
  for (const std::string& name : depends_on) {
    if (FindView(project, name) != nullptr) model["derived"].push_back(name);
  }
  // The size of a table of rejected records does not tell whether this table must have rows.
  model["counted_inputs"] = Json::array();
  for (const std::string& input : bound.inputs) {
    const TableDefinition* read = FindTable(project, input);
    const bool is_rejected = read != nullptr && read->kind == TableKind::kRejected;
    if (!is_rejected) model["counted_inputs"].push_back(input);
  }
  const auto found_note = view.properties.find(kNoteKey);
  const std::string note =
      found_note == view.properties.end() ? "" : marks.Written(found_note->second);
  marks.Collect(note, parameters);
  model["note"] = note;  // "": none
  std::set<std::string> waits_for;
  for (const std::string& name : depends_on) waits_for.insert(MakerOf(project, name));
  model["waits_for"] = waits_for;  // names of jobs
  model["expectations"] = ExpectationModels(view, marks, parameters);
  model["parameters"] = parameters;
  return model;
}

// Returns what a value of the parameter must fulfil (pipeline/parameter_value.h).
Json RulesOf(const Parameter& parameter) {
  Json rules = {{"types", Json::array()}, {"ranges", Json::array()}};
  for (const ParameterUse& use : parameter.uses) {
    const Json rule = {{"type", ToString(use.type)}, {"may_be_empty", use.may_be_empty}};
    if (std::ranges::find(rules["types"], rule) == rules["types"].end()) {
      rules["types"].push_back(rule);
    }
  }
  for (const ParameterRange& range : parameter.ranges) {
    rules["ranges"].push_back({{"least", range.least}, {"most", range.most}});
  }
  return rules;
}

// Adds the rules of the parameters that `model` names.
void AddParameterRules(const Project& project, Json& model) {
  model["parameter_rules"] = Json::object();
  for (const Json& name : model["parameters"]) {
    const auto found = project.parameters.find(name.get<std::string>());
    if (found == project.parameters.end()) continue;
    model["parameter_rules"][found->first] = RulesOf(found->second);
  }
}

// Returns the name of the job argument for a parameter: "max_age" for "stedi.max_age".
std::string ArgumentOf(const std::string& parameter) {
  std::string argument = parameter.substr(parameter.rfind('.') + 1);
  std::ranges::replace_if(
      argument, [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return argument;
}

Json ParameterModels(const Project& project, const std::set<std::string>& used) {
  Json models = Json::array();
  std::set<std::string> arguments;
  for (const auto& [name, parameter] : project.parameters) {
    if (!used.contains(name)) continue;
    const bool built_in = parameter.origin == Parameter::Origin::kBuiltIn;
    std::string argument = ArgumentOf(name);
    if (!arguments.insert(argument).second) {
      throw Error(ErrorCode::kInvalid,
                  fmt::format("two parameters of the project end in .{}: a job's arguments need "
                              "different names",
                              argument));
    }
    models.push_back({{"name", name},
                      {"argument", argument},
                      {"value", built_in || parameter.secret ? "" : parameter.value},
                      {"built_in", built_in},
                      {"secret", parameter.secret},
                      {"rules", RulesOf(parameter)},
                      {"setting", !built_in && !parameter.secret && name != kLandingParameter}});
  }
  return models;
}

Json QuarantineModel() {
  Json columns = Json::array();
  Json personal = Json::array();
  for (const QuarantineColumn& column : kQuarantineColumns) {
    columns.push_back(ColumnModel(column.name, {column.type}, column.is_always_set,
                                  column.is_personal, column.comment));
    if (column.is_personal) personal.push_back(column.name);
  }
  return {{"name", kQuarantineTable},
          {"comment", kQuarantineComment},
          {"columns", columns},
          {"all_columns", columns},
          {"pii", personal}};
}

}  // namespace

Json ProjectModel(const Project& checked, const std::vector<size_t>& order) {
  const ParameterMarks marks(checked);
  std::vector<Diagnostic> ignored;  // `checked` has none; a mark instead of a number is one
  const Project written = LoadProject(checked.folder, marks.Options(), ignored);
  Json feeds = Json::array();
  Json rejected = Json::array();
  std::set<std::string> used;
  for (const Feed& feed : written.feeds) {
    feeds.push_back(FeedModel(feed, marks));
    if (feed.rejected.has_value()) rejected.push_back(feeds.back()["rejected"]);
    const Feed* bound = FindFeed(checked, feed.name);
    assert(bound != nullptr);
    feeds.back()["max_rejected"] = bound->max_rejected;
    AddParameterRules(checked, feeds.back());
    for (const Json& name : feeds.back()["parameters"]) used.insert(name.get<std::string>());
  }
  Json tables = Json::array();
  for (const size_t i : order) {
    const View& bound = checked.views[i];
    const View* view = FindView(written, bound.name);
    assert(view != nullptr);
    tables.push_back(ViewModel(*view, bound, checked, marks));
    AddParameterRules(checked, tables.back());
    for (const Json& name : tables.back()["parameters"]) used.insert(name.get<std::string>());
  }
  return {{"name", checked.name},         {"catalog", checked.catalog},
          {"database", checked.database}, {"parameters", ParameterModels(checked, used)},
          {"feeds", std::move(feeds)},    {"rejected", std::move(rejected)},
          {"tables", std::move(tables)},  {"quarantine", QuarantineModel()}};
}

}  // namespace stedi
