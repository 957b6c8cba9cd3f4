#include "pipeline/project.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <set>
#include <utility>

#include "base/error.h"
#include "base/file.h"
#include "pipeline/built_in_parameters.h"
#include "pipeline/feed_tables.h"
#include "pipeline/nearest_name.h"
#include "pipeline/project_file.h"
#include "pipeline/property_keys.h"
#include "pipeline/table_definition_parser.h"
#include "pipeline/table_properties.h"

namespace stedi {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kLandingPrefix = "landing/";

class ProjectLoader {
 public:
  ProjectLoader(const fs::path& folder, const ProjectOptions& options,
                std::vector<Diagnostic>& diagnostics)
      : options_(options), diagnostics_(diagnostics) {
    project_.folder = fs::absolute(folder).lexically_normal();
  }

  Project Load() {
    if (!StatFile(project_.folder / kProjectFileName).has_value()) {
      throw Error(ErrorCode::kNotFound,
                  fmt::format("no pipeline project at {}: there is no {} in it",
                              project_.folder.string(), kProjectFileName));
    }
    ReadProjectFile();
    if (!project_.is_readable) return std::move(project_);
    ReadLibraries();
    ReportUnusedSettings();
    std::ranges::sort(project_.feeds, {}, &Feed::name);
    std::ranges::sort(project_.views, {}, &View::name);
    CheckReferences();
    CheckParameters();
    return std::move(project_);
  }

 private:
  void ReadProjectFile() {
    const ProjectFile file =
        ParseProjectFile(ReadWholeFile(project_.folder / kProjectFileName), diagnostics_);
    project_.is_readable = file.is_readable;
    project_.name = file.name;
    project_.catalog = file.catalog;
    project_.database = file.database;
    libraries_ = file.libraries;
    for (const auto& [name, entry] : file.configuration) {
      SetParameter(name, entry.value, Parameter::Origin::kProject, entry.position);
    }
    for (const auto& [name, value] : options_.built_in) {
      const auto found = project_.parameters.find(name);
      if (found != project_.parameters.end() && !found->second.value.empty()) continue;
      project_.parameters[name] = {value, Parameter::Origin::kBuiltIn, false, {}, {}, {}};
    }
    for (const auto& [name, value] : options_.set) {
      // An empty value means the one that the run itself supplies: --set stedi.as_of= is today.
      if (value.empty() && options_.built_in.contains(name)) continue;
      if (!project_.parameters.contains(name)) added_by_command_.insert(name);
      SetParameter(name, value, Parameter::Origin::kCommandLine, {kCommandLinePlace, 0, 0});
    }
    for (const std::string& name : options_.secrets) {
      if (const auto found = project_.parameters.find(name); found != project_.parameters.end()) {
        found->second.secret = true;
      }
    }
  }

  void SetParameter(const std::string& name, const std::string& value, Parameter::Origin origin,
                    const SourcePosition& position) {
    project_.parameters[name] = {value, origin, false, position, {}, {}};
    const bool is_plain = std::ranges::none_of(value, [](char c) {
      return c == '\'' || c == '"' || c == '`' || c == '\\' || c == '\n' || c == '\r' || c == '\0';
    });
    if (is_plain) return;
    project_.is_readable = false;
    diagnostics_.push_back(
        {Severity::kError,
         position,
         fmt::format("the value of parameter {} holds a quote, a backslash or a line end", name),
         "parameters are replaced as text, also between quotes: use a plain value",
         {}});
  }

  // Reads every *.sql file below the project that a library names, in the order of their paths. The
  // files in landing/ are feeds, whatever the patterns say.
  void ReadLibraries() {
    const std::vector<std::string> paths = SqlFilesBelow(project_.folder);
    std::vector<bool> chosen(paths.size());
    // A new project may have nothing but feeds. Otherwise a pattern without files is an error,
    // probably a typo.
    const bool has_others = std::ranges::any_of(
        paths, [](const std::string& path) { return !path.starts_with(kLandingPrefix); });
    for (const ProjectFile::Entry& library : libraries_) {
      bool any = false;
      bool any_feed = false;
      for (size_t i = 0; i < paths.size(); ++i) {
        if (!MatchesPattern(paths[i], library.value)) continue;
        const bool is_feed = paths[i].starts_with(kLandingPrefix);
        any_feed = any_feed || is_feed;
        any = any || !is_feed;
        chosen[i] = !is_feed;
      }
      if (any) continue;
      diagnostics_.push_back({has_others || any_feed ? Severity::kError : Severity::kWarning,
                              library.position,
                              any_feed ? fmt::format("{} names feeds alone", library.value)
                                       : fmt::format("no *.sql file fits {}", library.value),
                              any_feed ? "feeds in landing/ are read by themselves: name the "
                                         "derived tables, such as transformations/**"
                                       : "a folder's files are folder/**",
                              library.line_text});
    }
    for (size_t i = 0; i < paths.size(); ++i) {
      const std::string_view path = paths[i];
      if (path.starts_with(kLandingPrefix) &&
          path.find('/', kLandingPrefix.size()) == std::string_view::npos) {
        ReadFile(paths[i], DefinitionFolder::kLanding);
      } else if (chosen[i]) {
        ReadFile(paths[i], DefinitionFolder::kTransformations);
      }
    }
  }

