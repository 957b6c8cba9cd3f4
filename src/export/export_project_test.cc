#include "export/export_project.h"

#include <gtest/gtest.h>

#include <fstream>

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

TEST(ExportTargets, HaveTemplates) {
  for (const ExportTarget& target : ExportTargets()) {
    EXPECT_FALSE(target.summary.empty()) << target.name;
  }
}

}  // namespace
}  // namespace stedi
