// What the steps of one run share: the database they work in and the lake they write to.
#pragma once

#include <cstdint>
#include <filesystem>
#include <future>
#include <map>
#include <set>
#include <string>

#include "catalog/sql_catalog.h"
#include "database/database.h"
#include "database/side_work.h"
#include "store/storage.h"

namespace stedi {

struct LakeTable;
class StagedFiles;
// By name. Each is to be taken once.
using TablesAhead = std::map<std::string, std::future<LakeTable>>;

struct LakeSession {
  Database& database;
  Connection& connection;
  Storage& storage;
  const SqlCatalog& catalog;
  std::filesystem::path lake;         // absolute, or s3://bucket/prefix
  std::filesystem::path temp_folder;  // on a disk, 0700
  std::string database_name;          // the project's namespace
  std::string run_id;
  uint64_t memory_bytes = 0;  // what the run may take
  // Of a run: what need not be done before its next step, and what was read ahead of it.
  SideWork* side_work = nullptr;
  TablesAhead* ahead = nullptr;
  StagedFiles* staged_files = nullptr;
  std::set<std::string>* sound_files = nullptr;  // whose checksums were looked at
};

}  // namespace stedi
