#include "inspect/run_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "inspect/reading_session.h"
#include "lake/lake_origin.h"
#include "pipeline/property_keys.h"
#include "run/feed_plan.h"
#include "run/folder_overlap.h"
#include "run/pseudonym_key.h"
#include "run/run_project.h"
#include "run/table_contract.h"
#include "run/table_fingerprint.h"
#include "run/view_update.h"
#include "select/delta_query.h"

namespace stedi {
namespace {

// Stands for the key that the first run will make.
constexpr const char* kKeyToCome = "a-key-that-the-first-run-will-make";

constexpr const char* kNewDefinition = "its definition is new";

using Bytes = std::optional<uint64_t>;

template <class Number>
std::optional<Number> Sum(std::optional<Number> a, std::optional<Number> b) {
  if (!a.has_value() || !b.has_value()) return std::nullopt;
  return *a + *b;
}

// A table while the plan is made.
struct Planned {
  TablePlan plan;
  LakeTable table;
  Bytes bytes;  // of its data files, without rows that the run adds; approximate
  int64_t rows = 0;
  std::optional<int64_t> changed_rows = 0;  // added or changed rows, approximate; nothing: unknown
  bool may_lose_rows = false;               // the run may remove rows, not only add new ones
  bool surely_changes = false;
  bool is_rebuilt_on_demand = false;

