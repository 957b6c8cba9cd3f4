#include "lake/failed_run_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <vector>

#include "base/error.h"
#include "base/file_store.h"
#include "iceberg/table_metadata.h"

namespace stedi {
namespace {

namespace fs = std::filesystem;

constexpr const char* kSweptSetting = "files_of_failed_runs_removed_until";        // a run's id
constexpr const char* kWithdrawalSetting = "files_of_a_withdrawal_not_published";  // its id
constexpr size_t kRunIdLength = 36;

bool IsFolder(const fs::directory_entry& entry) {
  return !entry.is_symlink() && entry.is_directory();  // a link may lead out of the lake
}

// Returns all <lake>/<database>/<table>/(data|metadata)/<file>. Throws filesystem_error.
std::vector<fs::path> FilesOf(const fs::path& lake) {
  std::vector<fs::path> files;
  for (const fs::directory_entry& database : fs::directory_iterator(lake)) {
    if (!IsFolder(database)) continue;
    for (const fs::directory_entry& table : fs::directory_iterator(database)) {
      if (!IsFolder(table)) continue;
      for (const char* name : {"data", "metadata"}) {
        const fs::directory_entry folder(table.path() / name);
        if (!IsFolder(folder)) continue;
        for (const fs::directory_entry& file : fs::directory_iterator(folder)) {
          if (!file.is_symlink() && file.is_regular_file()) files.push_back(file.path());
        }
      }
    }
  }
  return files;
}

// Returns the first of `ids` that is part of a file name in `text`; nullptr when none is. An id
// directly between quotes is not part of a file name: it is the run that a snapshot's summary
// names, which has failed if the snapshot is that of a withdrawal. All `ids` are kRunIdLength long.
const std::string* FindId(const std::set<std::string>& ids, std::string_view text) {
  for (size_t at = 0; at + kRunIdLength <= text.size(); ++at) {
    // All ids have their dashes at the same offsets, which quickly rules out most positions.
    if (text[at + 8] != '-' || text[at + 13] != '-') continue;
    if (at > 0 && text[at - 1] == '"' && text.substr(at + kRunIdLength).starts_with('"')) continue;
    const auto found = ids.find(std::string(text.substr(at, kRunIdLength)));
    if (found != ids.end()) return &*found;
  }
  return nullptr;
}

// Removes from `ids` those that FindId finds in `text`.
void EraseIdsIn(std::string_view text, std::set<std::string>& ids) {
  for (const std::string* id = FindId(ids, text); id != nullptr; id = FindId(ids, text)) {
    ids.erase(*id);
  }
}

// Removes from `ids` the runs whose files are in use, whatever the catalog says of those runs: a
// table's metadata.json names them, or an Avro file that none of the runs in `ids` wrote.
void EraseRunsInUse(const SqlCatalog& catalog, const std::vector<fs::path>& files,
                    std::set<std::string>& ids) {
  for (const std::string& location : catalog.ListLocations()) {
    EraseIdsIn(location, ids);
    EraseIdsIn(ReadWholeFile(LocalPath(location)), ids);
  }
  for (const fs::path& file : files) {
    if (file.extension() != ".avro" || FindId(ids, file.filename().native()) != nullptr) continue;
    EraseIdsIn(ReadWholeFile(file), ids);
  }
}

}  // namespace

RemovedFiles RemoveFilesOfFailedRuns(const fs::path& lake, SqlCatalog& catalog) {
  RemovedFiles removed;
  if (IsRemote(lake)) return removed;
  const std::vector<std::string> failed =
      catalog.ListFailedRuns(catalog.GetSetting(kSweptSetting).value_or(""));
  if (failed.empty()) return removed;
  std::set<std::string> ids(failed.begin(), failed.end());
  ids.insert(catalog.GetSetting(kWithdrawalSetting).value_or(""));
  std::erase_if(ids, [](const std::string& id) { return id.size() != kRunIdLength; });
  try {
    const std::vector<fs::path> files = FilesOf(lake);
    EraseRunsInUse(catalog, files, ids);
    for (const fs::path& file : files) {
      if (FindId(ids, file.filename().native()) == nullptr) continue;
      const uint64_t bytes = fs::file_size(file);
      fs::remove(file);
      ++removed.files;
      removed.bytes += bytes;
    }
    catalog.SetSetting(kSweptSetting, failed.back());
    NoteWithdrawalPublished(catalog);
  } catch (const fs::filesystem_error& error) {
    removed.problem = error.what();
  } catch (const Error& error) {  // the next run tries again
    removed.problem = error.what();
  }
  return removed;
}

void NoteWithdrawalStaged(SqlCatalog& catalog, const std::string& id) {
  catalog.SetSetting(kWithdrawalSetting, id);
}

void NoteWithdrawalPublished(SqlCatalog& catalog) {
  if (!catalog.GetSetting(kWithdrawalSetting).value_or("").empty()) {
    catalog.SetSetting(kWithdrawalSetting, "");
  }
}

std::string NoteOf(const RemovedFiles& removed) {
  if (!removed.problem.empty()) {
    return fmt::format("files of failed runs are still in the lake, the next run removes them: {}",
                       removed.problem);
  }
  if (removed.files == 0) return "";
  return fmt::format("removed {} file{} ({} B) that failed runs left in the lake", removed.files,
                     removed.files == 1 ? "" : "s", removed.bytes);
}

}  // namespace stedi
