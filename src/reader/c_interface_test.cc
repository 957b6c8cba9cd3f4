#include <gtest/gtest.h>

#include <atomic>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <random>
#include <thread>

#include "landing/scan_transcript.h"
#include "reader/reader_transcript.h"
#include "reader/stedi_reader.h"

namespace stedi {
namespace {

// The columns of kLandingPieces.
constexpr stedi_reader_column kColumns[] = {{"a", STEDI_READER_BIGINT, 0, 0},
                                            {"b", STEDI_READER_STRING, 0, 1},
                                            {"c", STEDI_READER_DOUBLE, 0, 0},
                                            {"d", STEDI_READER_BOOLEAN, 0, 0},
                                            {"e", STEDI_READER_INT, 0, 0}};
constexpr size_t kRejectedColumns[] = {1, 0};
std::vector<std::string> ColumnNames() { return {"a", "b", "c", "d", "e", "_rescued", "_unfit"}; }

stedi_reader_contract TestContract() {
  return {kColumns, std::size(kColumns), 1, kRejectedColumns, 2};
}

Contract SameContract() {
  return {{{"a", ColumnType::kBigint},
           {"b", ColumnType::kString, false, true},
           {"c", ColumnType::kDouble},
           {"d", ColumnType::kBoolean},
           {"e", ColumnType::kInt}},
          true,
          {1, 0}};
}

// Bytes in memory that a callback reads, and what it has been asked for.
struct Bytes {
  std::string bytes;
  std::atomic<int64_t> fail_after{1 << 30};  // reads, until one fails
  std::atomic<int> closed{0};

