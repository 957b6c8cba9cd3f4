// One view's step of a run: its SELECT into a staged snapshot.
#pragma once

#include <functional>
#include <string>

#include "run/quarantine.h"
#include "run/run_observer.h"
#include "run/run_options.h"
#include "run/table_build.h"

namespace stedi {

struct ViewPlan {
  const View* view = nullptr;
  bool rebuild = false;  // runs the SELECT also when the table is up to date
  bool replace = false;  // stages a snapshot also of the same rows: the files may be bad
  const Project* project = nullptr;
  // Of every table it reads or refers to, as they stand in this run.
  std::vector<TableState> input_states;
  std::vector<const TableOutcome*> inputs;      // the tables it reads
  std::vector<const TableOutcome*> references;  // those that it refers to and that come before it
  // Rows that broke an expectation when the table was last built, by the expectation's name.
  std::map<std::string, int64_t> last_failed;
  std::map<std::string, int64_t> rows_in;  // by input
};

// Of the run that made a table as it still is: what was counted then.
std::vector<ExpectationReport> LastExpectations(const std::optional<RunRecord>& last_published,
                                                const std::string& table);

// `find` gives the outcome of a table's step of this run; nullptr: there was none yet. `options`
// tell which tables are built anew.
ViewPlan PlanView(const Project& project, const View& view, const RunOptions& options,
                  const std::optional<RunRecord>& last_published,
                  const std::function<const TableOutcome*(const std::string&)>& find);

// What the expression `note` says of the rows of a table that is readable by its name; nothing
// where it is NULL.
std::optional<std::string> NoteLine(const LakeSession& session, const View& view,
                                    const std::string& note);

// Unless the table is up to date: brings it up to date from what changed in its inputs, or runs the
// SELECT and takes out what drop and quarantine expectations name; stages a snapshot unless the
// rows are the same as before, and audits the rest of the expectations. `show_inputs` makes the
// inputs readable by name; it is called only when there is something to do.
TableOutcome BuildView(const LakeSession& session, const ViewPlan& plan, QuarantineNews& quarantine,
                       RunObserver& observer, const std::function<void()>& show_inputs);

}  // namespace stedi
