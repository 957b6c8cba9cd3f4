// Checks expectations on the rows of a table that is staged, but not published.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lake/lake_session.h"
#include "pipeline/project.h"
#include "run/run_report.h"

namespace stedi {

// Counts the rows of the table `definition.name` that break the expectation. REQUIRES: the table is
// readable by its name.
int64_t CountViolations(const LakeSession& session, const TableDefinition& definition,
                        const Expectation& expectation);

// Whether a row of the table breaks one of `expectations`, all of which held at the last build.
// Since then the table got the rows of `fresh` (a SELECT; empty: none) and may have lost others.
// Looks only at the new rows, and at rows with the same unique key. REQUIRES: no table that the
// expectations refer to has lost rows since the last build.
bool HasViolation(const LakeSession& session, const TableDefinition& definition,
                  const std::vector<const Expectation*>& expectations, const std::string& fresh);

// Returns the report of one expectation. If rows failed and were not taken out, it has examples and
// a query for these rows. `staged_location` is the metadata file through which the query reads
// them.
ExpectationReport ReportExpectation(const LakeSession& session, const TableDefinition& definition,
                                    const Expectation& expectation, int64_t failed,
                                    const std::string& staged_location);

}  // namespace stedi
