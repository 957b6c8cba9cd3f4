#include "lake/relocate.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "base/fail_point.h"
#include "catalog/lake_lock.h"
#include "iceberg/identifiers.h"
#include "lake/lake_place.h"
#include "lake/manifest_crcs.h"
#include "lake/moved_places.h"
#include "lake/relocated_table.h"
#include "store/scratch_folder.h"

namespace stedi {
namespace {

// The id that the lake had before relocation gave it a new one. It tells that the lake belongs to
// this catalog until the new id has been written into the lake as well.
constexpr const char* kIdBeforeSetting = "lake_id_before";

// A table's pointer, and which of the catalogs in the SQLite file it belongs to.
struct NamedPointer {
  std::string catalog_name;
  TablePointer pointer;
};

class Relocation {
 public:
  Relocation(const RelocateOptions& options, const LakePlace& place, SqlCatalog& catalog)
      : options_(options),
        place_(place),
        catalog_(catalog),
        database_(DatabaseOptions{}),
        connection_(database_),
        storage_(database_),
        places_(storage_, place.lake) {}

  RelocateReport Run() {
    report_.lake = place_.lake.string();
    if (const std::vector<std::string> damage = catalog_.FindDamage(); !damage.empty()) {
      throw Error(ErrorCode::kInvalid,
                  fmt::format("{}: the catalog is damaged ({}): copy it again, while no run writes "
                              "to it",
                              place_.catalog.string(), damage.front()));
    }
    DeleteOutdated();
    ReadPointers();
    CheckOrigin();
    LakeMove move;
    MoveTables(move);
    if (move.pointers.empty()) return AtHome();
    report_.status = RelocateStatus::kRelocated;
    report_.tables = move.pointers.size();
    NoteOwner(move);
    FailPoint("before_relocate_commit");
    ThrowIfCancelled();
    catalog_.MoveLake(move);
    FailPoint("after_relocate_commit");
    TakeIfForked();
    DeleteOutdated();
    return std::move(report_);
  }

 private:
  void ReadPointers() {
    for (const std::string& name : catalog_.ListCatalogNames()) {
      const auto named = SqlCatalog::ReadCopy(place_.catalog, name);
      for (TablePointer& pointer : named->ListPointers()) {
        places_.AddTable(pointer);
        pointers_.push_back({name, std::move(pointer)});
      }
    }
    for (const auto& [folder, is_same] : places_.old_folders()) report_.made_at.push_back(folder);
  }

  // A copy must share neither files nor ids with the lake that it was made from.
  void CheckOrigin() {
    for (const NamedPointer& named : pointers_) {
      const std::string old = SplitPlace(named.pointer.location).path;
      const std::string renamed = SplitPlace(places_.Rename(named.pointer.location)).path;
      if (options_.is_copy) CheckIsReallyInside(renamed);
      if (old == renamed || options_.is_copy) continue;
      const std::string folder = old.substr(0, old.size() - Shared(old, renamed));
      if (!IsRemote(folder) && IsSameFolder(folder, place_.lake)) continue;
      if (!storage_.StoreOf(old).Stat(old).has_value()) continue;
      throw Error(ErrorCode::kInvalid,
                  fmt::format("the lake that {} is a copy of is still at {}: with --copy both can "
                              "be used; else delete that one first",
                              place_.lake.string(), folder));
    }
  }

  // The length in bytes of the common end of both paths: "/database/table/..".
  size_t Shared(const std::string& old, const std::string& renamed) const {
    const size_t shared = renamed.size() - place_.lake.string().size();
    return std::min(shared, old.size());
  }

  // A symbolic link in the copy would lead to the files of the other lake.
  void CheckIsReallyInside(const std::string& path) const {
    if (IsRemote(path)) return;
    std::error_code is_not_there;
    const auto real = std::filesystem::weakly_canonical(path, is_not_there).parent_path();
    const auto lake = std::filesystem::weakly_canonical(place_.lake, is_not_there);
    if (IsBelow(real.string(), lake.string())) return;
    throw Error(ErrorCode::kInvalid,
                fmt::format("{} is at {} by a symbolic link, outside the copy: copy what the link "
                            "names, too (cp -rL)",
                            std::filesystem::path(path).parent_path().string(), real.string()));
  }

  // A damaged file must not be rewritten into one with a valid checksum.
  void CheckMetadata(const TablePointer& pointer) {
    const std::string path = SplitPlace(places_.Rename(pointer.location)).path;
    const FileStore& store = storage_.StoreOf(path);
    const auto crc = catalog_.MetadataCrc(pointer.table, pointer.location);
    if (!crc.has_value() || !store.Stat(path).has_value() || CrcOfFile(store, path) == *crc) return;
    throw Error(ErrorCode::kInvalid,
                fmt::format("{}: is damaged: its bytes are not those that were written: bring the "
                            "file there again",
                            path));
  }

