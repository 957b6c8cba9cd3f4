#include "inspect/verify_files.h"

#include <fmt/format.h>

#include <set>
#include <utility>

#include "lake/damaged_files.h"
#include "lake/lake_table.h"
#include "lake/manifest_crcs.h"
#include "lake/manifest_io.h"

namespace stedi {
namespace {

constexpr const char* kOtherBytes = "its bytes are not those that were written: another checksum";

class Checker {
 public:
  explicit Checker(const LakeSession& session) : session_(session) {}

  FilesCheck Check(const TableMetadata& metadata) {
    FilesCheck found;
    const Snapshot* current = metadata.CurrentSnapshot();
    if (current != nullptr) CheckFilesOf(*current);
    found.faults = CheckFoundPages();
    for (const Snapshot& snapshot : metadata.snapshots) {
      if (&snapshot == current) continue;
      try {
        CheckFilesOf(snapshot);
      } catch (const Error& error) {  // the table's fault, not ours
        if (error.code() == ErrorCode::kCancelled || IsOutOfMemory(error)) throw;
        faults_.emplace_back(error.what());
      }
    }
    for (const std::string& fault : CheckFoundPages()) {
      found.notes.push_back(fmt::format("{} (of older snapshots alone)", fault));
    }
    if (pages_without_crc_ > 0) {
      found.notes.push_back(fmt::format(
          "{} of {} pages have no checksum: another program, or an earlier stedi, wrote "
          "them",
          pages_without_crc_, pages_));
    }
    return found;
  }

 private:
  // Returns false, and adds a fault, if the file's bytes are not those that were written. An empty
  // `crc` means that it is not known.
  bool HasCrc(const std::string& path, const std::string& crc) {
    if (crc.empty() || CrcOfFile(session_.storage.StoreOf(path), path) == crc) return true;
    faults_.push_back(fmt::format("{}: {}", path, kOtherBytes));
    return false;
  }

  void CheckFilesOf(const Snapshot& snapshot) {
    const std::string list = LocalPath(snapshot.manifest_list);
    if (!session_.storage.StoreOf(list).Stat(list).has_value()) {
      faults_.push_back(fmt::format("{}: is gone", list));
      return;
    }
    if (!HasCrc(list, CrcOfList(snapshot))) return;
    for (const ManifestFile& manifest : ManifestsOf(session_.connection, snapshot)) {
      if (!known_.insert(manifest.path).second || !HasCrc(manifest.path, manifest.crc)) continue;
      if (manifest.content != 0) continue;
      for (const ManifestEntry& entry : ReadManifest(session_.connection, manifest)) {
        if (entry.status != EntryStatus::kDeleted) AddDataFile(entry.file);
      }
    }
  }

  void AddDataFile(const DataFile& file) {
    if (!known_.insert(file.path).second) return;
    const std::string fault = SizeFault(session_.storage, file);
    if (fault.empty()) {
      data_files_.insert(file.path);
    } else {
      faults_.push_back(fault);
    }
  }

  // Checks the pages of the data files that were found since the last call. Returns all faults
  // since then.
  std::vector<std::string> CheckFoundPages() {
    const PagesCheck pages = CheckPages(session_.storage, std::exchange(data_files_, {}));
    pages_ += pages.pages;
    pages_without_crc_ += pages.pages_without_crc;
    faults_.insert(faults_.end(), pages.faults.begin(), pages.faults.end());
    return std::exchange(faults_, {});
  }

  const LakeSession& session_;
  std::vector<std::string> faults_;
  std::set<std::string> known_;       // files that were checked; snapshots share files
  std::set<std::string> data_files_;  // whose pages are not checked yet
  uint64_t pages_ = 0;
  uint64_t pages_without_crc_ = 0;
};

}  // namespace

FilesCheck CheckMetadataFile(const LakeSession& session, const std::string& table) {
  FilesCheck found;
  const TableIdentifier id{session.database_name, table};
  const std::optional<std::string> location = session.catalog.FindTable(id);
  if (!location.has_value()) return found;
  const std::optional<std::string> crc = session.catalog.MetadataCrc(id, *location);
  const std::string path = LocalPath(*location);
  if (crc.has_value() && CrcOfFile(session.storage.StoreOf(path), path) != *crc) {
    found.faults.push_back(fmt::format("{}: {}", path, kOtherBytes));
  }
  return found;
}

FilesCheck CheckTableFiles(const LakeSession& session, const LakeTable& table) {
  if (!table.metadata.snapshots.empty()) session.database.LoadExtension(session.connection, "avro");
  return Checker(session).Check(table.metadata);
}

}  // namespace stedi
