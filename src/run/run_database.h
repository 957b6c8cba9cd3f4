// The database that a run works in, its temporary folder, and how it returns freed memory.
#pragma once

#include <filesystem>

#include "base/file.h"
#include "database/database.h"
#include "database/dialect.h"
#include "run/run_project.h"

namespace stedi {

// Freed memory that the C library keeps comes on top of the memory that the run may take. So blocks
// of this many bytes or more go back to the system as soon as they are freed, all others after each
// table.
inline constexpr int kLargeBlock = 4 << 20;

// Creates the temporary folder of a run, or empties it, and returns it. Its mode is 0700, because
// spilled rows and rejected records are personal data.
inline std::filesystem::path FreshTempFolder(const std::filesystem::path& folder) {
  std::filesystem::remove_all(folder);
  MakeFolders(folder);
  return folder;
}

// The check of the project and the run share one database, because opening one takes 20 ms.
struct RunDatabase {
  RunDatabase(const RunOptions& options, const std::filesystem::path& temp_folder,
              bool wants_progress)
      : database({options.threads, MemoryOf(options), temp_folder, /*preserve_order=*/false}),
        connection(database) {
    CreateDialect(connection);
    if (wants_progress) {
      connection.Execute("SET enable_progress_bar = true");
      connection.Execute("SET enable_progress_bar_print = false");
    }
    // DuckDB would filter one side of a join by the bounds of the other side's keys. Nearly all
    // e-mail addresses and serial numbers are within such bounds, and comparing each row with them
    // takes a quarter of the join's time.
    connection.Execute("SET disabled_optimizers = 'join_filter_pushdown'");
  }

  Database database;
  Connection connection;
};

}  // namespace stedi
