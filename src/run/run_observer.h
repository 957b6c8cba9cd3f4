// Who is told what a run does while it does it.
#pragma once

#include <cstdint>
#include <string_view>

#include "pipeline/table_definition.h"
#include "run/run_report.h"

namespace stedi {

// What a run tells while it works. Called from the run's threads, one call at a time.
class RunObserver {
 public:
  virtual ~RunObserver() = default;
  // Whether OnProgress is of use: DuckDB's own counting takes a hundredth of a run.
  virtual bool WantsProgress() const = 0;
  // Another process (pid) holds the lake; the run waits.
  virtual void OnWait(int pid) = 0;
  virtual void OnTableBegin(std::string_view table, TableKind kind) = 0;
  // Several times a second while a table is built, if wanted. total = 0: unknown. Units: bytes of a
  // feed, else per mille.
  virtual void OnProgress(std::string_view table, uint64_t done, uint64_t total, uint64_t records,
                          uint64_t rejected) = 0;
  virtual void OnTableEnd(const TableReport& report) = 0;
  virtual void OnNote(std::string_view line) = 0;
};

}  // namespace stedi
