// What is needed to read a lake: the database whose statements read it, and where its tables are.
// Writing to the lake needs more (lake/run_session.h).
#pragma once

#include <filesystem>
#include <string>

#include "catalog/sql_catalog.h"
#include "database/database.h"
#include "store/storage.h"

namespace stedi {

// Everything that it refers to must outlive it.
struct LakeSession {
  Database& database;
  Connection& connection;
  Storage& storage;
  const SqlCatalog& catalog;          // as it was at one moment
  std::filesystem::path lake;         // absolute, or s3://bucket/prefix
  std::filesystem::path temp_folder;  // on a disk, with mode 0700
  std::string database_name;          // the project's namespace
};

}  // namespace stedi
