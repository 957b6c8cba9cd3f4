#include "run/run_project.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <ctime>

#include "base/file_store.h"
#include "base/machine.h"
#include "base/sha256.h"
#include "files/landing_files.h"
#include "pipeline/built_in_parameters.h"
#include "pipeline/nearest_name.h"
#include "store/storage.h"

namespace stedi {
namespace {

constexpr std::string_view kFingerprint = "fingerprint ";

std::string Today() { return fmt::format("{:%Y-%m-%d}", fmt::gmtime(std::time(nullptr))); }

CheckedProject Load(const RunOptions& options, const std::string& key, Connection* connection) {
  const ProjectOptions project_options = OptionsOfRun(options, key);
  CheckedProject checked = connection != nullptr
                               ? CheckProject(options.project_folder, project_options, *connection)
                               : CheckProject(options.project_folder, project_options);
  if (!checked.ok) throw ProjectError(std::move(checked.diagnostics));
  return checked;
}

void CheckName(const char* option, const std::string& name, const std::vector<std::string>& names,
               const char* kind) {
  if (std::ranges::find(names, name) != names.end()) return;
  const std::string nearest = NearestName(name, names);
  throw Error(ErrorCode::kInvalid,
              fmt::format("{} {}: no such {} in the project{}", option, name, kind,
                          nearest.empty() ? "" : fmt::format("; did you mean '{}'?", nearest)));
}

// Throws kInvalid for a misspelt name, which would silently do nothing.
void CheckNames(const RunOptions& options, const Project& project) {
  std::vector<std::string> names;
  for (const Feed& feed : project.feeds) names.push_back(feed.name);
  const std::string retried = options.retry_quarantine.value_or("");
  if (!retried.empty()) CheckName("--table", retried, names, "feed");
  for (const View& view : project.views) names.push_back(view.name);
  for (const std::string& name : options.rebuild) CheckName("--rebuild", name, names, "table");
}

}  // namespace

ProjectOptions OptionsOfRun(const RunOptions& options, const std::string& pseudonym_key) {
  if (const auto key = options.set.find(kKeyParameter);
      key != options.set.end() && key->second.empty()) {
    throw Error(ErrorCode::kInvalid,
                fmt::format("--set {}= is empty: leave it out, and the key is that of {}",
                            kKeyParameter, kKeyVariable));
  }
  ProjectOptions project_options;
  project_options.set = options.set;
  project_options.built_in = {{kAsOfParameter, Today()}, {kKeyParameter, pseudonym_key}};
  project_options.secrets = {kKeyParameter};
  return project_options;
}

CheckedProject LoadRunProject(const RunOptions& options, const std::string& pseudonym_key,
                              Connection* connection) {
  CheckedProject checked = Load(options, pseudonym_key, connection);
  CheckNames(options, checked.project);
  return checked;
}

void CheckLandingFolders(const Project& project) {
  for (const Feed& feed : project.feeds) {
    CheckLocation(feed.folder);
    if (IsRemote(feed.folder)) continue;
    const std::optional<FileStatus> status = StatFile(feed.folder);
    if (!status.has_value() || !status->is_folder) ListFeed(feed.folder, feed.files);
  }
}

PseudonymKey KeyInUse(const Project& project, const PseudonymKey& found) {
  const auto parameter = project.parameters.find(kKeyParameter);
  if (parameter == project.parameters.end() ||
      parameter->second.origin == Parameter::Origin::kBuiltIn) {
    return found;
  }
  const SourcePosition& place = parameter->second.position;
  return {CheckedKey(parameter->second.value, place.line == 0
                                                  ? fmt::format("--set {}", kKeyParameter)
                                                  : fmt::format("{}:{}", place.path, place.line)),
          std::nullopt};
}

std::set<std::string> TablesToRead(const CheckedProject& checked, std::set<std::string> changing) {
  std::set<std::string> names = changing;
  for (const size_t index : checked.order) {
    const View& view = checked.project.views[index];
    if (std::ranges::none_of(view.inputs,
                             [&](const std::string& input) { return changing.contains(input); })) {
      continue;
    }
    changing.insert(view.name);
    names.insert(view.inputs.begin(), view.inputs.end());
    names.insert(view.name);
  }
  return names;
}

std::string KeyFingerprint(const std::string& pseudonym_key) {
  constexpr size_t kDigits = 16;
  return Sha256("stedi" + pseudonym_key).substr(0, kDigits);
}

std::string KeyRecord(const std::string& pseudonym_key) {
  return std::string(kFingerprint) + KeyFingerprint(pseudonym_key);
}

std::optional<std::string> PublishedKeyFingerprint(const SqlCatalog& catalog,
                                                   const std::string& database) {
  const std::optional<RunRecord> last = catalog.LastPublishedRun(database);
  if (!last.has_value()) return std::nullopt;
  const auto found = last->parameters.find(kKeyParameter);
  if (found == last->parameters.end() || !found->second.starts_with(kFingerprint)) {
    return std::nullopt;
  }
  return found->second.substr(kFingerprint.size());
}

bool UsesPseudonymKey(const Project& project) {
  return std::ranges::any_of(project.views, [](const View& view) {
    return view.select.original.find(fmt::format("${{{}}}", kKeyParameter)) != std::string::npos;
  });
}

std::map<std::string, std::string> RecordedParameters(const Project& project,
                                                      const std::string& pseudonym_key) {
  std::map<std::string, std::string> values;
  for (const auto& [name, parameter] : project.parameters) {
    values[name] = parameter.secret ? KeyRecord(pseudonym_key) : parameter.value;
  }
  return values;
}

std::vector<std::string> KeyNotes(const Project& project, const PseudonymKey& key,
                                  const SqlCatalog& catalog) {
  std::vector<std::string> notes;
  if (key.new_file.has_value()) {
    notes.push_back(
        fmt::format("made a pseudonym key in {}: keep it, the same key gives the same pseudonyms",
                    key.new_file->string()));
  }
  const std::string fingerprint = KeyFingerprint(key.value);
  const std::optional<std::string> before = PublishedKeyFingerprint(catalog, project.database);
  if (before.has_value() && *before != fingerprint && UsesPseudonymKey(project)) {
    notes.push_back(fmt::format(
        "the pseudonym key is another one (fingerprint {}, before {}): all pseudonyms change",
        fingerprint, *before));
  }
  return notes;
}

void CheckPseudonymKey(const RunOptions& options, const Project& project, const SqlCatalog& catalog,
                       const PseudonymKey& key) {
  if (options.new_key || !UsesPseudonymKey(project)) return;
  const std::optional<std::string> lake = PublishedKeyFingerprint(catalog, project.database);
  const std::string own = KeyFingerprint(key.value);
  if (!lake.has_value() || *lake == own) return;
  throw Error(ErrorCode::kInvalid,
              fmt::format("{}: set STEDI_PSEUDONYM_KEY to that key, or give all people new "
                          "pseudonyms, and with them another split, by --new-key",
                          key.new_file.has_value()
                              ? fmt::format("the pseudonym key that the lake was made with "
                                            "(fingerprint {}) is not here",
                                            *lake)
                              : fmt::format("the pseudonym key here (fingerprint {}) is not the "
                                            "one that the lake was made with (fingerprint {})",
                                            own, *lake)));
}

// The rest is left to the page cache and to other programs.
uint64_t MemoryOf(const RunOptions& options) {
  return options.memory_bytes > 0 ? options.memory_bytes : MachineMemory() / 4;
}

}  // namespace stedi
