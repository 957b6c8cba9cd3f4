// What `stedi relocate` changes in a catalog. Each function runs inside its caller's transaction.
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
  std::string from;  // location of the table's metadata file in the catalog before the move
  std::string to;
};

struct LakeMove {
  std::vector<MovedPointer> pointers;
  std::map<std::string, std::string> table_uuids;  // old -> new, when the lake is a copy
  std::map<std::string, std::string> settings;     // new values in stedi_settings
  std::vector<std::string> outdated_files;         // that no table uses once this is committed
};

// Writes `move`. Returns false when another program has moved a table's pointer meanwhile; the
// caller must then roll back.
bool WriteLakeMove(SqliteDatabase& database, const LakeMove& move);
std::vector<std::string> ReadOutdatedFiles(const SqliteDatabase& database);
// Clears the list of outdated files. Call it once they are deleted.
void ForgetOutdatedFiles(SqliteDatabase& database);

}  // namespace stedi
