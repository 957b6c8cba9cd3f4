#include "lake/relocated_table.h"

#include <fmt/format.h>

#include <charconv>
#include <nlohmann/json.hpp>
#include <sstream>
#include <utility>

#include "base/fail_point.h"
#include "base/sha256.h"
#include "iceberg/avro_file.h"
#include "iceberg/identifiers.h"
#include "iceberg/property_names.h"
#include "lake/lake_table.h"
#include "lake/manifest_crcs.h"
#include "parquet/crc32.h"

namespace stedi {

namespace {

using Json = nlohmann::json;

// Field ids of the Iceberg specification: of manifests and manifest lists ..
constexpr int32_t kStatusField = 0;
constexpr int32_t kFilePathField = 100;
constexpr int32_t kFileFormatField = 101;
constexpr int32_t kFileSizeField = 104;
constexpr int32_t kLowerKeyField = 126;
constexpr int32_t kLowerValueField = 127;
constexpr int32_t kUpperKeyField = 129;
constexpr int32_t kUpperValueField = 130;
constexpr int32_t kContentField = 134;
constexpr int32_t kReferencedDataFileField = 143;
constexpr int32_t kManifestPathField = 500;
constexpr int32_t kManifestLengthField = 501;
// .. and of position delete files.
constexpr int64_t kDeletedPathField = 2147483546;
constexpr int64_t kDeletedPositionField = 2147483545;

constexpr int64_t kPositionDeletes = 1;  // value of kContentField
constexpr int64_t kEntryDeleted = 2;     // value of kStatusField

// Returns the version at the beginning of the file name, which readers expect there: 4 for
// "../00004-<uuid>.metadata.json"; 0 if there is none.
int VersionOf(const std::string& path) {
  int version = 0;
  const size_t name = path.rfind('/') + 1;
  std::from_chars(path.data() + name, path.data() + path.size(), version);
  return version;
}

}  // namespace

// An editor that knows whether it has changed anything.
class PlaceEditor : public AvroRecordEditor {
 public:
  bool has_changed() const { return has_changed_; }

 protected:
  std::optional<AvroValue> Replace(const AvroField& field, AvroValue value) {
    if (field.value == value) return std::nullopt;
    has_changed_ = true;
    return value;
  }

 private:
  bool has_changed_ = false;
};

class ManifestListEditor : public PlaceEditor {
 public:
  explicit ManifestListEditor(TableRelocation& table) : table_(table) {}

  void Begin() override { old_place_.clear(); }
  void Inspect(const AvroField& field) override {
    if (field.id == kManifestPathField) old_place_ = std::get<std::string>(field.value);
  }
  void End() override {
    manifest_ = table_.RelocateManifest(old_place_);
    crcs_ += " " + manifest_.crcs;
    old_crcs_ += " " + manifest_.old_crcs;
  }
  std::optional<AvroValue> Change(const AvroField& field) override {
    if (field.id == kManifestPathField) return Replace(field, manifest_.place);
    if (field.id != kManifestLengthField || !manifest_.is_new) return std::nullopt;
    return Replace(field, static_cast<int64_t>(manifest_.size_bytes));
  }
  // The checksums of the manifests, each with a space before it.
  const std::string& crcs() const { return crcs_; }
  const std::string& old_crcs() const { return old_crcs_; }

 private:
  TableRelocation& table_;
  std::string old_place_;
  TableRelocation::NewFileName manifest_;
  std::string crcs_;
  std::string old_crcs_;
};

class ManifestEditor : public PlaceEditor {
 public:
  explicit ManifestEditor(TableRelocation& table) : table_(table) {}

  void Begin() override {
    status_ = content_ = size_ = 0;
    old_place_.clear();
    format_.clear();
  }

  void Inspect(const AvroField& field) override {
    const auto* text = std::get_if<std::string>(&field.value);
    const auto* number = std::get_if<int64_t>(&field.value);
    if (field.id == kFilePathField && text != nullptr) old_place_ = *text;
    if (field.id == kFileFormatField && text != nullptr) format_ = *text;
    if (field.id == kStatusField && number != nullptr) status_ = *number;
    if (field.id == kContentField && number != nullptr) content_ = *number;
    if (field.id == kFileSizeField && number != nullptr) size_ = *number;
  }