  bool is_busy() const { return plan.action != PlannedAction::kUnchanged; }
};

Bytes BytesNow(const LakeTable& table) {
  if (table.metadata.CurrentSnapshot() == nullptr) return std::nullopt;
  return static_cast<uint64_t>(SummaryNumber(table, "total-files-size"));
}

uint64_t PartOf(uint64_t whole, int64_t part, int64_t of) {
  if (of <= 0) return whole;
  const double share = static_cast<double>(part) / static_cast<double>(of);
  return static_cast<uint64_t>(static_cast<double>(whole) * std::min(1.0, share));
}

std::string Count(size_t count, const char* one, const char* many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

class Planner {
 public:
  Planner(const RunOptions& options, const CheckedProject& checked, const LakeSession& session)
      : options_(options), checked_(checked), session_(session) {}

  RunPlan Plan() {
    for (const Feed& feed : checked_.project.feeds) {
      Add(PlanOf(feed));
      if (feed.rejected.has_value()) Add(PlanOfRejected(feed, planned_.at(feed.name)));
    }
    if (!bad_files_.empty() && !options_.skip_bad_files) {
      throw BadFilesError(bad_files_, /*lists_all=*/true);
    }
    for (const size_t index : checked_.order) Add(PlanOf(checked_.project.views[index]));
    for (const std::string& name : names_) plan_.tables.push_back(planned_.at(name).plan);
    return std::move(plan_);
  }

 private:
  void Add(Planned planned) {
    names_.push_back(planned.plan.table);
    planned_.emplace(names_.back(), std::move(planned));
  }

  Planned Begin(const TableDefinition& definition) const {
    const std::string& name = definition.name;
    Planned out;
    out.plan.table = name;
    out.plan.kind = definition.kind;
    out.table = OpenTable(session_, name);
    LoadFiles(session_.database, session_.connection, out.table);
    out.rows = RowsOf(out.table);
    out.bytes = BytesNow(out.table);
    return out;
  }

  bool IsAskedFor(const std::string& name) const {
    return std::ranges::find(options_.rebuild, name) != options_.rebuild.end();
  }

  Planned PlanOf(const Feed& feed) {
    Planned out = Begin(feed);
    const FeedPlan news = PlanFeed(session_, feed, session_.storage.List(feed.folder, feed.files),
                                   options_, plan_.notes);
    for (const BadFile& bad : news.bad_files) {
      bad_files_.push_back(ReportBadFile(feed, bad, options_.skip_bad_files));
      if (options_.skip_bad_files) plan_.notes.push_back("skipped " + bad_files_.back().line);
    }
    const std::optional<StepRecord> last =
        session_.catalog.LastStep(session_.database_name, feed.name);
    const bool is_new_definition =
        !last.has_value() || last->fingerprint != Fingerprint(feed, "", {});
    plan_.redelivered += news.news.redelivered;
    const std::vector<LandingFile>& files = news.news.to_load;
    if (!news.rebuild && files.empty() && news.news.outdated.empty() && !is_new_definition &&
        out.table.exists()) {
      return out;
    }
    uint64_t bytes = 0;
    for (const LandingFile& file : files) bytes += file.size_bytes;
    plan_.files += files.size();
    plan_.bytes += bytes;
    out.plan.action = news.rebuild ? PlannedAction::kRebuild : PlannedAction::kLoad;
    out.plan.reason = ReasonOf(news, is_new_definition);
    if (out.plan.reason == kNewDefinition && IsMovedFrom(feed, last)) {
      out.plan.reason = "its folder is another one";
    }
    out.is_rebuilt_on_demand = news.rebuild;
    out.may_lose_rows = news.rebuild || !news.news.outdated.empty() || out.table.has_deletes;
    out.surely_changes = !files.empty() || out.may_lose_rows;
    out.plan.read_bytes =
        out.may_lose_rows && !news.rebuild ? Bytes(bytes + out.bytes.value_or(0)) : Bytes(bytes);
    Estimate(feed.name, bytes, out);
    return out;
  }

  // The table gets few rows. Their number is not known before the files are read, so it is not
  // estimated.
  Planned PlanOfRejected(const Feed& feed, const Planned& landing) {
    Planned out = Begin(*feed.rejected);
    const std::optional<StepRecord> last =
        session_.catalog.LastStep(session_.database_name, feed.rejected->name);
    const bool is_new_definition =
        !last.has_value() || last->fingerprint != Fingerprint(*feed.rejected, "", {});
    if (!landing.is_busy() && !is_new_definition && out.table.exists()) return out;
    out.plan.action = landing.is_rebuilt_on_demand ? PlannedAction::kRebuild : PlannedAction::kLoad;
    out.plan.reason = landing.is_busy() ? "what is rejected of " + landing.plan.reason
                                        : ReasonOf(FeedPlan(), is_new_definition);
    out.is_rebuilt_on_demand = landing.is_rebuilt_on_demand;
    out.may_lose_rows = landing.may_lose_rows || is_new_definition;
    out.surely_changes = is_new_definition || !out.table.exists();
    return out;
  }

  static std::string ReasonOf(const FeedPlan& news, bool is_new_definition) {
    if (news.rebuild) return "--rebuild";
    std::string reason;
    const size_t outdated = news.news.outdated.size();
    const size_t fresh = news.news.to_load.size() - std::min(news.news.to_load.size(), outdated);
    if (fresh > 0) reason = Count(fresh, "new file", "new files");
    if (outdated > 0) {
      reason +=
          (reason.empty() ? "" : ", ") + Count(outdated, "file", "files") + " with new content";
    }
    if (!reason.empty()) return reason;
    return is_new_definition ? kNewDefinition : "it is not there";
  }

  // Whether the feed's definition differs from that of its last run only in a parameter that its
  // folder contains.
  bool IsMovedFrom(const Feed& feed, const std::optional<StepRecord>& last) const {
    const std::optional<RunRecord> run = session_.catalog.LastPublishedRun(session_.database_name);
    if (!last.has_value() || !run.has_value()) return false;
    for (const auto& [name, parameter] : checked_.project.parameters) {
      const auto before = run->parameters.find(name);
      if (before == run->parameters.end() || parameter.secret || parameter.value.empty()) continue;
      Feed moved = feed;
      std::string& path = moved.properties[kPathKey];
      const size_t at = path.find(parameter.value);
      if (at == std::string::npos) continue;
      path.replace(at, parameter.value.size(), before->second);
      if (Fingerprint(moved, "", {}) == last->fingerprint) return true;
    }
    return false;
  }

  // Estimates how many rows and bytes of the table `bytes` of landing files will give, from what
  // earlier landing files gave.
  void Estimate(const std::string& feed, uint64_t bytes, Planned& out) const {
    uint64_t known_bytes = 0;
    uint64_t known_records = 0;
    for (const FileRecord& file : session_.catalog.ListFiles(session_.database_name, feed)) {
      if (file.status == LoadStatus::kRedelivered) continue;
      known_bytes += file.size_bytes;
      known_records += file.records;
    }
    if (known_bytes == 0) {
      out.changed_rows.reset();
      return;
    }
    const double share = static_cast<double>(bytes) / static_cast<double>(known_bytes);
    out.changed_rows = static_cast<int64_t>(share * static_cast<double>(known_records));
    if (!out.bytes.has_value()) return;
    out.plan.write_bytes = static_cast<uint64_t>(share * static_cast<double>(*out.bytes)) +
                           (out.may_lose_rows && !out.is_rebuilt_on_demand ? *out.bytes : 0);
    out.bytes = out.is_rebuilt_on_demand ? *out.plan.write_bytes : *out.bytes;
  }

  Planned PlanOf(const View& view) {
    Planned out = Begin(view);
    std::vector<TableState> states;
    std::vector<const Planned*> inputs;
    std::vector<const Planned*> busy;  // also tables that the view only refers to
    const auto look_at = [&](const Planned& input) {
      states.push_back(StateOf(input.table));
      if (input.is_busy() && std::ranges::find(busy, &input) == busy.end()) busy.push_back(&input);
    };
    for (const std::string& name : view.inputs) {
      inputs.push_back(&planned_.at(name));
      look_at(*inputs.back());
    }
    for (const Expectation& expectation : view.expectations) {
      const auto found = planned_.find(expectation.references_table);
      if (found != planned_.end()) look_at(found->second);
    }
    const std::string fingerprint = Fingerprint(view, view.select.text, states);
    const bool is_up_to_date = IsUpToDate(session_, out.table, fingerprint);
    const bool is_asked_for = IsAskedFor(view.name);
    for (const Planned* input : busy) out.changed_rows = Sum(out.changed_rows, input->changed_rows);
    if (is_asked_for || options_.full) {
      Rebuild(inputs, is_asked_for ? "--rebuild" : "--full", out);
      out.surely_changes = is_asked_for || !out.table.exists();
      out.is_rebuilt_on_demand = true;
      out.changed_rows.reset();
      return out;
    }
    if (is_up_to_date && busy.empty()) return out;
    Decide(view, inputs, fingerprint, out);
    out.surely_changes = !out.table.exists();
    if (out.plan.action == PlannedAction::kRebuild && !is_up_to_date) out.changed_rows.reset();
    const bool is_sure = !is_up_to_date || std::ranges::any_of(busy, &Planned::surely_changes);
    if (is_sure || !out.is_busy()) return out;
    for (const Planned* input : busy) out.plan.if_changed.push_back(input->plan.table);
    return out;
  }

  // Sets the action of a view whose inputs have changed or may change.
  void Decide(const View& view, const std::vector<const Planned*>& inputs,
              const std::string& fingerprint, Planned& out) const {
    const Schema schema = NextSchema(out.table, FieldsOf(view), EvolutionRule::kReplace);
    const UpdateDecision decision =
        MayStartFrom(session_, view, checked_.project, out.table, schema, fingerprint);
    if (!decision.start.has_value()) return Rebuild(inputs, decision.reason, out);
    std::vector<ChangedInput> changed;
    std::string reason;
    for (const Planned* input : inputs) {
      const std::string& name = input->plan.table;
      const auto& shape = decision.start->shape.inputs;
      if (std::ranges::find(shape, name, &SelectShape::Input::table) == shape.end()) continue;
      const auto before = decision.start->inputs.find(name);
      const bool differs =
          before == decision.start->inputs.end() || !(before->second == StateOf(input->table));
      if (!input->is_busy() && !differs) continue;
      const std::string obstacle =
          ObstacleIn(*input, before == decision.start->inputs.end() ? nullptr : &before->second);
      if (!obstacle.empty()) return Rebuild(inputs, obstacle, out);
      changed.push_back({name, "", "", "news", input->may_lose_rows || differs ? "lost" : ""});
      reason += (reason.empty() ? "what changed in " : ", ") + name;
    }
    if (changed.empty()) return;  // only tables that it refers to: its expectations are recounted
    const DeltaQuery query(view, decision.start->shape, session_.database_name, changed);
    if (query.method() != DeltaQuery::Method::kAppend) {
      for (const Planned* input : inputs) {
        const int64_t rows = input->changed_rows.value_or(0);
        if (!IsTooMuch(rows, input->rows + rows)) continue;
        return Rebuild(inputs, fmt::format("about {} rows of {} change", rows, input->plan.table),
                       out);
      }
    }
    out.plan.action = PlannedAction::kUpdate;
    out.plan.reason = reason;
    out.may_lose_rows = query.method() == DeltaQuery::Method::kReplace;
    CountUpdate(inputs, changed, query.method(), out);
  }

  // Returns why a view cannot be updated from the changes of `input`; empty: it can.
  std::string ObstacleIn(const Planned& input, const TableState* before) const {
    const std::string& name = input.plan.table;
    if (input.is_rebuilt_on_demand) return fmt::format("all of {} is made anew", name);
    if (before == nullptr) return fmt::format("it did not read {} before", name);
    const std::optional<TableDelta> delta = DeltaSince(session_.connection, input.table, *before);
    if (!delta.has_value()) return fmt::format("what changed in {} cannot be told", name);
    int64_t compared = input.plan.action == PlannedAction::kRebuild ? 2 * input.rows : 0;
    if (!delta->removed.empty()) {
      for (const DataFile& file : delta->added) compared += file.record_count;
      for (const DataFile& file : delta->removed) compared += file.record_count;
    }
    if (compared <= kComparedRowsMax) return "";
    return fmt::format("{} is written anew and has too many rows to be compared", name);
  }

  static void Rebuild(const std::vector<const Planned*>& inputs, const std::string& reason,
                      Planned& out) {
    out.plan.action = PlannedAction::kRebuild;
    out.plan.reason = reason;
    out.may_lose_rows = true;
    out.plan.read_bytes = 0;
    for (const Planned* input : inputs) {
      const Bytes news = input->is_busy() && input->plan.action != PlannedAction::kRebuild
                             ? input->plan.write_bytes
                             : Bytes(0);
      out.plan.read_bytes = Sum(out.plan.read_bytes, Sum(input->bytes, news));
    }
    out.plan.write_bytes = out.bytes;
  }

  static void CountUpdate(const std::vector<const Planned*>& inputs,
                          const std::vector<ChangedInput>& changed, DeltaQuery::Method method,
                          Planned& out) {
    out.plan.read_bytes = 0;
    std::optional<int64_t> changed_rows = 0;
    int64_t rows = 0;
    for (const Planned* input : inputs) {
      const bool is_changed =
          std::ranges::find(changed, input->plan.table, &ChangedInput::table) != changed.end();
      if (is_changed) {
        out.plan.read_bytes = Sum(out.plan.read_bytes, Bytes(input->plan.write_bytes.value_or(0)));
        changed_rows = Sum(changed_rows, input->changed_rows);
        rows += input->rows;
      }
      // Changed rows are joined with all rows of the other inputs. kReplace also reads all rows of
      // the changed input.
      if (!is_changed || changed.size() > 1 || method == DeltaQuery::Method::kReplace) {
        out.plan.read_bytes = Sum(out.plan.read_bytes, input->bytes);
      }
    }
    if (method != DeltaQuery::Method::kAppend) {
      out.plan.read_bytes = Sum(out.plan.read_bytes, out.bytes);
    }
    if (changed_rows.has_value()) {
      out.plan.write_bytes = PartOf(out.bytes.value_or(0), *changed_rows, rows);
    }
  }

  const RunOptions& options_;
  const CheckedProject& checked_;
  const LakeSession& session_;
  RunPlan plan_;
  std::vector<BadFileReport> bad_files_;
  std::vector<std::string> names_;
  std::map<std::string, Planned> planned_;
};

}  // namespace

std::string ToString(PlannedAction action) {
  switch (action) {
    case PlannedAction::kUnchanged:
      return "unchanged";
    case PlannedAction::kLoad:
      return "load";
    case PlannedAction::kUpdate:
      return "update";
    case PlannedAction::kRebuild:
      return "rebuild";
  }
  return "";
}

RunPlan PlanRun(const RunOptions& options) {
  const PseudonymKey found = FindPseudonymKey().value_or(PseudonymKey{kKeyToCome, std::nullopt});
  const CheckedProject checked = LoadRunProject(options, found.value);
  const Project& project = checked.project;
  const std::string key = KeyInUse(project, found).value;
  CheckLandingFolders(project);
  FoundLake lake{PlaceOf(options.lake, options.catalog), nullptr, project.database};
  for (const Feed& feed : project.feeds) CheckApart(lake.place, feed, {});
  lake.catalog = SqlCatalog::ReadCopy(lake.place.catalog, project.catalog);
  if (lake.catalog != nullptr) {
    CheckCatalogIsOf(lake.place, *lake.catalog);
    CheckIsAtHome(lake.place, *lake.catalog);
  } else {
    lake.catalog = SqlCatalog::Empty(project.catalog);
  }
  const ReadingSession reading(lake, options.threads, MemoryOf(options));
  RunPlan plan = Planner(options, checked, reading.session()).Plan();
  const std::optional<std::string> lake_key =
      PublishedKeyFingerprint(reading.session().catalog, project.database);
  if (lake_key.has_value() && UsesPseudonymKey(project)) {
    if (KeyFingerprint(key) != *lake_key) {
      plan.notes.push_back("the pseudonym key is not the lake's: the run ends, unless --new-key");
    }
  } else if (key == kKeyToCome) {
    plan.notes.push_back("there is no pseudonym key yet: the run makes one");
  }
  return plan;
}

}  // namespace stedi