  void MoveTables(LakeMove& move) {
    TableRelocation tables(connection_, storage_, places_, scratch_.path(), options_.is_copy);
    for (const auto& [catalog_name, pointer] : pointers_) {
      ThrowIfCancelled();
      CheckMetadata(pointer);
      std::optional<RelocatedTable> moved = tables.Relocate(pointer);
      if (!moved.has_value()) continue;
      move.pointers.push_back({catalog_name, pointer.table.database, pointer.table.name,
                               pointer.location, moved->location});
      if (!moved->new_uuid.empty()) move.table_uuids[moved->old_uuid] = moved->new_uuid;
      move.outdated_files.insert(move.outdated_files.end(), moved->outdated_files.begin(),
                                 moved->outdated_files.end());
    }
    report_.files_written = tables.files_written();
  }

  // Adds the settings that tie the catalog to the lake: its location and, where it needs a new one,
  // its id. Throws kConflict when the lake belongs to another catalog.
  void NoteOwner(LakeMove& move) {
    const std::optional<std::string> own = catalog_.GetSetting(kLakeIdSetting);
    const std::optional<std::string> there = IdInLake(place_, storage_);
    if (there.has_value() && there != own) {
      throw Error(ErrorCode::kConflict,
                  fmt::format("the lake at {} belongs to another catalog than {} (its id is {}): "
                              "name its own with --catalog",
                              place_.lake.string(), place_.catalog.string(), *there));
    }
    if (!place_.catalog_is_inside) move.settings[kLakeLocationSetting] = place_.lake.string();
    if (options_.is_copy || (!own.has_value() && !place_.catalog_is_inside)) {
      move.settings[kIdBeforeSetting] = own.value_or("");
      move.settings[kLakeIdSetting] = NewUuid();
    }
  }

  // Writes the catalog's id into the lake if the lake has none or its previous one, or if another
  // copy of the catalog has left its mark there. Returns whether it did. Throws kConflict when the
  // lake belongs to another catalog.
  bool TakeIfForked() {
    const std::optional<std::string> there = IdInLake(place_, storage_);
    const std::optional<std::string> own = catalog_.GetSetting(kLakeIdSetting);
    if (place_.catalog_is_inside && !there.has_value()) return false;
    if (there.has_value() && !IsForked(place_, storage_, catalog_)) return false;
    if (there.has_value() && there != own && there != catalog_.GetSetting(kIdBeforeSetting)) {
      throw Error(ErrorCode::kConflict,
                  fmt::format("the lake at {} belongs to another catalog than {} (its id is {}): "
                              "name its own with --catalog",
                              place_.lake.string(), place_.catalog.string(), *there));
    }
    TakeLake(place_, storage_, catalog_, own.value_or(""));
    return true;
  }

  // Deletes the files that this relocation has replaced, or an earlier one that died before it
  // could delete them.
  void DeleteOutdated() {
    const std::vector<std::string> paths = catalog_.ListOutdatedFiles();
    if (paths.empty()) return;
    std::set<std::string> folders;
    for (const std::filesystem::path path : paths) {
      if (!IsBelow(path.string(), place_.lake.string())) continue;  // of an earlier relocation
      const FileStore& store = storage_.StoreOf(path);
      if (!store.Stat(path).has_value()) continue;
      store.Remove(path);
      if (IsRemote(path)) continue;
      std::filesystem::remove(path.parent_path() /
                              fmt::format(".{}.crc", path.filename().string()));
      folders.insert(path.parent_path().string());
      ++report_.files_deleted;
    }
    for (const std::string& folder : folders) storage_.StoreOf(folder).ConfirmFolderDurable(folder);
    catalog_.ForgetOutdatedFiles();
  }

  RelocateReport AtHome() {
    report_.status = report_.files_deleted > 0 ? RelocateStatus::kCleaned : RelocateStatus::kAtHome;
    CheckCatalogIsOf(place_, catalog_);
    if (catalog_.GetSetting(kLakeIdSetting).has_value() && TakeIfForked()) {
      report_.status = RelocateStatus::kTaken;
    }
    return std::move(report_);
  }

  const RelocateOptions& options_;
  const LakePlace& place_;
  SqlCatalog& catalog_;
  ScratchFolder scratch_{"stedi-relocate"};
  Database database_;
  Connection connection_;
  Storage storage_;
  MovedPlaces places_;
  std::vector<NamedPointer> pointers_;
  RelocateReport report_;
};

}  // namespace

std::string_view ToString(RelocateStatus status) {
  constexpr std::array<std::string_view, 4> kNames = {"relocated", "cleaned", "taken", "at_home"};
  return kNames.at(static_cast<size_t>(status));
}

RelocateReport RelocateLake(const RelocateOptions& options,
                            const std::function<void(int pid)>& on_wait) {
  const LakePlace place = PlaceOf(options.lake, options.catalog);
  const auto found = SqlCatalog::ReadCopy(place.catalog);
  if (found == nullptr) {
    throw Error(ErrorCode::kNotFound, fmt::format("no lake at {}: there is no catalog at {}",
                                                  place.lake.string(), place.catalog.string()));
  }
  const LakeLock lock(place.lock, options.wait, on_wait, StatementsCancelled);
  const auto catalog = SqlCatalog::OpenIfMade(place.catalog, found->name(), options.wait);
  return Relocation(options, place, *catalog).Run();
}

}  // namespace stedi