  // The file may be gone if its entry has the status DELETED.
  void End() override {
    const std::string renamed = table_.places_.Rename(old_place_);
    const std::string path = SplitPlace(renamed).path;
    file_ = {renamed, static_cast<uint64_t>(size_), false};
    const bool is_deleted = status_ == kEntryDeleted;
    if (is_deleted && !table_.storage_.StoreOf(path).Stat(path).has_value()) return;
    if (!is_deleted) CheckSize();
    if (content_ != kPositionDeletes) return;
    if (format_ != "PARQUET" && format_ != "parquet") {
      throw Error(ErrorCode::kInvalid,
                  fmt::format("{}: a position delete file that is not Parquet but {}: compact the "
                              "table with the program that wrote it, where the lake was made",
                              path, format_));
    }
    file_ = table_.RelocateDeletes(old_place_);
  }

  std::optional<AvroValue> Change(const AvroField& field) override {
    switch (field.id) {
      case kFilePathField:
        return Replace(field, file_.place);
      case kFileSizeField:
        if (!file_.is_new) return std::nullopt;
        return Replace(field, static_cast<int64_t>(file_.size_bytes));
      case kReferencedDataFileField:
        return Replace(field, table_.places_.Rename(std::get<std::string>(field.value)));
      case kLowerKeyField:
      case kUpperKeyField:
        bound_column_ = std::get<int64_t>(field.value);
        return std::nullopt;
      case kLowerValueField:
      case kUpperValueField:
        return Bound(field);
      default:
        return std::nullopt;
    }
  }

 private:
  void CheckSize() const {
    uint64_t there = 0;
    const std::string renamed = table_.places_.Find(old_place_, there);
    if (there == static_cast<uint64_t>(size_)) return;
    throw Error(ErrorCode::kInvalid,
                fmt::format("{}: has {} bytes, its manifest says {}: the lake is not whole, bring "
                            "the file there again",
                            SplitPlace(renamed).path, there, size_));
  }

  // Returns the new value of a bound of file_path. A bound that was truncated within the old
  // folder's name cannot be renamed; it is replaced by the least or the greatest string.
  std::optional<AvroValue> Bound(const AvroField& field) {
    if (content_ != kPositionDeletes || bound_column_ != kDeletedPathField) return std::nullopt;
    const std::string& old = std::get<std::string>(field.value);
    const std::string renamed = table_.places_.Rename(old);
    const bool is_whole =
        renamed != old || IsBelow(SplitPlace(old).path, table_.places_.lake().string());
    if (is_whole || !file_.is_new) return Replace(field, renamed);
    return Replace(field, field.id == kLowerValueField ? "" : "\xf4\x8f\xbf\xbf");
  }

