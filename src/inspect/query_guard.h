// Restricts what `stedi query` and similar commands read to the lake's tables and stedi's own
// records. There are two layers: CheckReads() refuses a SELECT that refers to anything else, and
// ConfineReads() keeps the engine from opening other files and from changing settings.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <set>
#include <string>

#include "database/database.h"

namespace stedi {

struct ReadableTables {
  std::set<std::string> names;  // lower case: plain names, and database.name
  // Folders that hold the lake's tables, without a '/' at the end. iceberg_scan may name a
  // metadata.json file below them, as the report of a failed run does.
  std::set<std::string> folders;
};

// Checks that `tree`, a result of ParseSelect(), is one SELECT that reads only these tables and
// calls no function that reads anything else. Returns the metadata.json files that it names.
// Otherwise throws kInvalid with a message that names what must not be read.
std::set<std::string> CheckReads(const nlohmann::json& tree, const ReadableTables& tables);

// From this call on, the statements of `connection`'s database can open files only below `folders`,
// and can neither load extensions nor change settings. `temp_folder` is allowed as well, for
// spilled rows; it may be empty.
void ConfineReads(Connection& connection, const std::set<std::string>& folders,
                  const std::string& temp_folder);

}  // namespace stedi
