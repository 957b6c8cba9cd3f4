// A run as it happens, for people: one line a table; on a terminal the lines of tables that are
// being built move. And its report at the end, as text or as one JSON object.
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
  void PrintAbove(std::string_view line);  // above the lines that move
  void EraseMoving();
  void DrawMoving();

  std::FILE* out_;
  bool moves_;
  bool has_header_ = false;
  std::vector<Building> building_;
  size_t drawn_ = 0;  // lines that move, now on the terminal
  std::chrono::steady_clock::time_point last_draw_;
};

// Says nothing: for --json without a terminal.
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

// What a finished run shows after its tables; with a line end after each line.
std::string SummaryText(const RunReport& report, const std::filesystem::path& lake);

// What `stedi run --json` prints, on one line.
std::string ReportJson(const RunReport& report);

}  // namespace stedi
