#include "lake/table_delta.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "lake/manifest_io.h"

namespace stedi {
namespace {

const Snapshot* FindSnapshot(const TableMetadata& metadata, int64_t id) {
  const auto found = std::ranges::find(metadata.snapshots, id, &Snapshot::snapshot_id);
  return found == metadata.snapshots.end() ? nullptr : &*found;
}

bool OnlyAppends(const Snapshot& snapshot) {
  const auto operation = snapshot.summary.find("operation");
  return operation != snapshot.summary.end() && operation->second == "append";
}

// Returns the ids of the snapshots after `before` (nullptr: of all); nothing when the chain of
// parents is broken or one of the snapshots is not an append.
std::optional<std::set<int64_t>> AppendedSince(const TableMetadata& metadata,
                                               const Snapshot* before) {
  std::set<int64_t> ids;
  for (const Snapshot* now = metadata.CurrentSnapshot(); now != before;) {
    if (now == nullptr || !OnlyAppends(*now)) return std::nullopt;
    ids.insert(now->snapshot_id);
    if (!now->parent_snapshot_id.has_value()) {
      if (before != nullptr) return std::nullopt;
      break;
    }
    now = FindSnapshot(metadata, *now->parent_snapshot_id);
    if (now == nullptr) return std::nullopt;
  }
  return ids;
}

// The data files of `snapshot` by path; nothing when it has delete files.
std::optional<std::map<std::string, DataFile>> FilesOf(Connection& connection,
                                                       const TableMetadata& metadata,
                                                       const Snapshot& snapshot) {
  std::map<std::string, DataFile> files;
  for (const ManifestFile& manifest :
       ReadManifestList(connection, LocalPath(snapshot.manifest_list))) {
    if (manifest.content != 0) return std::nullopt;
    for (ManifestEntry& entry : ReadManifest(connection, manifest)) {
      if (entry.status == EntryStatus::kDeleted) continue;
      entry.file.schema_id = WrittenSchema(metadata, entry.snapshot_id);
      files[entry.file.path] = std::move(entry.file);
    }
  }
  return files;
}

}  // namespace

TableState StateOf(const LakeTable& table) {
  return {table.id.name, table.metadata.table_uuid, table.metadata.current_snapshot_id.value_or(0)};
}

std::string ToString(const TableState& state) {
  return fmt::format("{} {} {}", state.table, state.uuid, state.snapshot_id);
}

std::optional<TableState> ParseTableState(const std::string& text) {
  const size_t first = text.find(' ');
  const size_t last = text.rfind(' ');
  if (first == std::string::npos || first == last) return std::nullopt;
  TableState state{text.substr(0, first), text.substr(first + 1, last - first - 1), 0};
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data() + last + 1, end, state.snapshot_id);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return state;
}

std::optional<TableDelta> DeltaSince(Connection& connection, const LakeTable& table,
                                     const TableState& before) {
  TableDelta delta;
  const TableMetadata& metadata = table.metadata;
  if (metadata.table_uuid != before.uuid || table.has_deletes) return std::nullopt;
  const Snapshot* old = FindSnapshot(metadata, before.snapshot_id);
  if (old == nullptr && before.snapshot_id != 0) return std::nullopt;
  const Snapshot* current = metadata.CurrentSnapshot();
  if (old != nullptr && (current == nullptr || old->schema_id != current->schema_id)) {
    return std::nullopt;
  }
  if (old == nullptr) {
    for (const LiveFile& live : table.files) delta.added.push_back(live.entry.file);
    return delta;
  }
  if (const std::optional<std::set<int64_t>> appended = AppendedSince(metadata, old)) {
    for (const LiveFile& live : table.files) {
      const bool is_new = appended->contains(live.entry.snapshot_id);
      (is_new ? delta.added : delta.kept).push_back(live.entry.file);
    }
    return delta;
  }
  std::optional<std::map<std::string, DataFile>> files = FilesOf(connection, metadata, *old);
  if (!files.has_value()) return std::nullopt;
  for (const LiveFile& live : table.files) {
    const bool was_there = files->erase(live.entry.file.path) > 0;
    (was_there ? delta.kept : delta.added).push_back(live.entry.file);
  }
  for (auto& [path, file] : *files) delta.removed.push_back(std::move(file));
  return delta;
}

}  // namespace stedi
