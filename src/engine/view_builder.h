// One view's step of a run: its SELECT into a staged snapshot.
#pragma once

#include <functional>
#include <string>

#include "engine/quarantine.h"
#include "engine/table_build.h"

namespace stedi {

struct ViewPlan {
  const View* view = nullptr;
  bool rebuild = false;  // runs the SELECT also when the table is up to date
  bool replace = false;  // stages a snapshot also of the same rows: the files may be bad
  // "<name> <table-uuid> <snapshot id>" of every table it reads or refers to, as they stand in this
  // run.
  std::vector<std::string> input_states;
  std::map<std::string, int64_t> rows_in;  // by input
};

// Runs the SELECT unless the table is up to date, takes out what drop and quarantine expectations
// name, stages a snapshot unless the rows are the same as before, and audits the rest of the
// expectations. `show_inputs` makes the inputs readable by name; it is called only when the SELECT
// runs.
TableOutcome BuildView(const LakeSession& session, const ViewPlan& plan, QuarantineNews& quarantine,
                       RunObserver& observer, const std::function<void()>& show_inputs);

}  // namespace stedi
