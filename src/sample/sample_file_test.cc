#include "sample/sample_file.h"

#include <gtest/gtest.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <fstream>
#include <sstream>

#include "base/error.h"

namespace stedi {
namespace {

std::filesystem::path FreshPath(const std::string& name) {
  std::filesystem::path path =
      testing::TempDir() + "stedi_" + name + "_" + std::to_string(getpid());
  std::filesystem::remove(path);
  return path;
}

std::string ReadBytes(const std::filesystem::path& path) {
  std::ostringstream bytes;
  bytes << std::ifstream(path, std::ios::binary).rdbuf();
  return bytes.str();
}

std::string Decode(const std::filesystem::path& path, SampleCompression compression, size_t size) {
  std::string out(size + 1, '\0');
  if (compression == SampleCompression::kNone) return ReadBytes(path);
  if (compression == SampleCompression::kZstd) {
    const std::string stored = ReadBytes(path);
    out.resize(ZSTD_decompress(out.data(), out.size(), stored.data(), stored.size()));
    return out;
  }
  gzFile file = gzopen(path.c_str(), "rb");
  out.resize(static_cast<size_t>(gzread(file, out.data(), static_cast<unsigned>(out.size()))));
  gzclose(file);
  return out;
}

class SampleFileTest : public testing::TestWithParam<SampleCompression> {};

TEST_P(SampleFileTest, HoldsWhatWasWritten) {
  const std::filesystem::path path = FreshPath("sample_file");
  std::string expected;
  SampleFile file(path, GetParam());
  for (int i = 0; i < 40; ++i) {
    std::string piece;
    for (int j = 0; j < 5000; ++j) piece += std::to_string(i * j % 977) + ",";
    file.Write(piece);
    expected += piece;
  }
  file.Finish();
  EXPECT_EQ(file.bytes(), expected.size());
  EXPECT_EQ(file.stored_bytes(), std::filesystem::file_size(path));
  EXPECT_EQ(Decode(path, GetParam(), expected.size()), expected);
}

INSTANTIATE_TEST_SUITE_P(Sample, SampleFileTest,
                         testing::Values(SampleCompression::kNone, SampleCompression::kGzip,
                                         SampleCompression::kZstd));

TEST(SampleFileErrorTest, NamesTheFileThatCannotBeWritten) {
  const std::filesystem::path path = FreshPath("no_such_folder") / "a.json";
  try {
    const SampleFile file(path, SampleCompression::kNone);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kUnavailable);
    EXPECT_EQ(error.what(), "cannot write " + path.string() + ": No such file or directory");
  }
}

}  // namespace
}  // namespace stedi
