// Shows programs a run while it works: one JSON object a line for each thing that happens.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string_view>

#include "run/run_observer.h"

namespace stedi {

// Each line is written at once, so that a reader of a pipe sees it without delay:
// {"event":"wait","pid":1}: another process writes to the lake
// {"event":"begin","table":"t","kind":"feed"}
// {"event":"progress","table":"t","done":1,"total":2,"rows":3,"rejected":4}: `done` and `total` are
//   bytes for a feed, else per mille; total 0 means that it is unknown
// {"event":"end","table":"t","action":"appended","rows":3,"rejected":4,"seconds":0.5}
// {"event":"note","text":"what people should know"}
class ProgressLines final : public RunObserver {
 public:
  // REQUIRES: `out` outlives this object.
  explicit ProgressLines(std::FILE* out) : out_(out) {}

  bool WantsProgress() const override { return true; }
  void OnWait(int pid) override;
  void OnTableBegin(std::string_view table, TableKind kind) override;
  void OnProgress(std::string_view table, uint64_t done, uint64_t total, uint64_t records,
                  uint64_t rejected) override;
  void OnTableEnd(const TableReport& report) override;
  void OnNote(std::string_view line) override;

 private:
  std::FILE* out_;
};

}  // namespace stedi
