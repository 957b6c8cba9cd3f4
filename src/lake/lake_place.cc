#include "lake/lake_place.h"

#include <fmt/format.h>

#include <sstream>

#include "iceberg/identifiers.h"

namespace stedi {
namespace {

constexpr const char* kIdFile = "stedi-lake-id";
constexpr const char* kCommitSetting = "lake_commit";           // the mark that the lake has
constexpr const char* kNextCommitSetting = "lake_commit_next";  // the mark that it gets next

std::filesystem::path Beside(const std::filesystem::path& file, const char* ending) {
  return file.string() + ending;
}

// The content of the file kIdFile in the lake: one line per member.
struct LakeMark {
  std::string id;
  std::string commit;  // the last one; empty: none yet, or made by an earlier stedi
};

std::optional<LakeMark> ReadMark(const LakePlace& place, Storage& storage) {
  const FileStore& files = storage.StoreOf(place.lake);
  const std::filesystem::path path = place.lake / kIdFile;
  // Only a listing tells a missing bucket from a missing object.
  if (IsRemote(path) && !storage.S3().HasObjects(path.string())) return std::nullopt;
  if (!files.Stat(path).has_value()) return std::nullopt;
  std::istringstream lines(ReadToEnd(*files.Open(path)));
  LakeMark mark;
  std::getline(lines, mark.id);
  std::getline(lines, mark.commit);
  return mark;
}

// Replaces the mark in the lake: atomically on a disk; on S3 that is up to the server.
void WriteMark(const LakePlace& place, Storage& storage, const LakeMark& mark) {
  const FileStore& files = storage.StoreOf(place.lake);
  const std::filesystem::path path = place.lake / kIdFile;
  const std::string text = mark.id + "\n" + (mark.commit.empty() ? "" : mark.commit + "\n");
  if (IsRemote(path)) return files.WriteNew(path, text);
  const std::filesystem::path fresh = Beside(path, ".new");
  std::filesystem::remove(fresh);
  files.WriteNew(fresh, text);
  std::filesystem::rename(fresh, path);
  files.ConfirmFolderDurable(place.lake);
}

bool IsOfThisCatalog(const LakeMark& mark, const SqlCatalog& catalog) {
  return mark.commit.empty() || mark.commit == catalog.GetSetting(kCommitSetting) ||
         mark.commit == catalog.GetSetting(kNextCommitSetting);
}

[[noreturn]] void ThrowTaken(const LakePlace& place, const std::string& id) {
  throw Error(ErrorCode::kConflict,
              fmt::format("the lake at {} belongs to another catalog than {} (its id is {}): name "
                          "its own with --catalog, or choose another --lake",
                          place.lake.string(), place.catalog.string(), id));
}

}  // namespace

LakePlace PlaceOf(const std::filesystem::path& lake, const std::filesystem::path& catalog) {
  CheckLocation(lake);
  LakePlace place;
  place.lake = AbsoluteLocation(lake);
  const std::filesystem::path inside = place.lake / "catalog.db";
  if (catalog.empty() && IsRemote(lake)) {
    throw Error(ErrorCode::kInvalid,
                fmt::format("the catalog of the lake at {} is a file on a disk: name it with "
                            "--catalog FILE",
                            lake.string()));
  }
  if (IsRemote(catalog)) {
    throw Error(ErrorCode::kInvalid,
                fmt::format("--catalog {}: the catalog is a file on a disk", catalog.string()));
  }
  place.catalog = catalog.empty() ? inside : AbsoluteLocation(catalog);
  place.catalog_is_inside = place.catalog == inside;
  place.lock = place.catalog_is_inside ? place.lake / "lock" : Beside(place.catalog, ".lock");
  place.temp_folder = place.catalog_is_inside ? place.lake / "tmp" : Beside(place.catalog, ".tmp");
  return place;
}

void CheckOwnPlaces(const LakePlace& place, const std::vector<std::filesystem::path>& tables) {
  std::vector<std::filesystem::path> own = {place.temp_folder};
  // A catalog that was named with --catalog may be a link: it is the user's choice.
  if (place.catalog_is_inside) own.push_back(place.catalog);
  for (const char* ending : {"-wal", "-shm", "-journal"}) {
    own.push_back(Beside(place.catalog, ending));
  }
  for (const std::filesystem::path& table : tables) {
    if (IsRemote(table)) continue;
    own.push_back(table.parent_path());
    own.push_back(table);
  }
  std::error_code failure;
  for (const std::filesystem::path& path : own) {
    if (!std::filesystem::is_symlink(path, failure)) continue;
    throw Error(ErrorCode::kInvalid,
                fmt::format("{} is a link: a lake is written where it was named and nowhere else; "
                            "move the link away, or name another --lake",
                            path.string()));
  }
  if (StatFile(place.catalog).has_value()) return;
  const bool is_there = std::filesystem::exists(place.temp_folder, failure);
  if (!is_there || std::filesystem::is_empty(place.temp_folder, failure)) return;
  throw Error(ErrorCode::kInvalid,
              fmt::format("{} is there already and holds what no run left: a run would empty it; "
                          "move it away, or name another --lake",
                          place.temp_folder.string()));
}

void CheckCatalogIsOf(const LakePlace& place, const SqlCatalog& catalog) {
  if (place.catalog_is_inside) return;
  const std::optional<std::string> location = catalog.GetSetting(kLakeLocationSetting);
  if (location == place.lake.string()) return;
  if (location.has_value()) {
    throw Error(ErrorCode::kConflict,
                fmt::format("{0} is the catalog of the lake at {1}, not of {2}: name that lake, or "
                            "another --catalog; if the lake was moved: stedi relocate {2} "
                            "--catalog {0}",
                            place.catalog.string(), *location, place.lake.string()));
  }
  if (catalog.ListRuns(1).empty()) return;
  throw Error(ErrorCode::kConflict,
              fmt::format("{} is the catalog of another lake: name that lake, or another --catalog",
                          place.catalog.string()));
}

namespace {

// Returns the mark in the lake, if there is one. Throws kConflict when it is not this catalog's.
std::optional<LakeMark> CheckMark(const LakePlace& place, Storage& storage,
                                  const SqlCatalog& catalog) {
  std::optional<LakeMark> mark = ReadMark(place, storage);
  if (!mark.has_value()) return mark;
  if (mark->id != catalog.GetSetting(kLakeIdSetting)) ThrowTaken(place, mark->id);
  if (IsOfThisCatalog(*mark, catalog)) return mark;
  throw Error(ErrorCode::kConflict,
              fmt::format("the lake at {} was last written with another copy of its catalog than "
                          "{}: use that copy; if it is lost: stedi relocate {} --catalog {}",
                          place.lake.string(), place.catalog.string(), place.lake.string(),
                          place.catalog.string()));
}

}  // namespace

void ClaimLake(const LakePlace& place, Storage& storage, SqlCatalog& catalog) {
  CheckCatalogIsOf(place, catalog);
  if (!place.catalog_is_inside && !IsRemote(place.lake) &&
      StatFile(place.lake / "catalog.db").has_value()) {
    ThrowTaken(place, "in its catalog.db");
  }
  if (CheckMark(place, storage, catalog).has_value() || place.catalog_is_inside) return;
  // The catalog is written first, so that a run that dies in between can be repeated.
  const std::string id = catalog.GetSetting(kLakeIdSetting).value_or(NewUuid());
  catalog.SetSetting(kLakeLocationSetting, place.lake.string());
  catalog.SetSetting(kLakeIdSetting, id);
  storage.StoreOf(place.lake).MakeFolder(place.lake);
  WriteMark(place, storage, {id, ""});
  CheckMark(place, storage, catalog);
}

void MarkCommit(const LakePlace& place, Storage& storage, SqlCatalog& catalog) {
  if (place.catalog_is_inside) return;
  std::optional<LakeMark> mark = CheckMark(place, storage, catalog);
  if (!mark.has_value()) ThrowTaken(place, "gone");
  // Until the lake has the mark, the catalog knows both the old one and the new one.
  const std::string commit = NewUuid();
  catalog.SetSetting(kNextCommitSetting, commit);
  WriteMark(place, storage, {mark->id, commit});
  mark = CheckMark(place, storage, catalog);
  if (!mark.has_value()) ThrowTaken(place, "gone");
  catalog.SetSetting(kCommitSetting, commit);
}

bool IsForked(const LakePlace& place, Storage& storage, const SqlCatalog& catalog) {
  const std::optional<LakeMark> mark = ReadMark(place, storage);
  return mark.has_value() &&
         (mark->id != catalog.GetSetting(kLakeIdSetting) || !IsOfThisCatalog(*mark, catalog));
}

void TakeLake(const LakePlace& place, Storage& storage, SqlCatalog& catalog,
              const std::string& id) {
  const std::string commit = NewUuid();
  catalog.SetSetting(kNextCommitSetting, commit);
  WriteMark(place, storage, {id, commit});
  catalog.SetSetting(kCommitSetting, commit);
}

std::optional<std::string> IdInLake(const LakePlace& place, Storage& storage) {
  const std::optional<LakeMark> mark = ReadMark(place, storage);
  return mark.has_value() ? std::optional(mark->id) : std::nullopt;
}

}  // namespace stedi
