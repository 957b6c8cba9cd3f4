// What a view's step of a run begins from: what the options ask for, and the tables before it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "catalog/run_record.h"
#include "lake/table_delta.h"
#include "pipeline/project.h"
#include "run/run_options.h"
#include "run/run_report.h"
#include "run/table_outcome.h"

namespace stedi {

// Refers to the project and to the outcomes of this run's earlier steps.
struct ViewPlan {
  const Project& project;
  const View& view;
  bool rebuild = false;  // the SELECT is run even if the table is up to date
  bool replace = false;  // a snapshot is staged even of the same rows: the files may be damaged
  // The states of all tables that it reads or refers to, as they are in this run.
  std::vector<TableState> input_states = {};
  std::vector<const TableOutcome*> inputs = {};  // the tables it reads; none is nullptr
  // The tables that it refers to and that come before it; none is nullptr.
  std::vector<const TableOutcome*> references = {};
  // Rows that broke an expectation when the table was last built, by the expectation's name.
  std::map<std::string, int64_t> last_failed = {};
  std::map<std::string, int64_t> rows_in = {};  // by input
};

// `find` returns the outcome of a table's step of this run; nullptr: it had no step yet. `options`
// say which tables are rebuilt. REQUIRES: each table that the view reads has had its step.
ViewPlan PlanView(const Project& project, const View& view, const RunOptions& options,
                  const std::optional<RunRecord>& last_published,
                  const std::function<const TableOutcome*(const std::string&)>& find);

// Returns what the last published run reported about the expectations of a table; nothing if there
// was no such run.
std::vector<ExpectationReport> LastExpectations(const std::optional<RunRecord>& last_published,
                                                const std::string& table);

}  // namespace stedi
