#include <gtest/gtest.h>

#include <string>

#include "files/compressed_text.h"
#include "files/content_hash.h"
#include "landing/landing_scan.h"
#include "landing/scan_transcript.h"

namespace stedi {
namespace {

// A compressed file gives the same rows as a plain one, whatever the block size.
TEST(CompressedScanTest, CompressedFilesScanAsPlainOnes) {
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
  for (const Compression compression : {Compression::kGzip, Compression::kZstd}) {
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

// A reader that is destroyed in the middle of a compressed file leaves the rest to the next reader.
TEST(CompressedScanTest, ACompressedFileIsReadOnByAnother) {
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
