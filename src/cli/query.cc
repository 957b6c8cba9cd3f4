#include <fmt/format.h>

#include "cli/command.h"
#include "cli/command_line.h"
#include "cli/exit_status.h"
#include "cli/result_format.h"
#include "cli/signal_watch.h"
#include "database/database.h"
#include "database/value_masking.h"
#include "inspect/lake_reader.h"

namespace stedi {

int QueryCommand(const Command& command, Args args) {
  LakeOptions options;
  std::string sql;
  size_t format = 0;
  CommandLine line(command);
  line.Positional("SQL", sql,
                  "a SELECT over the lake's tables and ops.runs, ops.steps, ops.files, "
                  "ops.expectations",
                  true);
  line.Choice("--format", ResultFormatNames(), format, "how rows are printed");
  uint64_t memory_bytes = 0;
  line.Bytes("--memory", memory_bytes, "for the engine, such as 4GB (most of the machine's)");
  DeclareLakeOptions(line, options);
  if (!line.Parse(args)) return kStatusDone;
  const SignalWatch watch;
  LakeReader lake(options.lake, options.database, options.catalog);
  try {
    QueryResult result = lake.Query(sql, memory_bytes);
    PrintResult(result, options.json ? ResultFormat::kJson : static_cast<ResultFormat>(format));
  } catch (const SqlError& error) {  // its message may quote a value
    throw Error(error.code(), ShownMessage(error));
  }
  return kStatusDone;
}

}  // namespace stedi
