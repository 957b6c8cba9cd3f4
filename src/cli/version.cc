#include <fmt/format.h>

#include "catalog/sql_catalog.h"
#include "cli/command.h"
#include "cli/command_line.h"
#include "cli/exit_status.h"
#include "cli/human_text.h"
#include "database/database.h"

namespace stedi {

int VersionCommand(const Command& command, Args args) {
  CommandLine line(command);
  if (!line.Parse(args)) return kStatusDone;
  Print("stedi {} (DuckDB {}, lake format {})\n", STEDI_VERSION, DuckdbVersion(), kLakeFormat);
  return kStatusDone;
}

}  // namespace stedi
