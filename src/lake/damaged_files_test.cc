#include "lake/damaged_files.h"

#include <fmt/format.h>

#include <fstream>

#include "lake/run_session_fixture.h"
#include "parquet/parquet_file.h"

namespace stedi {
namespace {

// A table of two data files, a and b, of one column.
class DamagedFilesTest : public RunSessionFixture {
 protected:
  DamagedFilesTest() {
    table_.id = {"stedi", "t"};
    Add("a.parquet");
    Add("b.parquet");
  }

  std::string PathOf(const std::string& name) const { return folder_ / name; }

  void Add(const std::string& name) {
    const Schema schema = {0, {{1, "n", {IcebergType::Kind::kLong}}}};
    std::string bytes;
    ParquetFile parquet(schema, [&](std::string_view part) { bytes += part; });
    RowGroupEncoder group(schema, {});
    for (int64_t i = 0; i < 500; ++i) group.column(0).AddNumber(i * i * 7919);
    group.AddRows(500);
    parquet.Add(group.Finish());
    parquet.Finish();
    WriteNewFile(PathOf(name), bytes);
    AddLive(name, std::ssize(bytes));
  }

  void AddLive(const std::string& name, int64_t bytes) {
    ManifestEntry entry;
    entry.file.path = PathOf(name);
    entry.file.file_size_bytes = bytes;
    table_.files.push_back({entry, 0});
  }

  // Changes a byte in the middle of the file, which keeps its size.
  void Damage(const std::string& name) const {
    std::fstream file(PathOf(name), std::ios::in | std::ios::out | std::ios::binary);
    const auto middle = static_cast<std::streamoff>(std::filesystem::file_size(PathOf(name)) / 2);
    file.seekg(middle);
    const char byte = static_cast<char>(file.get());
    file.seekp(middle);
    file.put(static_cast<char>(byte ^ 1));
  }

  void CutOff(const std::string& name) const {
    std::filesystem::resize_file(PathOf(name), std::filesystem::file_size(PathOf(name)) - 1);
  }

  LakeTable table_;
};

TEST_F(DamagedFilesTest, TellsFilesThatAreGoneOrHaveAnotherSize) {
  EXPECT_TRUE(DamagedFiles(storage_, table_).empty());
  const int64_t bytes = table_.files[0].entry.file.file_size_bytes;
  CutOff("a.parquet");
  std::filesystem::remove(PathOf("b.parquet"));
  const std::vector<std::string> expected = {
      fmt::format("{}: has {} bytes, its manifest says {}", PathOf("a.parquet"), bytes - 1, bytes),
      fmt::format("{}: is gone", PathOf("b.parquet"))};
  EXPECT_EQ(DamagedFiles(storage_, table_), expected);
  EXPECT_FALSE(IsSound(storage_, table_));
  EXPECT_EQ(ErrorOf([&] { RequireFiles(session_, table_); }),
            "table t: " + expected[0] +
                " (and 1 more files): restore the file from a copy, or make the table anew with "
                "stedi run --rebuild t");
}

TEST_F(DamagedFilesTest, TellsFilesOfWhichAByteChanged) {
  EXPECT_TRUE(IsSound(storage_, table_));
  Damage("b.parquet");
  EXPECT_FALSE(IsSound(storage_, table_));
  EXPECT_EQ(ErrorOf([&] { RequireFiles(session_, table_); }), "");
  const std::string error = ErrorOf([&] { RequireSound(session_, table_); });
  EXPECT_TRUE(error.starts_with("table t: " + PathOf("b.parquet"))) << error;
}

TEST_F(DamagedFilesTest, LooksAtEachFileOnceInARun) {
  RequireSound(session_, table_);
  Damage("a.parquet");
  EXPECT_EQ(ErrorOf([&] { RequireSound(session_, table_); }), "");
  sound_files_.clear();
  EXPECT_NE(ErrorOf([&] { RequireSound(session_, table_); }), "");
}

TEST_F(DamagedFilesTest, LooksAtNoFileOfTheRunItself) {
  Add(session_.run_id + "-00001.parquet");
  Damage(session_.run_id + "-00001.parquet");
  EXPECT_EQ(ErrorOf([&] { RequireSound(session_, table_); }), "");
}

TEST_F(DamagedFilesTest, ReadsTablesThatAreSmallTogether) {
  LakeTable other = table_;
  Damage("a.parquet");
  EXPECT_NE(ErrorOf([&] { RequireSoundIfSmall(session_, {&table_}); }), "");
  WriteNewFile(PathOf("large"), "");
  std::filesystem::resize_file(PathOf("large"), 33 << 20);
  AddLive("large", 33 << 20);
  EXPECT_EQ(ErrorOf([&] { RequireSoundIfSmall(session_, {&other, &table_}); }), "");
  CutOff("a.parquet");
  EXPECT_NE(ErrorOf([&] { RequireSoundIfSmall(session_, {&other, &table_}); }), "");
}

}  // namespace
}  // namespace stedi
