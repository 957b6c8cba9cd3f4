// An Iceberg table of the lake: opened by its metadata, with its data files when they are asked
// for, and as a SELECT of its rows. The same for a snapshot that this run has staged
// (lake/snapshot_update.h) as for one that is published.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
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
  // Of the current snapshot; filled by LoadFiles or SnapshotUpdate::Stage.
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
// The same for a table of the session's namespace.
LakeTable OpenTable(const LakeSession& session, const std::string& name);

// Reads manifest list and manifests, once. Needs the avro extension when there is a snapshot.
void LoadFiles(Database& database, Connection& connection, LakeTable& table);

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

// From now on `name` reads `select`, whatever it read before. Valid until the run ends.
void CreateView(Connection& connection, const std::string& name, const std::string& select);

std::filesystem::path TableFolder(const std::filesystem::path& lake, const TableIdentifier& id);

}  // namespace stedi