  static std::vector<std::string> SqlFilesBelow(const fs::path& folder) {
    std::vector<std::string> paths;
    std::error_code failure;
    for (fs::recursive_directory_iterator at(folder, failure), end; !failure && at != end;
         at.increment(failure)) {
      if (at->path().extension() != ".sql" || at->is_directory()) continue;
      paths.push_back(at->path().lexically_relative(folder).generic_string());
    }
    if (failure) {
      throw Error(ErrorCode::kUnavailable,
                  fmt::format("cannot list the folder {}: {}", folder.string(), failure.message()));
    }
    std::ranges::sort(paths);
    return paths;
  }

  void ReadFile(const std::string& path, DefinitionFolder kind) {
    const auto lookup = [&](std::string_view name) -> std::optional<std::string> {
      added_by_command_.erase(std::string(name));
      const auto found = project_.parameters.find(std::string(name));
      return found == project_.parameters.end() ? std::nullopt : std::optional(found->second.value);
    };
    const auto hint = [&](std::string_view name) {
      std::vector<std::string> names;
      for (const auto& [known, value] : project_.parameters) names.push_back(known);
      const std::string nearest = NearestName(name, names);
      return nearest.empty()
                 ? fmt::format("give it a value: --set {}=.., or under configuration: in {}", name,
                               kProjectFileName)
                 : fmt::format("did you mean '{}'?", nearest);
    };
    const std::string original = ReadWholeFile(project_.folder / path);
    for (ParameterUse& use : FindParameterUses(path, original)) {
      const auto found = project_.parameters.find(use.name);
      if (found != project_.parameters.end()) found->second.uses.push_back(std::move(use));
    }
    const SqlText sql = ReplaceParameters(path, original, lookup, hint, diagnostics_);
    const size_t before = diagnostics_.size();
    const std::vector<ParsedTable> tables = ParseTableDefinitions(sql, kind, diagnostics_);
    if (diagnostics_.size() > before) {
      KeepRealMistakes(before);
      const bool has_name = std::ranges::any_of(
          tables, [](const ParsedTable& parsed) { return !parsed.name.empty(); });
      // The table probably has the name of the file: other tables that read it are not reported.
      if (!has_name) AddUnfinished(fs::path(path).stem().string(), kind);
    }
    for (const ParsedTable& parsed : tables) {
      if (parsed.name.empty()) continue;
      if (!names_.insert(parsed.name).second) {
        diagnostics_.push_back(ErrorAt(sql, parsed.name_offset,
                                       fmt::format("table {} is defined twice", parsed.name),
                                       "every table has one definition"));
        continue;
      }
      if (!parsed.complete) {
        AddUnfinished(parsed.name, kind);
      } else if (kind == DefinitionFolder::kLanding) {
        AddFeed(sql, parsed);
      } else {
        AddView(sql, parsed);
      }
    }
  }

  // After a missing quote, strings and SQL are swapped, so only the first mistake by position is
  // kept.
  void KeepRealMistakes(size_t before) {
    const auto first = diagnostics_.begin() + static_cast<std::ptrdiff_t>(before);
    const bool is_cut = std::any_of(first, diagnostics_.end(), [](const Diagnostic& one) {
      return one.message.find("has no closing quote") != std::string::npos;
    });
    if (!is_cut) return;
    std::iter_swap(first,
                   std::min_element(first, diagnostics_.end(), [](const auto& a, const auto& b) {
                     return std::pair(a.position.line, a.position.column) <
                            std::pair(b.position.line, b.position.column);
                   }));
    diagnostics_.erase(first + 1, diagnostics_.end());
  }

