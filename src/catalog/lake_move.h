// What `stedi relocate` changes in a catalog. Each function works inside its caller's transaction.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "catalog/sqlite_statement.h"

namespace stedi {

struct MovedPointer {
  std::string catalog_name;
  std::string database;
  std::string table;
  std::string from;  // where the catalog said that the table's metadata file was
  std::string to;
};

struct LakeMove {
  std::vector<MovedPointer> pointers;
  std::map<std::string, std::string> table_uuids;  // old -> new, where the lake is a copy
  std::map<std::string, std::string> settings;     // of stedi_settings
  std::vector<std::string> outdated_files;         // that no table names once this is committed
};

// Returns false when another program has moved a table's pointer meanwhile.
bool WriteLakeMove(SqliteDatabase& database, const LakeMove& move);
std::vector<std::string> ReadOutdatedFiles(const SqliteDatabase& database);
// Call it once they are deleted.
void ForgetOutdatedFiles(SqliteDatabase& database);

}  // namespace stedi
