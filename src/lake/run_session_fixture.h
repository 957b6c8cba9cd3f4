// A fixture for unit tests: a run's session on an empty lake, in a new temporary folder.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "base/file.h"
#include "catalog/sql_catalog.h"
#include "database/database.h"
#include "database/side_work.h"
#include "lake/lake_table.h"
#include "lake/run_session.h"
#include "lake/staged_files.h"
#include "lake/tables_ahead.h"
#include "store/storage.h"

namespace stedi {

class RunSessionFixture : public testing::Test {
 protected:
  RunSessionFixture()
      : folder_(MakeFolder()),
        database_({2, kMemoryBytes, folder_ / "temp", /*preserve_order=*/false}),
        connection_(database_),
        storage_(database_),
        catalog_(folder_ / "lake" / "catalog.db", "lake", SqlCatalog::Mode::kCreate),
        side_work_(database_),
        tables_ahead_(side_work_),
        session_{{database_, connection_, storage_, catalog_, folder_ / "lake", folder_ / "temp",
                  "stedi"},
                 "run-1",
                 kMemoryBytes,
                 side_work_,
                 tables_ahead_,
                 staged_files_,
                 sound_files_} {
    connection_.Execute("CREATE SCHEMA stedi; USE stedi");
  }
  ~RunSessionFixture() override {
    side_work_.Stop();
    std::filesystem::remove_all(folder_);
  }

  // Publishes the staged snapshot of `table`. Returns the table as the next run finds it, with its
  // files loaded.
  LakeTable Publish(const LakeTable& table) {
    side_work_.Finish();
    RunRecord run;
    run.run_id = session_.run_id;
    run.database = session_.database_name;
    run.status = RunStatus::kOk;
    const std::vector<TableCommit> commits = {
        {table.id, table.committed_location, table.staged_location}};
    EXPECT_EQ(catalog_.Commit(commits, run), CommitOutcome::kCommitted);
    session_.run_id += "+";  // files that are written from now on get other names
    LakeTable published = OpenTable(session_, table.id.name);
    LoadFiles(database_, connection_, published);
    return published;
  }

  // The message of the Error that `call` throws; "" when it throws none.
  template <class Function>
  static std::string ErrorOf(const Function& call) {
    try {
      call();
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }

  static constexpr uint64_t kMemoryBytes = 256 << 20;

  std::filesystem::path folder_;
  Database database_;
  Connection connection_;
  Storage storage_;
  SqlCatalog catalog_;
  StagedFiles staged_files_;
  std::set<std::string> sound_files_;
  SideWork side_work_;
  TablesAhead tables_ahead_;
  RunSession session_;

 private:
  static std::filesystem::path MakeFolder() {
    std::string pattern = testing::TempDir() + "stedi-session-XXXXXX";
    std::filesystem::path folder = ::mkdtemp(pattern.data());
    MakeFolders(folder / "lake");
    MakeFolders(folder / "temp");
    return folder;
  }
};

}  // namespace stedi
