// What it takes to read a lake: the database whose statements read it, and where its tables are.
// Whoever writes to the lake needs more (lake/run_session.h).
#pragma once

#include <filesystem>
#include <string>

#include "catalog/sql_catalog.h"
#include "database/database.h"
#include "store/storage.h"

namespace stedi {

// All that it refers to outlives it.
struct LakeSession {
  Database& database;
  Connection& connection;
  Storage& storage;
  const SqlCatalog& catalog;          // one state of it
  std::filesystem::path lake;         // absolute, or s3://bucket/prefix
  std::filesystem::path temp_folder;  // on a disk, 0700
  std::string database_name;          // the project's namespace
};

}  // namespace stedi
