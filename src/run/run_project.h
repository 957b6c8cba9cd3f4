// What a run, its plan and a verification begin with: the project and its parameters.
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

// The parameters that a run gives to its project.
ProjectOptions OptionsOfRun(const RunOptions& options, const std::string& pseudonym_key);

// Throws ProjectError when the project has mistakes, kInvalid when --rebuild names no table of it.
// `connection`: as of CheckProject(); nullptr: a database of its own.
CheckedProject LoadRunProject(const RunOptions& options, const std::string& pseudonym_key,
                              Connection* connection = nullptr);

// Throws when a landing folder is not there or is none; ListFeed says what is wrong with it. What
// is not on a disk is asked for by the run itself.
void CheckLandingFolders(const Project& project);

// The key that the SELECTs of the project are given: of --set or configuration:, else the one that
// was found. Throws kInvalid as CheckedKey does.
PseudonymKey KeyInUse(const Project& project, const PseudonymKey& found);

// The tables that news of the feeds `changing` will change, and those that they are made from.
std::set<std::string> TablesToRead(const CheckedProject& checked, std::set<std::string> changing);

// What may be written down of the key.
std::string KeyFingerprint(const std::string& pseudonym_key);
// How a run record has it, and all parameters.
std::string KeyRecord(const std::string& pseudonym_key);
std::map<std::string, std::string> RecordedParameters(const Project& project,
                                                      const std::string& pseudonym_key);
// The fingerprint of the key that made the pseudonyms of the published tables of `database`;
// nothing where no run was published.
std::optional<std::string> PublishedKeyFingerprint(const SqlCatalog& catalog,
                                                   const std::string& database);
// Whether a SELECT of the project names the key.
bool UsesPseudonymKey(const Project& project);
// What a run tells of its key: where it was made, and that it is not the lake's.
std::vector<std::string> KeyNotes(const Project& project, const PseudonymKey& key,
                                  const SqlCatalog& catalog);
// Throws kInvalid when `key` would give the people of the lake other pseudonyms than they have,
// and the options do not say that this is meant.
void CheckPseudonymKey(const RunOptions& options, const Project& project, const SqlCatalog& catalog,
                       const PseudonymKey& key);

// Bytes of memory for the engine: those that were asked for, else a quarter of MachineMemory().
uint64_t MemoryOf(const RunOptions& options);

}  // namespace stedi
