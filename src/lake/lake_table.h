// An Iceberg table of the lake: its metadata, its data files (loaded on request), and a SELECT of
// its rows. A snapshot that this run has staged (lake/snapshot_update.h) is treated like one that
// is published.
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

// A live data file and the manifest that lists it.
struct LiveFile {
  ManifestEntry entry;
  size_t manifest = 0;  // index into LakeTable::manifests
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
  bool has_deletes = false;  // another writer left delete files: iceberg_scan must read the rows

  bool exists() const { return !committed_location.empty() || !staged_location.empty(); }
  const std::string& current_location() const {
    return staged_location.empty() ? committed_location : staged_location;
  }
};

// Returns the text of a metadata.json. A Java writer may have compressed it: *.gz.metadata.json.
std::string ReadMetadataFile(const FileStore& store, const std::string& path);
// Reads the table's metadata.json; a table the catalog does not know gets an empty LakeTable
// (exists() false). Throws kInvalid when its metadata names a location outside the folder `lake`.
LakeTable OpenTable(Storage& storage, const SqlCatalog& catalog, const TableIdentifier& id,
                    const std::filesystem::path& lake);
// The same for a table of the session's namespace.
LakeTable OpenTable(const LakeSession& session, const std::string& name);

// Reads the manifest list and the manifests; does nothing when that was done already. Loads the
// avro extension when there is a snapshot.
void LoadFiles(Database& database, Connection& connection, LakeTable& table);

// The id of the schema that a snapshot's files were written with; nothing when the snapshot has
// expired.
std::optional<int32_t> WrittenSchema(const TableMetadata& metadata, int64_t snapshot_id);

// A number in the summary of the current snapshot; 0 when absent. Throws kInvalid when the text is
// not a number.
int64_t SummaryNumber(const LakeTable& table, const std::string& key);
// The number of rows of the current snapshot, as its summary says; 0 without a snapshot.
int64_t RowsOf(const LakeTable& table);
std::string SummaryText(const LakeTable& table, const std::string& key);  // "" when absent

// Returns a SELECT that reads the table's columns from its data files. REQUIRES: LoadFiles(table).
std::string SelectRows(Database& database, Connection& connection, const LakeTable& table);
// The same over `files` of a table with `schema`. The columns are read by field id; or by name, if
// all files were written with exactly this schema. Then DuckDB is also told the number of rows,
// because its own estimate makes it plan joins badly: it ignores the row counts of files that it
// reads by field id, and otherwise looks at the first file only.
// `file_column`, if not empty, names one more column: the path of the row's file.
std::string SelectFiles(const Schema& schema, const std::vector<DataFile>& files,
                        const std::string& file_column = "");

// Creates the view `name`, which reads `select`, or replaces it. It lasts until the run ends.
void CreateView(Connection& connection, const std::string& name, const std::string& select);

std::filesystem::path TableFolder(const std::filesystem::path& lake, const TableIdentifier& id);

}  // namespace stedi
