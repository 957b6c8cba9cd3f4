// Reads the landing files of one feed on many threads: blocks of bytes in, blocks of rows and
// rejections out. The result (rows, offsets, rejections, byte counts) does not depend on the number
// of threads or on where blocks are cut: a block is read from a guessed record start, and read
// again from the true one if the block before it did not end exactly there.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "files/landing_files.h"
#include "landing/contract.h"
#include "landing/file_report.h"
#include "landing/key_counts.h"
#include "landing/row_block.h"
#include "landing/scan_options.h"

namespace stedi {

class LandingReader;

// Shared by all threads of one scan.
class LandingScan {
 public:
  // Opens no landing file yet. Throws kNotFound or kUnavailable when a spool cannot be created, and
  // as ContractIndex does.
  LandingScan(Contract contract, std::vector<LandingFile> files, ScanOptions options);
  ~LandingScan();
  LandingScan(const LandingScan&) = delete;
  LandingScan& operator=(const LandingScan&) = delete;

  // Makes every reader soon stop returning blocks. May be called from any thread at any time.
  void Cancel();
  uint64_t bytes_read() const;  // stored bytes so far, of all files; any thread
  uint64_t records() const;     // accepted so far; any thread
  uint64_t rejected() const;

  const Contract& contract() const;
  const std::vector<LandingFile>& files() const;
  // One report for each file, in the order of files(). REQUIRES: every reader has returned its last
  // block.
  const std::vector<FileReport>& reports() const;
  // Keys of accepted records that the contract does not name. REQUIRES: as reports().
  const KeyCounts& other_keys() const;

 private:
  friend class LandingReader;
  struct Shared;
  std::unique_ptr<Shared> shared_;
};

// Each thread has a reader of its own. Between two calls a reader holds no block that other readers
// wait for, so threads may come and go in any order.
class LandingReader {
 public:
  explicit LandingReader(LandingScan& scan);
  ~LandingReader();

  // Returns the next block with at least one row, or nullptr when there is none left (or after
  // Cancel()). A file that cannot be read or decoded does not cause an exception: it ends, and its
  // FileReport says why. Throws kUnavailable when rejections cannot be written to the spool.
  const RowBlock* NextBlock();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace stedi
