#include "cli/progress_lines.h"

#include <gtest/gtest.h>

#include <string>

namespace stedi {
namespace {

TEST(ProgressLinesTest, EachEventIsALine) {
  std::FILE* const file = std::tmpfile();
  ProgressLines lines(file);
  lines.OnWait(7);
  lines.OnTableBegin("visits", TableKind::kFeed);
  lines.OnProgress("visits", 5, 10, 3, 1);
  TableReport report;
  report.table = "visits";
  report.action = TableAction::kAppended;
  report.rows_out = 6;
  report.rejected = 2;
  report.seconds = 0.5;
  lines.OnTableEnd(report);
  lines.OnNote("made \"a\" key\n");
  std::string text(static_cast<size_t>(std::ftell(file)), '\0');
  std::rewind(file);
  EXPECT_EQ(std::fread(text.data(), 1, text.size(), file), text.size());
  std::fclose(file);
  EXPECT_EQ(text, R"({"event":"wait","pid":7}
{"event":"begin","table":"visits","kind":"feed"}
{"event":"progress","table":"visits","done":5,"total":10,"rows":3,"rejected":1}
{"event":"end","table":"visits","action":"appended","rows":6,"rejected":2,"seconds":0.5}
{"event":"note","text":"made \"a\" key\n"}
)");
}

}  // namespace
}  // namespace stedi
