// Shows people a run while it works: one line per finished table and, on a terminal, moving lines
// for the tables that are being built. Also formats the final report, as text or as a JSON object.
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "run/run_observer.h"
#include "run/run_report.h"

namespace stedi {

class RunDisplay final : public RunObserver {
 public:
  // `moves`: `out` is a terminal that understands cursor movements.
  RunDisplay(std::FILE* out, bool moves);
  ~RunDisplay() override;

  bool WantsProgress() const override { return moves_; }
  void OnWait(int pid) override;
  void OnTableBegin(std::string_view table, TableKind kind) override;
  void OnProgress(std::string_view table, uint64_t done, uint64_t total, uint64_t records,
                  uint64_t rejected) override;
  void OnTableEnd(const TableReport& report) override;
  void OnNote(std::string_view line) override;

 private:
  struct Building {
    std::string table;
    bool is_feed = false;
    std::chrono::steady_clock::time_point begin;
    uint64_t done = 0, total = 0, records = 0, rejected = 0;
  };
  std::string LineOf(const Building& building) const;
  void PrintAbove(std::string_view line);  // above the moving lines
  void EraseMoving();
  void DrawMoving();

  std::FILE* out_;
  bool moves_;
  bool has_header_ = false;
  std::vector<Building> building_;
  size_t drawn_ = 0;  // moving lines now on the terminal
  std::chrono::steady_clock::time_point last_draw_;
};

// Shows nothing: for --json.
class SilentObserver final : public RunObserver {
 public:
  bool WantsProgress() const override { return false; }
  void OnWait(int /*pid*/) override {}
  void OnTableBegin(std::string_view /*table*/, TableKind /*kind*/) override {}
  void OnProgress(std::string_view /*table*/, uint64_t /*done*/, uint64_t /*total*/,
                  uint64_t /*records*/, uint64_t /*rejected*/) override {}
  void OnTableEnd(const TableReport& /*report*/) override {}
  void OnNote(std::string_view /*line*/) override {}
};

// The text that a finished run shows after its tables. Each line has a line end.
std::string SummaryText(const RunReport& report, const std::filesystem::path& lake);

// What `stedi run --json` prints, on one line.
std::string ReportJson(const RunReport& report);

}  // namespace stedi
