// What the steps of one run share: the database they work in and the lake they write to.
#pragma once

#include <filesystem>
#include <string>

#include "catalog/sql_catalog.h"
#include "engine/database.h"

namespace stedi {

struct LakeSession {
  Database& database;
  Connection& connection;
  const SqlCatalog& catalog;
  std::filesystem::path lake;         // absolute
  std::filesystem::path temp_folder;  // below the lake, 0700
  std::string database_name;          // the project's namespace
  std::string run_id;
};

}  // namespace stedi