  TableRelocation& table_;
  int64_t status_ = 0;
  int64_t content_ = 0;
  int64_t size_ = 0;
  int64_t bound_column_ = 0;
  std::string old_place_;
  std::string format_;
  TableRelocation::NewFileName file_;
};

TableRelocation::TableRelocation(Connection& connection, Storage& storage, MovedPlaces& places,
                                 std::filesystem::path scratch, bool is_copy)
    : connection_(connection),
      storage_(storage),
      places_(places),
      scratch_(std::move(scratch)),
      is_copy_(is_copy) {}

std::string TableRelocation::Read(const std::string& place) {
  uint64_t size_bytes = 0;
  const std::string path = SplitPlace(places_.Find(place, size_bytes)).path;
  return ReadToEnd(*storage_.StoreOf(path).Open(path));
}

TableRelocation::NewFileName TableRelocation::Write(const std::string& old_place,
                                                    const FileNaming& naming,
                                                    const std::string& bytes) {
  constexpr size_t kNameDigits = 32;
  const std::string renamed = places_.Rename(old_place);
  outdated_.push_back(SplitPlace(renamed).path);
  const std::string hash = Sha256(renamed + "\n" + old_place).substr(0, kNameDigits);
  const std::string place =
      renamed.substr(0, renamed.rfind('/') + 1) + naming.prefix + hash + naming.suffix;
  const std::filesystem::path path = SplitPlace(place).path;
  const FileStore& store = storage_.StoreOf(path);
  if (!IsRemote(path) && store.Stat(path).has_value()) store.Remove(path);
  store.WriteNew(path, bytes);
  store.ConfirmFolderDurable(path.parent_path());
  ++files_written_;
  FailPoint("in_relocate");
  return {place, bytes.size(), true};
}

TableRelocation::NewFileName TableRelocation::EditAvro(const std::string& place,
                                                       const FileNaming& naming,
                                                       PlaceEditor& editor) {
  const std::string old_bytes = Read(place);
  std::string bytes;
  try {
    bytes = EditAvroFile(old_bytes, editor);
  } catch (const Error& error) {
    const std::string path = SplitPlace(places_.Rename(place)).path;
    const std::string reason = error.what();
    if (reason.find("Avro file") == std::string::npos) throw;
    throw Error(error.code(), fmt::format("{}: {}", path, reason));
  }
  NewFileName edited{places_.Rename(place), old_bytes.size(), false};
  if (editor.has_changed()) edited = Write(place, naming, bytes);
  edited.crcs = CrcText(CrcOf(editor.has_changed() ? bytes : old_bytes));
  edited.old_crcs = CrcText(CrcOf(old_bytes));
  return edited;
}

TableRelocation::NewFileName TableRelocation::RelocateManifest(const std::string& place) {
  if (const auto found = done_.find(place); found != done_.end()) return found->second;
  ManifestEditor editor(*this);
  return done_[place] = EditAvro(place, {"", "-m0.avro"}, editor);
}

TableRelocation::NewFileName TableRelocation::RelocateList(const std::string& place) {
  if (const auto found = done_.find(place); found != done_.end()) return found->second;
  ManifestListEditor editor(*this);
  NewFileName list = EditAvro(place, {"snap-", ".avro"}, editor);
  list.crcs += editor.crcs();
  list.old_crcs += editor.old_crcs();
  return done_[place] = std::move(list);
}

std::map<std::string, std::string> TableRelocation::RenamedRows(const std::string& path) {
  std::string columns;
  for (const TextRow& row :
       connection_.Query("SELECT column_name FROM (DESCRIBE FROM read_parquet($1))", {path})
           .Rows()) {
    columns += row[0].value() + " ";
  }
  if (columns != "file_path pos ") {
    throw Error(ErrorCode::kInvalid,
                fmt::format("{}: a position delete file of other columns than file_path and pos: "
                            "compact the table with the program that wrote it, where the lake was "
                            "made",
                            path));
  }
  std::map<std::string, std::string> renamed;
  for (const TextRow& row :
       connection_.Query("SELECT DISTINCT file_path::VARCHAR FROM read_parquet($1)", {path})
           .Rows()) {
    const std::string& old = row[0].value();
    if (std::string name = places_.Rename(old); name != old) renamed[old] = std::move(name);
  }
  return renamed;
}

TableRelocation::NewFileName TableRelocation::RelocateDeletes(const std::string& place) {
  if (const auto found = done_.find(place); found != done_.end()) return found->second;
  uint64_t size_bytes = 0;
  const std::string path = SplitPlace(places_.Find(place, size_bytes)).path;
  const std::map<std::string, std::string> renamed = RenamedRows(path);
  if (renamed.empty()) return done_[place] = {places_.Rename(place), size_bytes, false};
  Json rows = Json::array();
  for (const auto& [old, name] : renamed) rows.push_back({{"old", old}, {"new", name}});
  connection_.Execute(
      "CREATE OR REPLACE TEMP TABLE renamed AS SELECT e.old AS old, e.new AS new FROM (SELECT "
      "unnest(from_json($1, '[{\"old\":\"VARCHAR\",\"new\":\"VARCHAR\"}]')) AS e)",
      {rows.dump()});
  const std::filesystem::path copy = scratch_ / "deletes.parquet";
  connection_.Execute(fmt::format(
      "COPY (SELECT coalesce(n.new, d.file_path::VARCHAR) AS file_path, d.pos::BIGINT AS pos FROM "
      "read_parquet({}) AS d LEFT JOIN renamed AS n ON n.old = d.file_path::VARCHAR ORDER BY 1, 2) "
      "TO {} (FORMAT parquet, COMPRESSION zstd, FIELD_IDS {{file_path: {}, pos: {}}})",
      QuoteLiteral(path), QuoteLiteral(copy.string()), kDeletedPathField, kDeletedPositionField));
  return done_[place] = Write(place, {"", "-deletes.parquet"}, ReadWholeFile(copy));
}

bool TableRelocation::Rename(Json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_string()) return false;
  const std::string old = found->get<std::string>();
  std::string renamed = places_.Rename(old);
  if (renamed == old) return false;
  *found = std::move(renamed);
  return true;
}

