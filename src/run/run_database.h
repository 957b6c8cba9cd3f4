// The database that a run works in, and what it leaves to the system meanwhile.
#pragma once

#include <filesystem>

#include "base/file.h"
#include "database/database.h"
#include "database/dialect.h"
#include "run/run_project.h"

namespace stedi {

// What the C library keeps of freed memory comes on top of what the run may take. So blocks of this
// size go back to the system as soon as they are free, and all others after each table.
inline constexpr int kLargeBlock = 4 << 20;

// Spilled rows and rejected records are personal data: 0700, and empty when no run works in it.
inline std::filesystem::path FreshTempFolder(const std::filesystem::path& folder) {
  std::filesystem::remove_all(folder);
  MakeFolders(folder);
  return folder;
}

// One for the check of the project and the run: to open one takes 20 ms.
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
    // Bounds of one side's keys as a filter of the other's: of e-mail addresses and serial numbers
    // they hold nearly all, and to compare each row's costs a quarter of the join.
    connection.Execute("SET disabled_optimizers = 'join_filter_pushdown'");
  }

  Database database;
  Connection connection;
};

}  // namespace stedi
