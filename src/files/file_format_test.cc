#include "files/file_format.h"

#include <gtest/gtest.h>

#include <string>

namespace stedi {
namespace {

using std::string_literals::operator""s;  // NOLINT(misc-unused-using-decls): it is used

std::string Tar() {
  std::string tar = "a.json" + std::string(251, '\0') + "ustar\00000"s;
  tar.resize(512);
  return tar + "{\"a\":1}\n";
}

// The header of a tar archive without magic bytes, and the beginning of the file in it.
std::string OldTar(const std::string& checksum) {
  std::string tar = "1.json" + std::string(94, '\0') + "000644 \0"s;
  tar += "000765 \0"s + "000024 \0"s + "00000000010 " + "14230137400 " + checksum + " ";
  tar.resize(512);
  return tar + "{\"a\":1}\n";
}

TEST(FileFormatTest, NamesWhatIsNoLandingData) {
  struct Case {
    std::string bytes;
    std::string name;  // empty: it may be JSON
  };
  const Case cases[] = {
      {"", ""},
      {" \n", ""},
      {"{\"a\":1}", ""},
      {"\xEF\xBB\xBF[", ""},
      {"oops", ""},
      {"\0{\"a\":1}"s, ""},
      {"{\0\"a\":1}"s, ""},
      {"\xFF{\"a\":1}", ""},
      {"PK\x03\x04\x14", "a zip archive"},
      {"BZh91AY&SY\x12", "a bzip2 file"},
      {"BZh9 is text", ""},
      {"\xFD"
       "7zXZ\0\0"s,
       "an xz file"},
      {"\x04\x22\x4D\x18\x64", "an lz4 file"},
      {"\xFF\x06\0\0sNaPpY"s, "a snappy file"},
      {"PAR1\x15", "a Parquet file"},
      {"Obj\x01\x04", "an Avro file"},
      {"ORC\x0A\x03", ""},
      {"ORC\x08\x03", "an ORC file"},
      {"SQLite format 3\0\x10"s, "an SQLite database"},
      {"%PDF-1.7", "a PDF document"},
      {"\x89PNG\r\n\x1A\n", "a PNG image"},
      {"\xFF\xD8\xFF\xE0", "a JPEG image"},
      {Tar(), "a tar archive"},
      {OldTar("CHECKED"), ""},
      {OldTar("005571\0"s), "a tar archive"},
      {OldTar("005572\0"s), ""},
      {"!<arch>\n1.json/ ", "an ar archive"},
      {"070701" + std::string(104, 'a') + "1.json", "a cpio archive"},
      {"070702" + std::string(104, '0') + "1.json", "a cpio archive"},
      {"070707" + std::string(70, '7') + "1.json", "a cpio archive"},
      {"070707" + std::string(69, '7') + "{\"a\":1}", ""},
      {"\xC7q\1\2"s, "a cpio archive"},
      {"\x1F\x8B\x08", "a gzip stream inside of another stream"},
      {std::string(100, '\0'), "a binary file"},
      {"\x01\x02\x03\x04{}", "a binary file"},
      {"\x01\x02\x03 text of some length, damaged at its beginning", ""},
  };
  for (const Case& c : cases) {
    const std::string expected =
        c.name.empty() ? "" : "is " + c.name + ": deliver JSON, as it is or as .gz or .zst";
    EXPECT_EQ(FormatProblem(c.bytes), expected) << c.bytes;
  }
}

TEST(FileFormatTest, NamesEncodings) {
  const std::string utf16 = "is UTF-16 text: deliver it as UTF-8 (iconv -f UTF-16 -t UTF-8)";
  const std::string utf32 = "is UTF-32 text: deliver it as UTF-8 (iconv -f UTF-32 -t UTF-8)";
  EXPECT_EQ(FormatProblem("\xFF\xFE{\0\"\0"s), utf16);
  EXPECT_EQ(FormatProblem("\xFE\xFF\0{\0\""s), utf16);
  EXPECT_EQ(FormatProblem("{\0\"\0a\0"s), utf16);
  EXPECT_EQ(FormatProblem("\0{\0\"\0a"s), utf16);
  EXPECT_EQ(FormatProblem("\xFF\xFE\0\0{\0\0\0"s), utf32);
  EXPECT_EQ(FormatProblem("\0\0\xFE\xFF\0\0\0{"s), utf32);
  EXPECT_EQ(FormatProblem("{\0\0\0\"\0\0\0"s), utf32);
  EXPECT_EQ(FormatProblem("\0\0\0{\0\0\0\""s), utf32);
}

TEST(FileFormatTest, TellsCompression) {
  EXPECT_EQ(CompressionOfBytes("\x1F\x8B\x08\0"s), Compression::kGzip);
  EXPECT_EQ(CompressionOfBytes("\x28\xB5\x2F\xFD "), Compression::kZstd);
  EXPECT_EQ(CompressionOfBytes("\x5A\x2A\x4D\x18"), Compression::kZstd);
  EXPECT_EQ(CompressionOfBytes("\x60\x2A\x4D\x18"), Compression::kNone);
  EXPECT_EQ(CompressionOfBytes("\x1F\x8B"), Compression::kNone);
  EXPECT_EQ(CompressionOfBytes("{\"a\":1}"), Compression::kNone);
}

}  // namespace
}  // namespace stedi