// Throws kInvalid when a file does not match its `noted` checksum: a damaged file must not get a
// new checksum that is valid.
void TableRelocation::CheckCrcs(const std::string& noted, const NewFileName& list) {
  std::istringstream noted_words(noted);
  std::istringstream found_words(list.old_crcs);
  std::string word;
  std::string found;
  while (noted_words >> word && found_words >> found) {
    if (word == "-" || word == found) continue;
    throw Error(ErrorCode::kInvalid,
                fmt::format("{}: the manifest list, or a manifest that it names, is damaged: its "
                            "bytes are not those that were written: bring the files there again",
                            list.place));
  }
}

// Returns whether anything has changed.
bool TableRelocation::EditMetadata(Json& metadata) {
  bool has_changed = Rename(metadata, "location");
  for (Json& snapshot : metadata["snapshots"]) {
    const NewFileName list = RelocateList(snapshot.at("manifest-list").get<std::string>());
    has_changed = has_changed || list.place != snapshot.at("manifest-list");
    snapshot["manifest-list"] = list.place;
    if (!snapshot.contains("summary") || !snapshot["summary"].contains(kManifestCrcs)) continue;
    Json& crcs = snapshot["summary"][kManifestCrcs];
    CheckCrcs(crcs.get<std::string>(), list);
    if (list.is_new) crcs = list.crcs;
  }
  for (const char* key : {"statistics", "partition-statistics"}) {
    if (!metadata.contains(key)) continue;
    for (Json& file : metadata.at(key)) has_changed |= Rename(file, "statistics-path");
  }
  for (const char* key : {"write.data.path", "write.metadata.path", "write.object-storage.path",
                          "write.folder-storage.path"}) {
    if (metadata.contains("properties")) has_changed |= Rename(metadata["properties"], key);
  }
  return has_changed;
}

std::optional<RelocatedTable> TableRelocation::Relocate(const TablePointer& pointer) {
  outdated_.clear();
  uint64_t size_bytes = 0;
  const std::string place = places_.Find(pointer.location, size_bytes);
  const std::string path = SplitPlace(place).path;
  const auto explain = [&](const std::string& reason) {
    return Error(ErrorCode::kInvalid,
                 fmt::format("table {}: {}: {}", pointer.table.name, path, reason));
  };
  Json metadata = Json::parse(ReadMetadataFile(storage_.StoreOf(path), path), nullptr, false);
  if (!metadata.is_object() || !metadata.value("table-uuid", Json()).is_string()) {
    throw explain("the table's metadata is damaged");
  }
  constexpr int kFormatMax = 2;
  if (metadata.value("format-version", 0) > kFormatMax) {
    throw explain("the table's format version is above 2, which stedi does not write");
  }
  // The table's own metadata may name yet another folder than the catalog does.
  const std::string file = path.substr(path.rfind('/'));
  places_.AddTable({pointer.table, metadata.value("location", "") + "/metadata" + file});
  if (!metadata.contains("snapshots")) metadata["snapshots"] = Json::array();
  for (const Json& snapshot : metadata.at("snapshots")) {
    if (!snapshot.contains("manifest-list")) {
      throw explain("a snapshot of the table has no manifest list, as in the first format");
    }
  }
  const bool has_changed = EditMetadata(metadata);
  if (!has_changed && place == pointer.location) return std::nullopt;

  RelocatedTable moved;
  if (is_copy_) {
    moved.old_uuid = metadata.at("table-uuid").get<std::string>();
    moved.new_uuid = NewUuid();
    metadata["table-uuid"] = moved.new_uuid;
  }
  for (const Json& entry : metadata.value("metadata-log", Json::array())) {
    const std::string old = SplitPlace(places_.Rename(entry.value("metadata-file", ""))).path;
    if (IsBelow(old, places_.lake().string())) outdated_.push_back(old);
  }
  metadata["metadata-log"] = Json::array();
  const FileNaming naming{fmt::format("{:05}-", VersionOf(path) + 1), ".metadata.json"};
  moved.location = Write(pointer.location, naming, metadata.dump()).place;
  moved.outdated_files = std::exchange(outdated_, {});
  return moved;
}

}  // namespace stedi
