// What ends a run although each row keeps its promises: a disaster that nobody would notice. A
// guard that fails is told as a failed expectation of its table; `run --allow-shrink` lets it
// through. None may hold up a withdrawal (run/withdrawal.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "lake/lake_session.h"
#include "pipeline/project.h"
#include "pipeline/property_keys.h"
#include "run/quarantine.h"
#include "run/run_report.h"
#include "run/table_outcome.h"

namespace stedi {

// More of the records in this run's new files are rejected than feed.max_rejected allows. Fewer
// than ten of them say something only where the share of all known files is beyond it as well.
std::optional<ExpectationReport> TooManyRejected(const LakeSession& session, const Feed& feed,
                                                 const TableOutcome& outcome,
                                                 QuarantineNews& quarantine);

// A derived table that was built and has no row though every table that it reads has some, and that
// had rows before or reads enough of them. A table of rejected records says nothing of that.
std::optional<ExpectationReport> EmptyFromRows(const LakeSession& session, const Project& project,
                                               const View& view, const TableOutcome& outcome);

// Whether so few of `rows` are `uncovered` that a covers holds.
bool IsCovered(const Expectation& covers, int64_t rows, int64_t uncovered);

// How many rows of the table that a covers names find no partner in the table of that name, if
// these are too many; else 0. Both are readable by name. `outcome` is the table's step: what was
// counted is kept in its settings, so that the next run need not count where what has changed since
// is too little to matter.
int64_t CountUncovered(const LakeSession& session, const Expectation& expectation,
                       const TableOutcome& covered, TableOutcome& outcome);

// The line of an error about a promise that was not kept.
std::string BrokenPromise(const ExpectationReport& broken);

// The report of a covers.
ExpectationReport ReportCovers(const View& view, const Expectation& expectation, int64_t uncovered,
                               int64_t rows);

// Names of guards, those of the properties that change their limits: no table need declare one.
inline constexpr std::string_view kMaxRejected = kMaxRejectedKey;
inline constexpr std::string_view kMayBeEmpty = kMayBeEmptyKey;

}  // namespace stedi
