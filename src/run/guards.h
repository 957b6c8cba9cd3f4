// Guards end a run although no row breaks an expectation: they detect a disaster that nobody would
// notice otherwise. A guard that fails is reported as a failed expectation of its table; with `run
// --allow-shrink` it is only a warning. No guard may hold up a withdrawal (run/withdrawal.h).
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

// Adds a failed expectation to `outcome` when more of the records in this run's new files are
// rejected than feed.max_rejected allows. Fewer than ten rejected records count only if the share
// in all known files is beyond the limit as well.
void GuardAgainstRejected(const LakeSession& session, const Feed& feed, QuarantineNews& quarantine,
                          TableOutcome& outcome);

// Adds a failed expectation to `outcome` when a derived table was built and has no row although
// every table that it reads has some, and when it had rows before or each of those tables has at
// least view.may_be_empty_below rows. Tables of rejected records do not count among those that it
// reads.
void GuardAgainstEmpty(const LakeSession& session, const Project& project, const View& view,
                       TableOutcome& outcome);

// Whether the expectation `covers` holds if `uncovered` of `rows` rows find no partner.
bool IsCovered(const Expectation& covers, int64_t rows, int64_t uncovered);

// `expectation` is a covers of the table of `outcome`, and `covered` is the table that it names.
// Returns how many rows of `covered` find no partner, if these are too many; else 0. The count is
// kept in outcome.settings, so that the next run need not count again if too little has changed to
// matter. REQUIRES: both tables are readable by their names.
int64_t CountUncovered(const LakeSession& session, const Expectation& expectation,
                       const TableOutcome& covered, TableOutcome& outcome);

// Returns the first expectation that makes the run fail, or nullptr.
const ExpectationReport* FindBroken(const std::vector<ExpectationReport>& expectations);

// Returns the line of an error about an expectation that failed.
std::string FailedExpectationMessage(const ExpectationReport& broken);

// Returns the report of a covers. `rows` is the number of rows of the covered table.
ExpectationReport ReportCovers(const View& view, const Expectation& expectation, int64_t uncovered,
                               int64_t rows);

// The names of guards, which are those of the properties that change their limits. A guard also
// watches tables that do not declare its property.
inline constexpr std::string_view kMaxRejected = kMaxRejectedKey;
inline constexpr std::string_view kMayBeEmpty = kMayBeEmptyKey;

}  // namespace stedi
