#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <map>
#include <sstream>

#include "base/error.h"
#include "sample/defect.h"
#include "sample/sample_options.h"

namespace stedi {
namespace {

namespace fs = std::filesystem;

fs::path FreshFolder(const std::string& name) {
  fs::path folder = testing::TempDir() + "stedi_sample_" + name + "_" + std::to_string(getpid());
  fs::remove_all(folder);
  return folder;
}

std::map<std::string, std::string> FilesBelow(const fs::path& folder) {
  std::map<std::string, std::string> files;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    std::ostringstream bytes;
    bytes << std::ifstream(entry.path(), std::ios::binary).rdbuf();
    files[fs::relative(entry.path(), folder).string()] = bytes.str();
  }
  return files;
}

SampleOptions SmallSample(const std::string& name) {
  SampleOptions options;
  options.folder = FreshFolder(name);
  options.customers = 1000;
  options.readings = 9000;
  options.file_bytes = 128 << 10;
  return options;
}

TEST(SampleTest, IsTheSameOnAnyNumberOfThreads) {
  for (const SampleLayoutRow& row : kSampleLayoutRows) {
    SampleOptions options = SmallSample("threads");
    options.layout = row.layout;
    options.defects = true;
    options.threads = 1;
    WriteSample(options);
    const auto files = FilesBelow(options.folder);
    options.folder = FreshFolder("threads");
    options.threads = 3;
    WriteSample(options);
    EXPECT_TRUE(files == FilesBelow(options.folder)) << row.name;
    EXPECT_GT(files.size(), 20U);
  }
}

struct LayoutCase {
  SampleLayout layout;
  std::string_view begin, between, end;
};

class SampleLayoutTest : public testing::TestWithParam<LayoutCase> {};

TEST_P(SampleLayoutTest, FramesItsRecords) {
  SampleOptions options = SmallSample("layout");
  options.layout = GetParam().layout;
  const SampleReport report = WriteSample(options);
  const auto files = FilesBelow(options.folder);
  uint64_t records = 0;
  for (const auto& [name, bytes] : files) {
    EXPECT_TRUE(bytes.starts_with(GetParam().begin)) << name;
    EXPECT_TRUE(bytes.ends_with(GetParam().end)) << name;
    EXPECT_LE(bytes.size(), options.file_bytes) << name;
    records += 1;
    for (size_t at = bytes.find(GetParam().between, 1);
         at < bytes.size() - GetParam().between.size();
         at = bytes.find(GetParam().between, at + 1)) {
      ++records;
    }
  }
  EXPECT_EQ(records, 13000U);
  EXPECT_EQ(report.feeds[0].records, 1000U);
  EXPECT_EQ(report.feeds[1].records, 9000U);
  EXPECT_EQ(report.feeds[2].records, 3000U);
  EXPECT_EQ(report.feeds[0].files + report.feeds[1].files + report.feeds[2].files, files.size());
}

INSTANTIATE_TEST_SUITE_P(
    Sample, SampleLayoutTest,
    testing::Values(LayoutCase{SampleLayout::kNdjson, "{\"", "}\n{", "}\n"},
                    LayoutCase{SampleLayout::kConcat, "{\"", "}{", "}"},
                    LayoutCase{SampleLayout::kArray, "[\n{\"", "},\n{", "}\n]\n"},
                    LayoutCase{SampleLayout::kPretty, "{\n  \"", "}\n{", "}\n"}));

TEST(SampleDefectsTest, EveryKindIsMadeAndCounted) {
  SampleOptions options = SmallSample("defects");
  options.customers = 2000;
  options.defects = true;
  const SampleReport report = WriteSample(options);
  ASSERT_EQ(report.defects.size(), DefectRows().size());
  uint64_t spoiled_customers = 0;
  for (const SampleDefectReport& defect : report.defects) {
    EXPECT_GT(defect.count[0], 0U) << defect.name;
    if (defect.outcome != "file") spoiled_customers += defect.count[0];
  }
  EXPECT_NEAR(static_cast<double>(spoiled_customers), 2000.0 / 16, 5);

  const auto files = FilesBelow(options.folder / "customer" / "landing");
  ASSERT_GT(files.size(), 3U);
  const std::string& first = files.begin()->second;
  const std::string& copy = files.rbegin()->second;
  const std::string& empty = std::prev(files.end(), 2)->second;
  const std::string& last = std::prev(files.end(), 3)->second;
  EXPECT_TRUE(first.starts_with("\xEF\xBB\xBF{"));
  EXPECT_EQ(copy, first);
  EXPECT_EQ(empty, "");
  EXPECT_FALSE(last.ends_with("}\n"));
}

TEST(SampleErrorTest, RefusesAFolderThatHoldsFiles) {
  const SampleOptions options = SmallSample("twice");
  WriteSample(options);
  try {
    WriteSample(options);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInvalid);
    EXPECT_EQ(error.what(), "sample: " + (options.folder / "customer" / "landing").string() +
                                " already holds files; name another folder, or remove it");
  }
}

TEST(SampleErrorTest, RefusesOptionsOutOfRange) {
  SampleOptions options = SmallSample("range");
  options.customers = 0;
  EXPECT_THROW(WriteSample(options), Error);
  EXPECT_FALSE(fs::exists(options.folder));
}

}  // namespace
}  // namespace stedi
