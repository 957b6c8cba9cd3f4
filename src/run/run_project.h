// Loads the project and its parameters, with which a run, its plan and a verification begin.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "catalog/sql_catalog.h"
#include "database/database.h"
#include "run/pseudonym_key.h"
#include "run/run_options.h"
#include "select/check.h"

namespace stedi {

// Returns the parameters that a run gives to its project. Throws kInvalid when --set gives an empty
// pseudonym key.
ProjectOptions OptionsOfRun(const RunOptions& options, const std::string& pseudonym_key);

// Loads and checks the project. Throws ProjectError when it has mistakes, kInvalid when --rebuild
// or --table names no table of it. `connection` is as for CheckProject(); nullptr: a database of
// its own is opened.
CheckedProject LoadRunProject(const RunOptions& options, const std::string& pseudonym_key,
                              Connection* connection = nullptr);

// Throws kInvalid, as ListFeed does, when a landing folder does not exist or is not a folder. Does
// not look for folders on S3: the run finds out when it lists them.
void CheckLandingFolders(const Project& project);

// Returns the key that the SELECTs of the project get: the one that --set or the project's
// `configuration:` gives, else `found`. Throws kInvalid as CheckedKey does.
PseudonymKey KeyInUse(const Project& project, const PseudonymKey& found);

// Returns the tables that change when the tables `changing` do, and those that they are made from.
std::set<std::string> TablesToRead(const CheckedProject& checked, std::set<std::string> changing);

// Returns a hash of the key that may be stored and shown.
std::string KeyFingerprint(const std::string& pseudonym_key);
// The key, and all parameters, as a run record has them.
std::string KeyRecord(const std::string& pseudonym_key);
std::map<std::string, std::string> RecordedParameters(const Project& project,
                                                      const std::string& pseudonym_key);
// Returns the fingerprint of the key with which the pseudonyms in the published tables of
// `database` were made; nothing if no run was published.
std::optional<std::string> PublishedKeyFingerprint(const SqlCatalog& catalog,
                                                   const std::string& database);
// Whether a SELECT of the project names the key.
bool UsesPseudonymKey(const Project& project);
// Returns the lines that a run says about its key: where a new one was saved, and that it is not
// the lake's.
std::vector<std::string> KeyNotes(const Project& project, const PseudonymKey& key,
                                  const SqlCatalog& catalog);
// Throws kInvalid when `key` would give the people of the lake other pseudonyms than they have, and
// options.new_key does not allow that.
void CheckPseudonymKey(const RunOptions& options, const Project& project, const SqlCatalog& catalog,
                       const PseudonymKey& key);

// Returns how many bytes of memory DuckDB may take: options.memory_bytes, else a quarter of
// MachineMemory().
uint64_t MemoryOf(const RunOptions& options);

}  // namespace stedi
