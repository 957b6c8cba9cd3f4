// What `stedi query` and its like may read: the lake's tables and stedi's own records. Two walls:
// the parsed SELECT names nothing else, and the engine opens no other file and takes no other
// setting.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <set>
#include <string>

#include "database/database.h"

namespace stedi {

struct ReadableTables {
  std::set<std::string> names;  // lower case: of plain names, and of database.name
  // Folders that hold the lake's tables, without a '/' at the end: iceberg_scan may name a
  // metadata.json below them, as the report of a failed run does.
  std::set<std::string> folders;
};

// Throws kInvalid, naming what may not be read, unless `tree`, as ParseSelect gives it, is one
// SELECT that reads only such tables and calls no function that looks outside them. Returns the
// metadata.json files that it names.
std::set<std::string> CheckReads(const nlohmann::json& tree, const ReadableTables& tables);

// From now on statements of `connection`'s database open files below `folders` alone, load no
// extension and change no setting. `temp_folder`: for spilled rows, may be empty.
void ConfineReads(Connection& connection, const std::set<std::string>& folders,
                  const std::string& temp_folder);

}  // namespace stedi
