// Expectations checked on the rows of a table that is staged but not published.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lake/lake_session.h"
#include "pipeline/project.h"
#include "run/run_report.h"

namespace stedi {

// drop or quarantine.
bool TakesRowsOut(const Expectation& expectation);

// How many rows of the table called `definition.name`, which can be read by it, break the promise.
int64_t CountOffending(const LakeSession& session, const TableDefinition& definition,
                       const Expectation& expectation);

// Whether a row breaks one of the promises, all of which the table kept before it lost rows or none
// and got those of `fresh` (a SELECT; empty: none). A referenced table must not have lost rows
// since.
bool IsOffended(const LakeSession& session, const TableDefinition& definition,
                const std::vector<const Expectation*>& expectations, const std::string& fresh);

// The report of one expectation; with examples and a query when rows failed. `staged_location`: the
// metadata file through which the query reads the rows.
ExpectationReport ReportExpectation(const LakeSession& session, const TableDefinition& definition,
                                    const Expectation& expectation, int64_t failed,
                                    const std::string& staged_location);

}  // namespace stedi
