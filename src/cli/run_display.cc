#include "cli/run_display.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/clock.h"
#include "cli/human_text.h"
#include "cli/json_output.h"

namespace stedi {
namespace {

using Clock = std::chrono::steady_clock;

constexpr size_t kTableWidth = 26;
constexpr size_t kActionWidth = 9;
constexpr size_t kNumberWidth = 12;
constexpr size_t kSecondsWidth = 9;
constexpr auto kDrawEvery = std::chrono::milliseconds(100);

std::string Columns(std::string_view table, std::string_view action, std::string_view in,
                    std::string_view out, std::string_view rejected, std::string_view time) {
  return fmt::format("{}  {} {} {} {} {}", PadRight(table, kTableWidth),
                     PadRight(action, kActionWidth), PadLeft(in, kNumberWidth),
                     PadLeft(out, kNumberWidth), PadLeft(rejected, kNumberWidth),
                     PadLeft(time, kSecondsWidth));
}

// Returns the number of rows in all input tables or, for a feed, of its files.
std::string RowsIn(const TableReport& report) {
  int64_t sum = 0;
  for (const auto& [input, rows] : report.rows_in) sum += rows;
  const bool is_feed = report.rows_in.contains("files");
  return is_feed ? fmt::format("{} file{}", GroupDigits(sum), sum == 1 ? "" : "s")
                 : GroupDigits(sum);
}

std::string_view Plural(uint64_t count) { return count == 1 ? "" : "s"; }

std::string LandingText(const LandingSummary& landing) {
  std::string text =
      fmt::format("landing: {} new file{} ({}), {} record{} accepted, {} rejected", landing.files,
                  Plural(landing.files), ReadableBytes(landing.bytes),
                  GroupDigits(static_cast<int64_t>(landing.records)), Plural(landing.records),
                  GroupDigits(static_cast<int64_t>(landing.rejected)));
  if (landing.redelivered > 0) {
    text += fmt::format("; {} file{} re-delivered, not loaded again", landing.redelivered,
                        Plural(landing.redelivered));
  }
  if (landing.skipped > 0) {
    text += fmt::format("; {} file{} skipped", landing.skipped, Plural(landing.skipped));
  }
  return text + "\n";
}

// Quotes `text` with double quotes as one word for a shell.
std::string ShellWord(std::string_view text) {
  std::string word = "\"";
  for (const char c : text) {
    if (std::string_view("\"\\$`").find(c) != std::string_view::npos) word += '\\';
    word += c;
  }
  return word + "\"";
}

std::string ExpectationsText(const std::vector<ExpectationReport>& expectations,
                             const std::filesystem::path& lake) {
  std::string text;
  size_t kept = 0;
  for (const ExpectationReport& expectation : expectations) {
    if (expectation.failed == 0) {
      ++kept;
      continue;
    }
    text += fmt::format("expectation {}.{} ({}): {} row{}\n", expectation.table, expectation.name,
                        ToString(expectation.action), GroupDigits(expectation.failed),
                        expectation.failed == 1 ? "" : "s");
    if (!expectation.detail.empty()) {
      text += fmt::format("    {}\n", PrintableText(expectation.detail));
    }
    for (const std::string& example : expectation.examples) {
      text += fmt::format("    {}\n", PrintableText(example));
    }
    if (!expectation.query.empty()) {
      text += fmt::format("  all of them: stedi query --lake {} {}\n", ShellWord(lake.string()),
                          ShellWord(expectation.query));
    }
  }
  if (!expectations.empty()) {
    text += fmt::format("expectations: {} of {} kept\n", kept, expectations.size());
  }
  return text;
}

}  // namespace

RunDisplay::RunDisplay(std::FILE* out, bool moves) : out_(out), moves_(moves) {}

RunDisplay::~RunDisplay() {
  if (drawn_ > 0) EraseMoving();
}

void RunDisplay::OnWait(int pid) {
  PrintAbove(
      fmt::format("waiting for process {}, which writes to the lake (--no-wait: do not)", pid));
}

void RunDisplay::OnTableBegin(std::string_view table, TableKind kind) {
  building_.push_back({std::string(table), kind == TableKind::kFeed, Clock::now()});
  DrawMoving();
}

void RunDisplay::OnProgress(std::string_view table, uint64_t done, uint64_t total, uint64_t records,
                            uint64_t rejected) {
  const auto found = std::ranges::find(building_, table, &Building::table);
  if (found == building_.end()) return;
  // Several statements build a view, and each counts from 0: the shown progress must not fall.
  if (found->is_feed || total != found->total || done > found->done) found->done = done;
  found->total = total;
  found->records = records;
  found->rejected = rejected;
  if (Clock::now() - last_draw_ >= kDrawEvery) DrawMoving();
}

void RunDisplay::OnTableEnd(const TableReport& report) {
  std::erase_if(building_, [&](const Building& b) { return b.table == report.table; });
  if (!has_header_) {
    PrintAbove(Columns("table", "action", "in", "rows", "rejected", "time"));
    has_header_ = true;
  }
  PrintAbove(Columns(report.table, ToString(report.action), RowsIn(report),
                     GroupDigits(report.rows_out), GroupDigits(report.rejected),
                     ReadableSeconds(report.seconds)));
  DrawMoving();
}

void RunDisplay::OnNote(std::string_view line) { PrintAbove(PrintableText(line)); }

std::string RunDisplay::LineOf(const Building& building) const {
  std::string progress;
  if (building.total > 0) {
    const uint64_t percent = std::min<uint64_t>(100, building.done * 100 / building.total);
    progress = fmt::format("{} %", percent);
    if (building.is_feed) {
      progress += fmt::format(" of {}", ReadableBytes(building.total));
    }
  }
  const double seconds = SecondsSince(building.begin);
  std::string line = fmt::format("{}  {}", PadRight(building.table, kTableWidth),
                                 building.is_feed ? "loading" : "building");
  if (!progress.empty()) line += "  " + progress;
  if (building.records > 0) {
    line += fmt::format("  {} rows", GroupDigits(static_cast<int64_t>(building.records)));
  }
  if (building.rejected > 0) {
    line += fmt::format("  {} rejected", GroupDigits(static_cast<int64_t>(building.rejected)));
  }
  return line + "  " + ReadableSeconds(seconds);
}

void RunDisplay::PrintAbove(std::string_view line) {
  EraseMoving();
  Print(out_, "{}\n", line);
  std::fflush(out_);
}

// Moves the cursor up over the moving lines and clears to the end of the screen.
void RunDisplay::EraseMoving() {
  if (drawn_ > 0) std::fputs(fmt::format("\x1b[{}A\x1b[J", drawn_).c_str(), out_);
  drawn_ = 0;
}

void RunDisplay::DrawMoving() {
  if (!moves_) return;
  EraseMoving();
  const size_t width = TerminalWidth(out_);
  for (const Building& building : building_) {
    // A line that wraps would take two lines to erase.
    Print(out_, "{}\n", LineOf(building).substr(0, width - 1));
    ++drawn_;
  }
  std::fflush(out_);
  last_draw_ = Clock::now();
}

std::string SummaryText(const RunReport& report, const std::filesystem::path& lake) {
  std::string text = "\n";
  if (report.status == RunStatus::kNoNews) {
    text += "no news: every table is as the last run left it\n";
  }
  if (report.status != RunStatus::kNoNews ||
      report.landing.redelivered + report.landing.skipped > 0) {
    text += LandingText(report.landing);
  }
  text += ExpectationsText(report.expectations, lake);
  for (const RowsTakenOut& taken : report.taken_out) {
    text += fmt::format("withdrawn: {} row{} taken out of {}\n", GroupDigits(taken.rows),
                        taken.rows == 1 ? "" : "s", taken.table);
  }
  std::string_view published;
  if (report.status == RunStatus::kFailed || report.status == RunStatus::kCancelled) {
    published = report.taken_out.empty() ? "; nothing was published"
                                         : "; nothing was published but withdrawals";
  } else if (report.status == RunStatus::kUnknown) {
    published = "; whether it was published is unknown";
  }
  text += fmt::format("run {}: {} in {}{}\n", report.run_id, ToString(report.status),
                      ReadableSeconds(report.seconds), published);
  return text;
}

std::string ReportJson(const RunReport& report) {
  using Json = nlohmann::ordered_json;
  Json json = {{"run_id", report.run_id},
               {"status", ToString(report.status)},
               {"seconds", report.seconds},
               {"landing",
                {{"files", report.landing.files},
                 {"redelivered", report.landing.redelivered},
                 {"records", report.landing.records},
                 {"rejected", report.landing.rejected},
                 {"bytes", report.landing.bytes},
                 {"skipped", report.landing.skipped},
                 {"passed_over", report.landing.passed_over}}},
               {"tables", Json::array()},
               {"expectations", Json::array()}};
  for (const TableReport& table : report.tables) {
    json["tables"].push_back(
        {{"table", table.table},
         {"action", ToString(table.action)},
         {"rows_in", table.rows_in},
         {"rows_out", table.rows_out},
         {"rejected", table.rejected},
         {"snapshot_id", table.snapshot_id ? Json(*table.snapshot_id) : Json(nullptr)},
         {"seconds", table.seconds}});
  }
  for (size_t i = 0; i < report.tables.size(); ++i) {
    const auto& keys = report.tables[i].unknown_keys;
    if (!keys.empty()) json["tables"][i]["unknown_keys"] = keys;
  }
  for (const ExpectationReport& expectation : report.expectations) {
    Json row = {{"table", expectation.table},
                {"name", expectation.name},
                {"action", ToString(expectation.action)},
                {"failed", expectation.failed}};
    if (!expectation.examples.empty()) row["examples"] = expectation.examples;
    if (!expectation.query.empty()) row["query"] = expectation.query;
    if (!expectation.detail.empty()) row["detail"] = expectation.detail;
    json["expectations"].push_back(std::move(row));
  }
  for (const RowsTakenOut& taken : report.taken_out) {
    json["taken_out"].push_back({{"table", taken.table}, {"rows", taken.rows}});
  }
  if (!report.bad_files.empty()) {
    json["bad_files"] = Json::array();
    for (const BadFileReport& bad : report.bad_files) {
      json["bad_files"].push_back({{"table", bad.table},
                                   {"file", bad.file},
                                   {"problem", bad.problem},
                                   {"is_skipped", bad.is_skipped}});
    }
  }
  if (!report.notes.empty()) json["notes"] = report.notes;
  if (report.error) {
    json.update(ErrorJson(report.error_code.value_or(ErrorCode::kInternal), *report.error));
  }
  return JsonLine(json) + "\n";
}

}  // namespace stedi
