// Reads the landing files of one feed on many threads: blocks of bytes in, blocks of rows and
// rejections out. The result (rows, offsets, rejections, byte counts) does not depend on the number
// of threads or on where blocks are cut: a block is read from a guessed record start, and read
// again from the true one if the block before it did not end exactly there.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "landing/contract.h"
#include "landing/key_counts.h"
#include "landing/landing_files.h"
#include "landing/rejection.h"
#include "landing/simd_level.h"

namespace stedi {

// A string as DuckDB's vectors hold it: up to 12 bytes inline, longer ones as a 4-byte prefix and a
// pointer. Points into the RowBlock's buffers. engine asserts that the layouts are the same.
struct StringCell {
  uint32_t length;
  char prefix[4];
  union {
    const char* pointer;
    char rest[8];
  };
};
static_assert(sizeof(StringCell) == 16);

// The values of one column of a RowBlock. `data` holds `rows` values of the type's width:
// StringCell, int64_t (BIGINT), int32_t (INT), double, or uint8_t (BOOLEAN); NULL slots are
// unspecified.
struct ColumnData {
  const void* data = nullptr;
  // Bit i of word i / 64 set = not NULL; nullptr = no NULL at all.
  const uint64_t* validity = nullptr;
};

// Rows of one block of one file, valid until the reader's next NextBlock().
struct RowBlock {
  size_t rows = 0;
  std::string_view file;            // LandingFile::file
  std::vector<ColumnData> columns;  // in the order of the contract
  // Byte of each record's '{', in decoded bytes from the file's start.
  const int64_t* offsets = nullptr;
  ColumnData rescued;  // StringCell: JSON object of unknown keys and unfit values
  ColumnData unfit;    // StringCell: names of unfit columns; only with Contract::keep_unfit
};

// What became of one file. accepted + quarantined + whitespace + framing == decoded size.
struct FileReport {
  uint64_t size_bytes = 0;     // as stored
  uint64_t decoded_bytes = 0;  // = size_bytes when not compressed
  uint64_t accepted_bytes = 0;
  uint64_t quarantined_bytes = 0;
  uint64_t whitespace_bytes = 0;
  uint64_t framing_bytes = 0;  // byte order mark and the brackets and commas of a top-level array
  uint64_t records = 0;        // accepted
  uint64_t rejected = 0;
  Compression compression = Compression::kNone;  // as which it was decoded
  std::string content_hash;  // 32 hex digits, of the stored bytes (landing/content_hash.h)
  std::string problem;  // not empty: the file could not be read or decoded; its rows do not count
};

struct ScanOptions {
  // One read of a plain file; tests use tiny ones, an object store wants large ones.
  uint64_t block_bytes = 1 << 20;
  uint64_t record_bytes_max = 16 << 20;  // longer records are rejected as too_large
  uint64_t raw_bytes_max = 64 << 10;     // of a rejection, kept in the spool
  // Rejections wait here for the quarantine table; 0600. Empty: they are counted, not kept.
  std::filesystem::path spool_path;
  // The rows of the table of rejected records, as encoded RejectedRows in place of raw bytes.
  // Empty: they are not kept.
  std::filesystem::path rejected_rows_path;
  bool fast_path = true;  // false: the full parser reads every record; the result is the same
  SimdLevel simd = DefaultSimdLevel();  // of the fast path; the result is the same
};

class LandingReader;

// Shared by all threads of one scan.
class LandingScan {
 public:
  // Opens no landing file yet. Throws kUnavailable when the spool cannot be created.
  LandingScan(Contract contract, std::vector<LandingFile> files, ScanOptions options);
  ~LandingScan();
  LandingScan(const LandingScan&) = delete;
  LandingScan& operator=(const LandingScan&) = delete;

  // Makes every reader return no more blocks soon. Any thread, any time.
  void Cancel();
  uint64_t bytes_read() const;  // stored bytes so far, of all files; any thread
  uint64_t records() const;     // accepted so far; any thread
  uint64_t rejected() const;

  const Contract& contract() const;
  const std::vector<LandingFile>& files() const;
  // One a file, in the order of files(). Only after every reader has returned its last block.
  const std::vector<FileReport>& reports() const;
  // Keys of accepted records that the contract does not name. Only then, too.
  const KeyCounts& other_keys() const;

 private:
  friend class LandingReader;
  struct Shared;
  std::unique_ptr<Shared> shared_;
};

// One a thread. Never waits while it holds an unread block, so threads may come and go in any
// order.
class LandingReader {
 public:
  explicit LandingReader(LandingScan& scan);
  ~LandingReader();

  // The next block with at least one row, or nullptr when there is none left (or after Cancel()).
  // A file that cannot be read or decoded does not throw: it ends, and its FileReport says why.
  // Throws kUnavailable when rejections cannot be written to the spool.
  const RowBlock* NextBlock();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// A rejection as the quarantine table needs it.
struct SpooledRejection {
  uint32_t file_index = 0;  // into LandingScan::files()
  Rejection rejection;
  std::string raw;  // its first raw_bytes_max bytes; of rejected_rows_path: an encoded RejectedRow
};

// Reads the spool of a finished scan from its beginning, in no particular order.
class RejectionSpoolReader {
 public:
  explicit RejectionSpoolReader(const std::filesystem::path& spool_path);
  ~RejectionSpoolReader();
  bool Next(SpooledRejection& out);  // false at the end; throws kUnavailable when it is damaged

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace stedi
