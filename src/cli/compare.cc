#include "inspect/compare.h"

#include <fmt/format.h>

#include <cstdio>

#include "cli/command.h"
#include "cli/command_line.h"
#include "cli/compare_text.h"
#include "cli/exit_status.h"
#include "cli/human_text.h"
#include "cli/json_output.h"
#include "cli/signal_watch.h"

namespace stedi {

int CompareCommand(const Command& command, Args args) {
  CompareOptions options;
  std::string lake_a;
  std::string lake_b;
  std::vector<std::string> keys;
  bool json = false;
  CommandLine line(command);
  line.Positional("LAKE_A", lake_a, "a lake: a folder, or s3://bucket/prefix", true);
  line.Positional("LAKE_B", lake_b, "the other", true);
  line.Option("--catalog-a", "FILE", options.catalog_a, "if not catalog.db in LAKE_A");
  line.Option("--catalog-b", "FILE", options.catalog_b, "if not catalog.db in LAKE_B");
  line.Repeated("--table", "NAME", options.tables, "only this table");
  line.Repeated("--key", "TABLE=COLUMN,..", keys, "show a table's differing rows by these columns");
  line.Option("--rows", "N", options.rows, "differing rows to show of a table (5)");
  line.Option("--database", "NAME", options.database, "the database in both, if there are several");
  line.Flag("--json", json, "print JSON");
  if (!line.Parse(args)) return kStatusDone;
  options.lake_a = lake_a;
  options.lake_b = lake_b;
  for (const std::string& key : keys) options.keys.insert(SplitKey(key));
  const SignalWatch watch;
  const LakesComparison lakes = CompareLakes(options, [&](const TableComparison& table) {
    if (json) return;
    WriteData(ComparisonText(table, WantsColor(stdout)));
    std::fflush(stdout);
  });
  if (json) {
    PrintJson(ComparisonJson(lakes));
  } else {
    WriteText(stdout, ComparisonSummary(lakes));
  }
  return lakes.is_equal() ? kStatusDone : kStatusDifferent;
}

}  // namespace stedi
