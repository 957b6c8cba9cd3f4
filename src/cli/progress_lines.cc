#include "cli/progress_lines.h"

#include <nlohmann/json.hpp>
#include <string>

#include "cli/json_output.h"

namespace stedi {
namespace {

using Json = nlohmann::ordered_json;

void WriteLine(std::FILE* out, const Json& json) {
  const std::string line = JsonLine(json) + "\n";
  std::fwrite(line.data(), 1, line.size(), out);
  std::fflush(out);
}

}  // namespace

void ProgressLines::OnWait(int pid) { WriteLine(out_, {{"event", "wait"}, {"pid", pid}}); }

void ProgressLines::OnTableBegin(std::string_view table, TableKind kind) {
  WriteLine(out_, {{"event", "begin"}, {"table", table}, {"kind", ToString(kind)}});
}

void ProgressLines::OnProgress(std::string_view table, uint64_t done, uint64_t total,
                               uint64_t records, uint64_t rejected) {
  WriteLine(out_, {{"event", "progress"},
                   {"table", table},
                   {"done", done},
                   {"total", total},
                   {"rows", records},
                   {"rejected", rejected}});
}

void ProgressLines::OnTableEnd(const TableReport& report) {
  WriteLine(out_, {{"event", "end"},
                   {"table", report.table},
                   {"action", ToString(report.action)},
                   {"rows", report.rows_out},
                   {"rejected", report.rejected},
                   {"seconds", report.seconds}});
}

void ProgressLines::OnNote(std::string_view line) {
  WriteLine(out_, {{"event", "note"}, {"text", line}});
}

}  // namespace stedi
