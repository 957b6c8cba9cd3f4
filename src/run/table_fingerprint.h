// Whether a table must be looked at again: its fingerprint is all that decides its rows, and the
// catalog keeps that of the last published run.
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

// Raised when a change of stedi's own rules must make every table be looked at again.
inline constexpr const char* kRulesVersion = "2";

// All that decides the rows of a table: the SHA-256 of rules version, `sql`, contract and
// properties, then the states of its inputs, with a semicolon before each.
std::string Fingerprint(const TableDefinition& definition, const std::string& sql,
                        const std::vector<TableState>& inputs);

// The inputs' states in `last`, by table, when the rest of it is that of `now`; else nothing, as
// for a text that is no fingerprint.
std::optional<std::map<std::string, TableState>> StatesOfSame(const std::string& last,
                                                              const std::string& now);

// Whether the last published run left `table` as it stands now, made from the same fingerprint.
bool IsUpToDate(const LakeSession& session, const LakeTable& table, const std::string& fingerprint);

}  // namespace stedi
