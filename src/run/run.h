// A run: landing files -> landing tables -> derived tables, published together or not at all.
#pragma once

#include "run/run_observer.h"
#include "run/run_options.h"
#include "run/run_report.h"

namespace stedi {

// Throws ProjectError (select/check.h) when the project has mistakes, Error when the run could not
// begin (no lake, locked). Once it has begun, it always returns a report. A failed run is recorded
// in the lake's catalog and publishes nothing but withdrawals (run/withdrawal.h); its report says
// what it reached and why it ended. Not thread-safe; one run at a time in a process.
RunReport Run(const RunOptions& options, RunObserver& observer);

}  // namespace stedi
