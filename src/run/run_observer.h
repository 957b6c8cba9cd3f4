// The interface through which a run reports what it does.
#pragma once

#include <cstdint>
#include <string_view>

#include "pipeline/table_definition.h"
#include "run/run_report.h"

namespace stedi {

// The functions are called from the run's threads, one call at a time.
class RunObserver {
 public:
  virtual ~RunObserver() = default;
  // Whether OnProgress is to be called. DuckDB's own counting takes a hundredth of a run's time.
  virtual bool WantsProgress() const = 0;
  // Another process (pid) holds the lake; the run waits.
  virtual void OnWait(int pid) = 0;
  virtual void OnTableBegin(std::string_view table, TableKind kind) = 0;
  // Called several times a second while a table is built, if wanted. `done` and `total` are bytes
  // for a feed, else per mille; total = 0: it is unknown.
  virtual void OnProgress(std::string_view table, uint64_t done, uint64_t total, uint64_t records,
                          uint64_t rejected) = 0;
  virtual void OnTableEnd(const TableReport& report) = 0;
  virtual void OnNote(std::string_view line) = 0;
};

}  // namespace stedi
