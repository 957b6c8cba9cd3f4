#include "reader/reader_scan.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "files/memory_file.h"

namespace stedi {
namespace {

Contract TestContract() { return {{{"a", ColumnType::kBigint}}}; }

ReaderOptions Options(size_t threads) {
  ReaderOptions options;
  options.threads = threads;
  options.scan.block_bytes = 16;
  options.temp_folder = std::filesystem::temp_directory_path();
  return options;
}

TEST(ReaderScanTest, LeavesNoFileInTheTemporaryFolder) {
  const MemoryFile file("{\"a\":1}\n{\"a\":\"x\"}\n");
  ReaderOptions options = Options(1);
  options.temp_folder /= fmt::format("stedi-scan-{}", ::getpid());
  std::filesystem::create_directory(options.temp_folder);
  {
    ReaderScan scan(TestContract(), {file.Listed()}, options);
    EXPECT_TRUE(std::filesystem::is_empty(options.temp_folder)) << "also while it is read";
    ArrowArray batch = {};
    EXPECT_EQ(scan.Next(STEDI_READER_REJECTIONS, batch), ReaderScan::Outcome::kTooEarly);
    size_t rows = 0;
    while (scan.Next(STEDI_READER_ROWS, batch) == ReaderScan::Outcome::kBatch) {
      rows += static_cast<size_t>(batch.length);
      batch.release(&batch);
    }
    EXPECT_EQ(rows, 1U);
    ASSERT_EQ(scan.Next(STEDI_READER_REJECTIONS, batch), ReaderScan::Outcome::kBatch);
    EXPECT_EQ(batch.length, 1);
    batch.release(&batch);
    EXPECT_EQ(scan.Next(STEDI_READER_REJECTIONS, batch), ReaderScan::Outcome::kEnd);
    EXPECT_EQ(scan.Next(STEDI_READER_REJECTED_ROWS, batch), ReaderScan::Outcome::kEnd);
  }
  std::filesystem::remove(options.temp_folder);
}

TEST(ReaderScanTest, ScanWithoutFilesEndsAtOnce) {
  ReaderScan scan(TestContract(), {}, Options(4));
  ArrowArray batch = {};
  EXPECT_EQ(scan.Next(STEDI_READER_ROWS, batch), ReaderScan::Outcome::kEnd);
  EXPECT_EQ(scan.Next(STEDI_READER_REPORTS, batch), ReaderScan::Outcome::kEnd);
}

TEST(ReaderScanTest, CancelAfterTheEndDoesNothing) {
  const MemoryFile file("{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n{\"a\":4}\n");
  ReaderScan scan(TestContract(), {file.Listed()}, Options(3));
  ArrowArray batch = {};
  while (scan.Next(STEDI_READER_ROWS, batch) == ReaderScan::Outcome::kBatch) {
    batch.release(&batch);
  }
  scan.Cancel();
  EXPECT_EQ(scan.Next(STEDI_READER_ROWS, batch), ReaderScan::Outcome::kEnd);
  ASSERT_EQ(scan.Next(STEDI_READER_REPORTS, batch), ReaderScan::Outcome::kBatch);
  batch.release(&batch);
  EXPECT_EQ(scan.Next(STEDI_READER_REPORTS, batch), ReaderScan::Outcome::kEnd);
}

TEST(ReaderScanTest, OwnedBatchReleasesWhatNobodyTakes) {
  ArrowArray array = {};
  ExportBatch({}, 0, array);
  OwnedBatch first(array);
  OwnedBatch second = std::move(first);
  first = std::move(second);
  ArrowArray taken = first.Take();
  ASSERT_NE(taken.release, nullptr);
  taken.release(&taken);
  ExportBatch({}, 0, array);
  const OwnedBatch third(array);  // released at the end; the sanitizer would tell a leak
}

}  // namespace
}  // namespace stedi
