#include "export/export_project.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>

#include "base/error.h"
#include "base/file.h"

namespace stedi {
namespace {

namespace fs = std::filesystem;

class WriteExportTest : public testing::Test {
 protected:
  void TearDown() override { fs::remove_all(folder_); }
  std::string MistakeOf(const std::vector<ExportFile>& files) {
    try {
      WriteExport(folder_, files);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }

  fs::path folder_ = fs::temp_directory_path() / ("stedi-export-" + std::to_string(::getpid()));
};

TEST_F(WriteExportTest, ReplacesAnEarlierExport) {
  WriteExport(folder_, {{"a.txt", "1", false}, {"old/b.sh", "2", true}});
  EXPECT_EQ(ReadWholeFile(folder_ / "a.txt"), "1");
  EXPECT_EQ(fs::status(folder_ / "old/b.sh").permissions(), fs::perms::owner_all);
  std::ofstream(folder_ / "mine.txt") << "kept";
  WriteExport(folder_, {{"a.txt", "3", false}, {"new/c.txt", "4", false}});
  EXPECT_EQ(ReadWholeFile(folder_ / "a.txt"), "3");
  EXPECT_EQ(ReadWholeFile(folder_ / "new/c.txt"), "4");
  EXPECT_EQ(ReadWholeFile(folder_ / "mine.txt"), "kept");
  EXPECT_FALSE(fs::exists(folder_ / "old"));
}

TEST_F(WriteExportTest, TouchesNothingThatIsNotItsOwn) {
  fs::create_directories(folder_);
  std::ofstream(folder_ / "mine.txt") << "kept";
  EXPECT_NE(MistakeOf({{"a.txt", "1", false}}).find("no earlier export"), std::string::npos);
  EXPECT_EQ(ReadWholeFile(folder_ / "mine.txt"), "kept");
  EXPECT_FALSE(fs::exists(folder_ / "a.txt"));
}

TEST_F(WriteExportTest, LeavesAFileThatIsInTheWay) {
  WriteExport(folder_, {{"a.txt", "1", false}});
  std::ofstream(folder_ / "b.txt") << "kept";
  const std::vector<ExportFile> next = {{"a.txt", "2", false}, {"b.txt", "2", false}};
  for (int attempt = 0; attempt < 2; ++attempt) {
    EXPECT_NE(MistakeOf(next).find("b.txt is in the way"), std::string::npos);
    EXPECT_EQ(ReadWholeFile(folder_ / "a.txt"), "1");
    EXPECT_EQ(ReadWholeFile(folder_ / "b.txt"), "kept");
  }
}

TEST_F(WriteExportTest, RemovesNothingOutside) {
  WriteExport(folder_, {{"a.txt", "1", false}});
  const fs::path outside = folder_.string() + ".outside";
  std::ofstream(outside) << "kept";
  std::ofstream(folder_ / ".stedi-export", std::ios::app)
      << "../" << outside.filename().string() << "\n"
      << outside.string() << "\n";
  WriteExport(folder_, {{"a.txt", "2", false}});
  EXPECT_TRUE(fs::exists(outside));
  fs::remove(outside);
}

TEST(ExportFiles, TakeTheProjectWhereverItsTablesAre) {
  const fs::path folder =
      fs::temp_directory_path() / ("stedi-models-" + std::to_string(::getpid()));
  fs::create_directories(folder / "models");
  fs::create_directories(folder / "landing");
  std::ofstream(folder / "spark-pipeline.yml")
      << "name: p\ndatabase: d\nlibraries:\n  - glob:\n      include: models/**\n";
  std::ofstream(folder / "landing/a.sql")
      << "CREATE STREAMING TABLE a (n BIGINT) TBLPROPERTIES ('feed.path' = '/l');\n";
  const std::string view = "CREATE MATERIALIZED VIEW b (n BIGINT) AS SELECT n FROM a;\n";
  std::ofstream(folder / "models/b.sql") << view;
  std::ofstream(folder / "notes.txt") << "not a part of it";
  std::vector<Diagnostic> diagnostics;
  Project project = LoadProject(folder, {}, diagnostics);
  ASSERT_TRUE(diagnostics.empty());
  project.views.front().inputs = {"a"};
  for (const ExportTarget& target : ExportTargets()) {
    std::map<std::string, std::string> texts;
    for (const ExportFile& file : ExportFiles(target, project, {0}, "1")) {
      texts[file.path] = file.text;
    }
    const std::string at(target.project_folder);
    EXPECT_EQ(texts[at + "models/b.sql"], view) << target.name;
    EXPECT_TRUE(texts.contains(at + "spark-pipeline.yml")) << target.name;
    EXPECT_TRUE(texts.contains(at + "landing/a.sql")) << target.name;
    EXPECT_TRUE(texts.contains("README.md")) << target.name;
    EXPECT_FALSE(texts.contains(at + "notes.txt")) << target.name;
  }
  fs::remove_all(folder);
}

}  // namespace
}  // namespace stedi
