#include <fmt/format.h>

#include "base/error.h"
#include "cli/command.h"
#include "cli/command_line.h"
#include "cli/exit_status.h"
#include "cli/human_text.h"
#include "cli/result_format.h"
#include "cli/signal_watch.h"
#include "database/database.h"
#include "database/value_masking.h"
#include "inspect/lake_reader.h"

namespace stedi {
namespace {

void PrintParquet(LakeReader& lake, const std::string& sql, uint64_t memory_bytes) {
  if (IsTerminal(stdout)) {
    throw Error(ErrorCode::kInvalid,
                "query: Parquet is not for a terminal: send it to a file, > rows.parquet");
  }
  lake.QueryAsParquet(sql, memory_bytes, PrintPiece);
}

}  // namespace

int QueryCommand(const Command& command, Args args) {
  LakeOptions options;
  std::string sql;
  size_t format = 0;
  CommandLine line(command);
  line.Positional("SQL", sql,
                  "a SELECT over the lake's tables and ops.runs, ops.steps, ops.files, "
                  "ops.expectations",
                  true);
  std::vector<std::string> formats = ResultFormatNames();
  const size_t parquet_format = formats.size();
  formats.emplace_back("parquet");
  line.Choice("--format", std::move(formats), format,
              "how rows are printed; parquet: a file with the types of the columns");
  uint64_t memory_bytes = 0;
  line.Bytes("--memory", memory_bytes, "for the engine, such as 4GB (most of the machine's)");
  DeclareLakeOptions(line, options);
  if (!line.Parse(args)) return kStatusDone;
  const SignalWatch watch;
  LakeReader lake(options.lake, options.database, options.catalog);
  try {
    if (!options.json && format == parquet_format) {
      PrintParquet(lake, sql, memory_bytes);
      return kStatusDone;
    }
    QueryResult result = lake.Query(sql, memory_bytes);
    PrintResult(result, options.json ? ResultFormat::kJson : static_cast<ResultFormat>(format));
  } catch (const SqlError& error) {  // its message may quote a value
    throw Error(error.code(), ShownMessage(error));
  }
  return kStatusDone;
}

}  // namespace stedi
