#include "files/decoder.h"

#include <gtest/gtest.h>

#include <string>

#include "base/error.h"
#include "files/compressed_text.h"
#include "files/memory_file.h"

namespace stedi {
namespace {

constexpr Compression kBoth[] = {Compression::kGzip, Compression::kZstd};

// Decodes `bytes`, reading `read_bytes` at a time. If decoding fails, '|' and the message follow
// the decoded text.
std::string Decode(Compression compression, const std::string& bytes, size_t read_bytes) {
  const MemoryFile file(bytes);
  std::string decoded;
  try {
    StoredBytes stored(file.Listed().path, bytes.size());
    const std::unique_ptr<ByteSource> decoder = MakeDecoder(compression, stored);
    std::string buffer(read_bytes, '\0');
    while (true) {
      const size_t count = decoder->Read(buffer);
      decoded.append(buffer, 0, count);
      if (count < buffer.size()) break;
    }
    EXPECT_EQ(stored.ContentHash(), HashFile(file.Listed().path));
    EXPECT_EQ(stored.bytes_read(), bytes.size());
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInvalid);
    decoded += std::string("|") + error.what();
  }
  return decoded;
}

TEST(DecoderTest, DecodesMembersAndFramesOfEverySize) {
  std::string large;
  for (int i = 0; i < 200'000; ++i) large += std::to_string(i * 7919 % 10007) + ",";
  for (const Compression compression : kBoth) {
    for (const std::string& text : {std::string(), std::string("x"), large}) {
      for (const size_t read_bytes : {size_t{1000}, size_t{4} << 20U}) {
        const std::string stored = Compress(compression, text);
        EXPECT_EQ(Decode(compression, stored, read_bytes), text);
        std::string three_parts = stored;
        three_parts.append(Compress(compression, "+")).append(stored);
        std::string three_texts = text;
        three_texts.append("+").append(text);
        EXPECT_EQ(Decode(compression, three_parts, read_bytes), three_texts);
      }
    }
    EXPECT_EQ(Decode(compression, Compress(compression, "abc"), 1), "abc");
  }
}

TEST(DecoderTest, NamesWhatIsWrong) {
  const std::string gzip = Gzip("{\"a\":1}");
  const std::string zstd = Zstd("{\"a\":1}");
  std::string damaged_gzip = gzip;
  damaged_gzip[gzip.size() - 6] = static_cast<char>(damaged_gzip[gzip.size() - 6] ^ 1);
  struct Case {
    Compression compression;
    std::string bytes;
    std::string expected;
  };
  const Case cases[] = {
      {Compression::kGzip, "", "|is empty, which is not a gzip file: deliver it again"},
      {Compression::kGzip, "{\"a\":1}", "|is not a gzip file: deliver it again"},
      {Compression::kGzip, gzip.substr(0, gzip.size() - 1),
       "{\"a\":1}|is a gzip stream that is cut off: deliver it again"},
      {Compression::kGzip, gzip + "\n",
       "{\"a\":1}|has other bytes after its gzip stream: deliver it again"},
      {Compression::kGzip, gzip + std::string(1000, '\0'), "{\"a\":1}"},
      {Compression::kGzip, gzip + std::string(1000, '\0') + gzip,
       "{\"a\":1}|has other bytes after its gzip stream: deliver it again"},
      {Compression::kZstd, std::string("\x50\x2A\x4D\x18\x03\0\0\0abc", 11) + zstd, "{\"a\":1}"},
      {Compression::kGzip, damaged_gzip, "{\"a\":1|is a damaged gzip stream: deliver it again"},
      {Compression::kGzip, "\x1F\x8B\x09", "|is a gzip stream that is cut off: deliver it again"},
      {Compression::kGzip, "\x1F\x8B\x09 and more",
       "|is not a gzip file, or a damaged one: deliver it again"},
      {Compression::kZstd, "", "|is empty, which is not a zstd file: deliver it again"},
      {Compression::kZstd, "{\"a\":1} and more",
       "|is not a zstd file, or a damaged one: deliver it again"},
      {Compression::kZstd, zstd.substr(0, zstd.size() - 1),
       "{\"a\":1|is a zstd stream that is cut off: deliver it again"},
  };
  for (const Case& c : cases) EXPECT_EQ(Decode(c.compression, c.bytes, 1), c.expected);
}

TEST(DecoderTest, AShorterFileIsNamed) {
  const MemoryFile file(Gzip("x"));
  StoredBytes stored(file.Listed().path, file.Listed().size_bytes + 1);
  EXPECT_THROW(stored.Next(), Error);
}

}  // namespace
}  // namespace stedi
