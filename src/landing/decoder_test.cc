#include "landing/decoder.h"

#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

#include <string>

#include "base/error.h"
#include "landing/scan_transcript.h"

namespace stedi {
namespace {

std::string Gzip(const std::string& text) {
  z_stream stream = {};
  EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(deflateBound(&stream, text.size()), '\0');
  std::string input = text;
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(out.size() - stream.avail_out);
  deflateEnd(&stream);
  return out;
}

std::string Zstd(const std::string& text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
  return out;
}

std::string Compress(Compression compression, const std::string& text) {
  return compression == Compression::kGzip ? Gzip(text) : Zstd(text);
}

// Reads `read_bytes` at a time; a problem is put after what was decoded.
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

constexpr Compression kBoth[] = {Compression::kGzip, Compression::kZstd};

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

// The same rows from a compressed file as from a plain one, whatever the block size.
TEST(DecoderTest, CompressedFilesScanAsPlainOnes) {
  const Contract contract = {
      {{"a", ColumnType::kBigint, false}, {"b", ColumnType::kString, false}}};
  std::string text = "[";
  for (int i = 0; i < 300; ++i) {
    text += "{\"a\":" + std::to_string(i) + ",\"b\":\"a text of some length\"},\n";
    if (i % 50 == 49) text += "oops,";
  }
  const MemoryFile plain(text);
  const Transcript expected = Transcribe(contract, plain.Listed(), {});
  EXPECT_EQ(expected.rows.size(), 300U);
  for (const Compression compression : kBoth) {
    const MemoryFile file(Compress(compression, text));
    for (const uint64_t block_bytes : {1U, 100U, 1U << 20}) {
      TranscriptOptions options;
      options.block_bytes = block_bytes;
      options.threads = 2;
      const Transcript transcript = Transcribe(contract, file.Listed(compression), options);
      EXPECT_EQ(transcript.ToText(), expected.ToText());
      EXPECT_EQ(transcript.report.decoded_bytes, text.size());
      EXPECT_EQ(transcript.report.size_bytes, file.Listed().size_bytes);
      EXPECT_EQ(transcript.report.content_hash, HashFile(file.Listed().path));
    }
  }
}

// A reader that leaves in the middle of a compressed file hands it to the next one.
TEST(DecoderTest, ACompressedFileIsReadOnByAnother) {
  std::string text;
  for (int i = 0; i < 200; ++i) text += "{\"a\":" + std::to_string(i) + "}\n";
  const MemoryFile file(Gzip(text));
  ScanOptions options;
  options.block_bytes = 100;
  LandingScan scan({{{"a", ColumnType::kBigint, false}}}, {file.Listed(Compression::kGzip)},
                   options);
  size_t rows = 0;
  while (true) {
    LandingReader reader(scan);
    const RowBlock* const block = reader.NextBlock();
    if (block == nullptr) break;
    rows += block->rows;
  }
  EXPECT_EQ(rows, 200U);
  EXPECT_EQ(scan.reports()[0].problem, "");
  EXPECT_EQ(scan.reports()[0].decoded_bytes, text.size());
}

}  // namespace
}  // namespace stedi