  static int64_t Read(void* context, size_t /*file*/, uint64_t offset, void* buffer,
                      uint64_t length) {
    auto& self = *static_cast<Bytes*>(context);
    if (self.fail_after-- <= 0) return -1;
    // Short reads are no end of the file.
    const uint64_t count = std::min({length, self.bytes.size() - offset, uint64_t{1000}});
    std::memcpy(buffer, self.bytes.data() + offset, count);
    return static_cast<int64_t>(count);
  }
  static void Close(void* context, size_t /*file*/) { ++static_cast<Bytes*>(context)->closed; }
  stedi_reader_source Source() { return {this, Read, Close}; }
};

struct Scan {
  stedi_reader_scan* handle = nullptr;
  Scan() = default;
  Scan(const Scan&) = delete;
  Scan& operator=(const Scan&) = delete;
  ~Scan() { stedi_reader_free(handle); }
};

stedi_reader_status Open(Bytes& bytes, stedi_reader_options options, Scan& scan) {
  const stedi_reader_contract contract = TestContract();
  const stedi_reader_file file = {"f.json", "f.json", bytes.bytes.size()};
  const stedi_reader_source source = bytes.Source();
  options.source = &source;
  return stedi_reader_open(&contract, &file, 1, &options, &scan.handle, nullptr);
}

std::string RandomLanding(std::mt19937& random, size_t pieces) {
  std::string text;
  for (size_t i = 0; i < pieces; ++i) {
    const size_t kind = random() % 3 == 0 ? random() % kLandingPieces.size() : random() % 4;
    text += kLandingPieces[kind];
    if (random() % 2 == 0) text += "\n";
  }
  return text;
}

std::string Lines(size_t count) {
  std::string text;
  for (size_t i = 0; i < count; ++i) {
    text += fmt::format("{{\"a\":{},\"b\":\"text that is longer than a cell {}\"}}\n", i, i);
  }
  return text;
}

TEST(StediReaderTest, GivesWhatTheScanGives) {
  std::mt19937 random(7);
  for (int round = 0; round < 60; ++round) {
    Bytes bytes;
    bytes.bytes = RandomLanding(random, 1 + random() % 60);
    const MemoryFile file(bytes.bytes);
    const Transcript expected = Transcribe(SameContract(), file.Listed(), {});
    for (const stedi_reader_options& options :
         {stedi_reader_options{1, 0, 0, 0, 0, nullptr, nullptr},
          stedi_reader_options{1, 7, 0, 0, 1, nullptr, nullptr},
          stedi_reader_options{3, 40, 0, 0, 0, nullptr, nullptr}}) {
      Scan scan;
      ASSERT_EQ(Open(bytes, options, scan), STEDI_READER_OK);
      std::vector<ReaderRow> rows;
      std::vector<ReaderRow> rejections;
      std::vector<ReaderRow> rejected;
      std::vector<ReaderRow> reports;
      ASSERT_EQ(ReadReaderPart(scan.handle, STEDI_READER_ROWS, rows), STEDI_READER_OK);
      ASSERT_EQ(ReadReaderPart(scan.handle, STEDI_READER_REJECTIONS, rejections), STEDI_READER_OK);
      ASSERT_EQ(ReadReaderPart(scan.handle, STEDI_READER_REJECTED_ROWS, rejected), STEDI_READER_OK);
      ASSERT_EQ(ReadReaderPart(scan.handle, STEDI_READER_REPORTS, reports), STEDI_READER_OK);
      EXPECT_EQ(ReaderRowTexts(rows, ColumnNames()), expected.rows) << bytes.bytes;
      EXPECT_EQ(ReaderRejectionTexts(rejections), expected.rejections) << bytes.bytes;
      EXPECT_EQ(rejected.size(), expected.rejected.size());
      ASSERT_EQ(reports.size(), 1U);
      EXPECT_EQ(reports[0]["accepted_bytes"], fmt::format("{}", expected.report.accepted_bytes));
      EXPECT_EQ(reports[0]["quarantined_bytes"],
                fmt::format("{}", expected.report.quarantined_bytes));
      EXPECT_EQ(reports[0]["content_hash"], expected.report.content_hash);
      EXPECT_GT(bytes.closed, 0);
    }
  }
}

TEST(StediReaderTest, BatchOutlivesItsScan) {
  for (const uint32_t threads : {1U, 2U}) {
    Bytes bytes{Lines(1000)};
    ArrowSchema schema = {};
    ArrowArray batch = {};
    {
      Scan scan;
      ASSERT_EQ(Open(bytes, {threads, 1000, 0, 0, 0, nullptr, nullptr}, scan), STEDI_READER_OK);
      ASSERT_EQ(stedi_reader_schema(scan.handle, STEDI_READER_ROWS, &schema, nullptr),
                STEDI_READER_OK);
      ASSERT_EQ(stedi_reader_next(scan.handle, STEDI_READER_ROWS, &batch, nullptr),
                STEDI_READER_OK);
    }
    std::fill(bytes.bytes.begin(), bytes.bytes.end(), 'x');
    std::vector<ReaderRow> rows;
    AppendReaderRows(schema, batch, rows);
    ASSERT_FALSE(rows.empty());
    EXPECT_EQ(rows[0]["b"], "text that is longer than a cell " + rows[0]["a"]);
    EXPECT_EQ(rows[0]["_source_file"], "f.json");
    batch.release(&batch);
    schema.release(&schema);
    EXPECT_EQ(batch.release, nullptr);
  }
}

TEST(StediReaderTest, CallbackThatFailsEndsTheScan) {
  for (const uint32_t threads : {1U, 3U}) {
    for (const int reads : {0, 1, 5, 60}) {
      Bytes bytes{Lines(2000)};
      bytes.fail_after = reads;
      Scan scan;
      ASSERT_EQ(Open(bytes, {threads, 2000, 0, 0, 0, nullptr, nullptr}, scan), STEDI_READER_OK);
      std::vector<ReaderRow> rows;
      EXPECT_EQ(ReadReaderPart(scan.handle, STEDI_READER_ROWS, rows), STEDI_READER_CALLBACK_FAILED);
      ArrowArray batch = {};
      EXPECT_EQ(stedi_reader_next(scan.handle, STEDI_READER_ROWS, &batch, nullptr),
                STEDI_READER_CALLBACK_FAILED);
    }
  }
}

TEST(StediReaderTest, CancelledScanFreesAll) {
  for (const uint32_t threads : {1U, 3U}) {
    for (const bool is_cancelled_at_once : {false, true}) {
      Bytes bytes{Lines(5000)};
      Scan scan;
      ASSERT_EQ(Open(bytes, {threads, 500, 0, 0, 0, nullptr, nullptr}, scan), STEDI_READER_OK);
      std::thread canceller;
      if (is_cancelled_at_once) {
        stedi_reader_cancel(scan.handle);
      } else {
        ArrowArray batch = {};
        ASSERT_EQ(stedi_reader_next(scan.handle, STEDI_READER_ROWS, &batch, nullptr),
                  STEDI_READER_OK);
        batch.release(&batch);
        canceller = std::thread([&] { stedi_reader_cancel(scan.handle); });
      }
      std::vector<ReaderRow> rows;
      const stedi_reader_status status = ReadReaderPart(scan.handle, STEDI_READER_ROWS, rows);
      EXPECT_TRUE(status == STEDI_READER_CANCELLED ||
                  (!is_cancelled_at_once && status == STEDI_READER_OK))
          << status;
      if (canceller.joinable()) canceller.join();
    }
  }
}

// A scan that nobody reads to its end is freed with the batches that wait.
TEST(StediReaderTest, FreesAScanThatIsNotReadToItsEnd) {
  Bytes bytes{Lines(5000)};
  Scan scan;
  ASSERT_EQ(Open(bytes, {4, 500, 0, 0, 0, nullptr, nullptr}, scan), STEDI_READER_OK);
  ArrowArray batch = {};
  ASSERT_EQ(stedi_reader_next(scan.handle, STEDI_READER_ROWS, &batch, nullptr), STEDI_READER_OK);
  batch.release(&batch);
}

TEST(StediReaderTest, RefusesWhatIsWrong) {
  struct Case {
    std::vector<stedi_reader_column> columns;
    std::vector<size_t> rejected;
    stedi_reader_options options;
    stedi_reader_status status;
    std::string message;
  };
  const Case cases[] = {
      {{{"A", 0, 0, 0}}, {}, {}, STEDI_READER_INVALID, "lower-case"},
      {{{"a", 0, 0, 0}, {"a", 1, 0, 0}}, {}, {}, STEDI_READER_INVALID, "twice"},
      {{{"_offset", 0, 0, 0}}, {}, {}, STEDI_READER_INVALID, "every feed has"},
      {{{"a", 9, 0, 0}}, {}, {}, STEDI_READER_INVALID, "no type"},
      {{{"a", 0, 0, 0}}, {1}, {}, STEDI_READER_INVALID, "not in the contract"},
      {{{"a", 0, 0, 0}}, {0, 0}, {}, STEDI_READER_INVALID, "twice"},
      {{{"a", 0, 0, 0}},
       {},
       {0, uint64_t{1} << 40, 0, 0, 0, nullptr, nullptr},
       STEDI_READER_INVALID,
       "block_bytes"},
      {{{"a", 0, 0, 0}},
       {},
       {0, 0, 0, 0, 0, "/no/such/folder", nullptr},
       STEDI_READER_NOT_FOUND,
       "/no/such/folder"},
  };
  for (const Case& c : cases) {
    const stedi_reader_contract contract = {c.columns.data(), c.columns.size(), 0,
                                            c.rejected.data(), c.rejected.size()};
    Scan scan;
    char* error = nullptr;
    EXPECT_EQ(stedi_reader_open(&contract, nullptr, 0, &c.options, &scan.handle, &error), c.status);
    ASSERT_NE(error, nullptr);
    EXPECT_NE(std::string(error).find(c.message), std::string::npos) << error;
    stedi_reader_free_text(error);
  }
}

TEST(StediReaderTest, PartsComeAfterTheRows) {
  Bytes bytes{"{\"a\":1}\n{\"a\":"};
  Scan scan;
  ASSERT_EQ(Open(bytes, {}, scan), STEDI_READER_OK);
  ArrowArray batch = {};
  char* error = nullptr;
  EXPECT_EQ(stedi_reader_next(scan.handle, STEDI_READER_REPORTS, &batch, &error),
            STEDI_READER_INVALID);
  stedi_reader_free_text(error);
  EXPECT_EQ(stedi_reader_next(scan.handle, 17, &batch, nullptr), STEDI_READER_INVALID);
  std::vector<ReaderRow> rows;
  std::vector<ReaderRow> rejections;
  ASSERT_EQ(ReadReaderPart(scan.handle, STEDI_READER_ROWS, rows), STEDI_READER_OK);
  ASSERT_EQ(ReadReaderPart(scan.handle, STEDI_READER_REJECTIONS, rejections), STEDI_READER_OK);
  EXPECT_EQ(ReaderRejectionTexts(rejections),
            std::vector<std::string>({"8+5 truncated @13 {\"a\":"}));
  uint64_t counts[3] = {};
  stedi_reader_progress(scan.handle, &counts[0], &counts[1], &counts[2]);
  EXPECT_EQ(counts[0], bytes.bytes.size());
  EXPECT_EQ(counts[1], 1U);
  EXPECT_EQ(counts[2], 1U);
}

TEST(StediReaderTest, ReadsFilesOfTheSystem) {
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / fmt::format("stedi-reader-test-{}", ::getpid());
  std::filesystem::create_directory(folder);
  std::ofstream(folder / "1.json") << "{\"a\":1}\n";
  ArrowSchema schema = {};
  ArrowArray listed = {};
  stedi_reader_folder listing = {};
  listing.folder = folder.c_str();
  ASSERT_EQ(stedi_reader_list(&listing, &schema, &listed, nullptr), STEDI_READER_OK);
  std::vector<ReaderRow> files;
  AppendReaderRows(schema, listed, files);
  listed.release(&listed);
  schema.release(&schema);
  ASSERT_EQ(files.size(), 1U);
  EXPECT_EQ(files[0]["kind"], "file");
  const std::string missing = (folder / "2.json").string();
  const stedi_reader_file both[] = {{"1.json", files[0]["path"].c_str(), 8},
                                    {"2.json", missing.c_str(), 8}};
  const stedi_reader_contract contract = TestContract();
  Scan scan;
  ASSERT_EQ(stedi_reader_open(&contract, both, 2, nullptr, &scan.handle, nullptr), STEDI_READER_OK);
  std::vector<ReaderRow> rows;
  std::vector<ReaderRow> reports;
  ASSERT_EQ(ReadReaderPart(scan.handle, STEDI_READER_ROWS, rows), STEDI_READER_OK);
  ASSERT_EQ(ReadReaderPart(scan.handle, STEDI_READER_REPORTS, reports), STEDI_READER_OK);
  EXPECT_EQ(rows.size(), 1U);
  EXPECT_FALSE(reports[0].contains("problem"));
  EXPECT_TRUE(reports[1].contains("problem"));
  std::filesystem::remove_all(folder);
  EXPECT_EQ(stedi_reader_list(&listing, &schema, &listed, nullptr), STEDI_READER_INVALID);
}

TEST(StediReaderTest, HasAVersion) {
  EXPECT_EQ(stedi_reader_abi(), uint32_t{STEDI_READER_ABI});
  EXPECT_GT(std::string(stedi_reader_version()).size(), 2U);
}

}  // namespace
}  // namespace stedi
