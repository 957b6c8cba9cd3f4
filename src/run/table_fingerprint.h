// Decides whether a table is up to date. A table's fingerprint tells all that decides its rows, and
// the catalog keeps the one of the last published run.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "lake/lake_session.h"
#include "lake/lake_table.h"
#include "lake/table_delta.h"
#include "pipeline/project.h"

namespace stedi {

// Incremented when stedi's own rules change in such a way that no table may count as up to date.
inline constexpr const char* kRulesVersion = "2";

// Returns all that decides the rows of a table: the SHA-256 of the rules version, `sql`, the
// contract and the properties, then the states of its inputs, with a semicolon before each.
std::string Fingerprint(const TableDefinition& definition, const std::string& sql,
                        const std::vector<TableState>& inputs);

// Returns the states of the inputs in the fingerprint `last`, by table. Returns nothing if its hash
// is not that of `now`, or if `last` is not a fingerprint.
std::optional<std::map<std::string, TableState>> StatesOfSame(const std::string& last,
                                                              const std::string& now);

// Whether `table` is as the last published run left it, and its fingerprint then was `fingerprint`.
bool IsUpToDate(const LakeSession& session, const LakeTable& table, const std::string& fingerprint);

}  // namespace stedi