  void AddUnfinished(const std::string& name, DefinitionFolder kind) {
    names_.insert(name);
    project_.unfinished.push_back(name);
    // The feed may have a table of rejected records.
    if (kind != DefinitionFolder::kLanding) return;
    project_.unfinished.push_back(name + kRejectedSuffix);
  }

  // Reports names in --set that are neither parameters of the project nor used in a file: probably
  // typos.
  void ReportUnusedSettings() {
    std::vector<std::string> names;
    for (const auto& [name, parameter] : project_.parameters) {
      if (!added_by_command_.contains(name)) names.push_back(name);
    }
    for (const std::string& name : added_by_command_) {
      // --landing is also given to projects without feeds.
      if (name == kLandingParameter) continue;
      const std::string nearest = NearestName(name, names);
      Diagnostic diagnostic;
      diagnostic.position.path = kCommandLinePlace;
      diagnostic.message = fmt::format("the project has no parameter {}", name);
      diagnostic.hint = nearest.empty()
                            ? fmt::format("its parameters are {}", fmt::join(names, ", "))
                            : fmt::format("did you mean '{}'?", nearest);
      diagnostics_.push_back(std::move(diagnostic));
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
    if (const auto share = feed.properties.find(kMaxRejectedKey); share != feed.properties.end()) {
      feed.max_rejected = ParseShare(share->second).value_or(feed.max_rejected);
    }
    if (const auto path = feed.properties.find(kPathKey); path != feed.properties.end()) {
      const fs::path folder = path->second;
      // A URL is left as it is.
      feed.folder = path->second.find("://") != std::string::npos ? folder
                    : folder.is_absolute()                        ? folder
                                           : (project_.folder / folder).lexically_normal();
    }
    DefineFeedTables(feed);
    feed.files = FileRuleOf(feed);
    if (feed.contract.columns.size() > kContractColumnsMax) {
      diagnostics_.push_back(
          ErrorAt(sql, parsed.name_offset,
                  fmt::format("{} columns: a feed has at most {}", feed.columns.size(),
                              kContractColumnsMax),
                  fmt::format("leave columns out: their keys are kept in {}", kRescuedColumn)));
    }
    if (feed.rejected.has_value() && !names_.insert(feed.rejected->name).second) {
      diagnostics_.push_back(
          ErrorAt(sql, parsed.name_offset,
                  fmt::format("table {} is defined twice: the feed's rejected records stand in it",
                              feed.rejected->name),
                  "give the other table another name"));
    }
    project_.feeds.push_back(std::move(feed));
  }

  void AddView(const SqlText& sql, const ParsedTable& parsed) {
    View view;
    FillTable(sql, parsed, view);
    ReadProperties(sql, parsed, /*is_feed=*/false, view, diagnostics_);
    view.select = Slice(sql, parsed.select_begin, parsed.select_end);
    project_.views.push_back(std::move(view));
  }

  // Reports the first mistake of each parameter's value, before anything runs.
  void CheckParameters() {
    const auto collect = [&](const TableDefinition& table) {
      for (const ParameterRange& range : table.ranges) {
        const auto found = project_.parameters.find(range.name);
        if (found != project_.parameters.end()) {
          found->second.ranges.push_back(range);
        } else {
          diagnostics_.push_back({Severity::kError,
                                  range.position,
                                  fmt::format("the project has no parameter {}", range.name),
                                  "a range is of a parameter under configuration:",
                                  {}});
        }
      }
    };
    for (const Feed& feed : project_.feeds) collect(feed);
    for (const View& view : project_.views) collect(view);
    const size_t before = diagnostics_.size();
    for (const auto& [name, parameter] : project_.parameters) CheckParameter(name, parameter);
    if (diagnostics_.size() == before) return;
    // Earlier mistakes may only be consequences of the wrong values, so they are dropped.
    project_.is_readable = false;
    diagnostics_.erase(diagnostics_.begin(),
                       diagnostics_.begin() + static_cast<std::ptrdiff_t>(before));
  }

  void CheckParameter(const std::string& name, const Parameter& parameter) {
    const auto report = [&](const std::string& mistake, const char* what,
                            const SourcePosition& at) {
      diagnostics_.push_back({Severity::kError,
                              parameter.position,
                              parameter.secret
                                  ? fmt::format("the value of {} {}", name, mistake)
                                  : fmt::format("{} = '{}' {}", name, parameter.value, mistake),
                              fmt::format("{} {}:{}:{}", what, at.path, at.line, at.column),
                              {}});
    };
    for (const ParameterUse& use : parameter.uses) {
      if (use.may_be_empty && parameter.value.empty()) continue;
      const std::string mistake = ValueMistake(parameter.value, use.type);
      if (!mistake.empty()) return report(mistake, "it is cast at", use.position);
    }
    for (const ParameterRange& range : parameter.ranges) {
      const std::string mistake = RangeMistake(parameter.value, range);
      if (!mistake.empty()) return report(mistake, "its range is declared at", range.position);
    }
  }

  void CheckReferences() {
    const auto check = [&](const TableDefinition& table) {
      for (const Expectation& expectation : table.expectations) {
        if (!expectation.references_table.empty()) CheckReference(table, expectation);
      }
    };
    for (const Feed& feed : project_.feeds) check(feed);
    for (const View& view : project_.views) check(view);
  }

  void CheckReference(const TableDefinition& table, const Expectation& expectation) {
    const auto add = [&](std::string message, const std::string& nearest) {
      diagnostics_.push_back({Severity::kError, expectation.position, std::move(message),
                              nearest.empty() ? "" : fmt::format("did you mean '{}'?", nearest),
                              expectation.line_text});
    };
    const TableDefinition* target = FindTable(project_, expectation.references_table);
    if (target == nullptr) {
      if (names_.contains(expectation.references_table)) return;  // unfinished
      return add(fmt::format("there is no table {} to refer to", expectation.references_table),
                 NearestName(expectation.references_table, {names_.begin(), names_.end()}));
    }
    for (size_t i = 0; i < expectation.columns.size(); ++i) {
      const std::string& referenced = expectation.kind == kCovers ? expectation.covered_columns[i]
                                                                  : expectation.references_column;
      const auto column = std::ranges::find(target->columns, referenced, &ColumnDefinition::name);
      if (column == target->columns.end()) {
        std::vector<std::string> names;
        for (const ColumnDefinition& known : target->columns) names.push_back(known.name);
        return add(fmt::format("{} has no column {} to refer to", target->name, referenced),
                   NearestName(referenced, names));
      }
      const auto own =
          std::ranges::find(table.columns, expectation.columns[i], &ColumnDefinition::name);
      if (own == table.columns.end() || own->type == column->type) continue;
      return add(fmt::format("{} is {}, but {}.{} is {}", own->name, ToString(own->type),
                             target->name, column->name, ToString(column->type)),
                 "");
    }
  }

  const ProjectOptions& options_;
  std::vector<Diagnostic>& diagnostics_;
  Project project_;
  std::vector<ProjectFile::Entry> libraries_;
  std::set<std::string> added_by_command_;  // --set names that no file has used so far
  std::set<std::string> names_;
};

}  // namespace

std::vector<const TableDefinition*> TablesOf(const Project& project) {
  std::vector<const TableDefinition*> tables;
  for (const Feed& feed : project.feeds) {
    tables.push_back(&feed);
    if (feed.rejected.has_value()) tables.push_back(&*feed.rejected);
  }
  for (const View& view : project.views) tables.push_back(&view);
  return tables;
}

const TableDefinition* FindTable(const Project& project, std::string_view name) {
  for (const TableDefinition* table : TablesOf(project)) {
    if (table->name == name) return table;
  }
  return nullptr;
}

const Feed* FindFeedOf(const Project& project, std::string_view table) {
  const auto found = std::ranges::find_if(project.feeds, [&](const Feed& feed) {
    return feed.name == table || (feed.rejected.has_value() && feed.rejected->name == table);
  });
  return found == project.feeds.end() ? nullptr : &*found;
}

const Feed* FindFeed(const Project& project, std::string_view name) {
  const auto found = std::ranges::find(project.feeds, name, &Feed::name);
  return found == project.feeds.end() ? nullptr : &*found;
}

const View* FindView(const Project& project, std::string_view name) {
  const auto found = std::ranges::find(project.views, name, &View::name);
  return found == project.views.end() ? nullptr : &*found;
}

Project LoadProject(const fs::path& folder, const ProjectOptions& options,
                    std::vector<Diagnostic>& diagnostics) {
  return ProjectLoader(folder, options, diagnostics).Load();
}

}  // namespace stedi
