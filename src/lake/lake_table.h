// An Iceberg table of the lake as the engine works with it: read from its metadata, staged as a new
// snapshot (all files written and synced, the catalog not yet told), read again either way.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "catalog/sql_catalog.h"
#include "iceberg/data_file.h"
#include "iceberg/table_metadata.h"
#include "lake/lake_session.h"

namespace stedi {

// A live data file and the manifest it stands in.
struct LiveFile {
  ManifestEntry entry;
  size_t manifest = 0;  // into LakeTable::manifests
};

struct LakeTable {
  TableIdentifier id;
  std::string committed_location;  // metadata file the catalog names; empty: the table is new
  std::string staged_location;     // metadata file of a staged snapshot; empty: nothing is staged
  TableMetadata metadata;          // with the staged snapshot, if any
  // Of the current snapshot; filled by LoadFiles or StageSnapshot.
  bool files_loaded = false;
  std::vector<ManifestFile> manifests;  // empty where a snapshot is staged
  std::vector<LiveFile> files;
  bool has_deletes = false;  // delete files of another writer: read through iceberg_scan

  bool exists() const { return !committed_location.empty() || !staged_location.empty(); }
  const std::string& current_location() const {
    return staged_location.empty() ? committed_location : staged_location;
  }
};

// metadata.json as text; Java may have compressed it.
std::string ReadMetadataFile(const FileStore& store, const std::string& path);
// Reads the table's metadata.json; a table the catalog does not know gets an empty LakeTable
// (exists() false). Throws kInvalid when it is not in the folder `lake` by its own metadata.
LakeTable OpenTable(Storage& storage, const SqlCatalog& catalog, const TableIdentifier& id,
                    const std::filesystem::path& lake);

// The table of a run, once: what was read ahead, or as it is found now.
LakeTable OpenTable(const LakeSession& session, const std::string& name);
// Begins to read the files of a table that will be opened.
void ReadAhead(const LakeSession& session, const std::string& name);

// Reads manifest list and manifests, once. Needs the avro extension when there is a snapshot.
void LoadFiles(Database& database, Connection& connection, LakeTable& table);

std::string CrcOfFile(const FileStore& store, const std::string& path);  // in hexadecimal
std::string CrcOfList(const Snapshot& snapshot);  // as its summary has it; empty: not known
// The manifests of a snapshot, with their checksums. Needs the avro extension.
std::vector<ManifestFile> ManifestsOf(Connection& connection, const Snapshot& snapshot);

// Id of the schema that a snapshot's files were written with; nothing when the snapshot is gone.
std::optional<int32_t> WrittenSchema(const TableMetadata& metadata, int64_t snapshot_id);

// Rows and bytes of the current snapshot, from its summary; 0 when there is none.
int64_t SummaryNumber(const LakeTable& table, const std::string& key);
std::string SummaryText(const LakeTable& table, const std::string& key);  // "" when absent

// A SELECT that reads the table's columns by field id from its data files. LoadFiles first.
std::string SelectRows(Database& database, Connection& connection, const LakeTable& table);
// The same over `files` of a table with `schema`. Files that were all written with this very schema
// are read by name, and DuckDB is told how many rows there are: it does not look at the number of
// rows of a file that it reads by field id, looks at the first of several alone, and plans joins
// badly.
// `file_column`: the name of one more column, the path of the row's file.
std::string SelectFiles(const Schema& schema, const std::vector<DataFile>& files,
                        const std::string& file_column = "");

struct SnapshotChange {
  Schema schema;
  std::map<std::string, std::string> properties;
  std::vector<DataFile> added;
  std::set<std::string> removed;               // paths among the live files
  std::map<std::string, std::string> summary;  // stedi's own keys; the totals are computed
};

// Updates `table` to a new snapshot, once in a run; manifests, manifest list and metadata.json of
// it are written by session.side_work. Operation: append when nothing is removed, else overwrite.
// LoadFiles first. The folder is made if needed.
void StageSnapshot(const LakeSession& session, LakeTable& table, const SnapshotChange& change);

std::filesystem::path TableFolder(const std::filesystem::path& lake, const TableIdentifier& id);

}  // namespace stedi
