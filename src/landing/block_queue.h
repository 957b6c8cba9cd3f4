// The work of a scan's readers: the blocks of plain files and whole compressed files, in the order
// of the files. For each plain file, a BlockChain determines where each block really begins.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "files/content_hash.h"
#include "files/landing_files.h"
#include "landing/file_report.h"
#include "landing/sequential_reader.h"

namespace stedi {

// What a range of bytes with a verified start adds to its file's report.
struct BlockTally {
  ByteCounts counts;
  uint64_t records = 0;
  uint64_t rejected = 0;
};
void AddToReport(const BlockTally& tally, FileReport& report);

// The problem in a file's report until the file is read to its end.
inline constexpr std::string_view kNotReadToItsEnd = "was not read to its end";

// The blocks of one plain file. Safe to share between threads.
class BlockChain {
 public:
  // `file` and `report` must outlive it; `report` is written under the chain's lock.
  BlockChain(const LandingFile& file, size_t file_index, uint64_t block_bytes, FileReport& report);

  const LandingFile& file() const { return file_; }
  size_t file_index() const { return file_index_; }
  uint64_t BeginOf(uint64_t block) const { return block * block_bytes_; }
  uint64_t EndOf(uint64_t block) const;
  uint64_t block_count() const { return block_count_; }

  // Returns the open file; the first call opens it. Throws Error when it cannot be opened or read.
  const ReadableFile& Open();
  // Returns the layout that the beginning of the file suggests, or kUnknown when there is only one
  // block. It is used only to guess where blocks after the first one begin. REQUIRES: Open() was
  // called.
  FileLayout guessed_layout() const { return guessed_layout_; }

  // Computes the content-hash digests of the block's stored bytes. Does nothing when the block size
  // is not a multiple of kHashBlockBytes.
  void HashBlockBytes(uint64_t block, std::string_view bytes);

  // Waits until all blocks before this one are published. Returns where this one begins, or nothing
  // when the file has failed.
  std::optional<TopLevel> AwaitStart(uint64_t block);
  // Adds the block's tally to the report and lets the next block begin at `end`. The last block
  // completes the report. Does nothing when the file has failed. REQUIRES: AwaitStart(block)
  // returned a value. Throws Error when the content hash cannot be computed.
  void Publish(uint64_t block, const TopLevel& end, const BlockTally& tally);
  bool HasFailed();
  // Marks the file as unreadable: AwaitStart() then returns nothing for any of its blocks. Only the
  // first problem is reported.
  void Fail(const std::string& problem);

 private:
  std::string ContentHash() const;

  const LandingFile& file_;
  const size_t file_index_;
  const uint64_t block_bytes_;
  const uint64_t block_count_;
  FileReport& report_;
  std::mutex open_mutex_;  // held by Open()
  std::unique_ptr<const ReadableFile> input_;
  FileLayout guessed_layout_ = FileLayout::kUnknown;
  std::vector<BlockDigest> digests_;  // each written by the reader of its block

  std::mutex mutex_;  // guards the members below, and report_
  std::condition_variable published_;
  uint64_t next_block_ = 0;
  TopLevel next_start_;
  bool has_failed_ = false;
};

struct WorkItem {
  size_t file_index = 0;
  std::shared_ptr<BlockChain> chain;  // shared by the file's readers; nullptr: a compressed file
  uint64_t block = 0;
};

class BlockQueue {
 public:
  // `files` and `reports` must outlive it.
  BlockQueue(const std::vector<LandingFile>& files, uint64_t block_bytes,
             std::vector<FileReport>& reports);
  // Returns the next item, or nothing when all work is taken. Any thread may call it.
  std::optional<WorkItem> Take();

 private:
  const std::vector<LandingFile>& files_;
  const uint64_t block_bytes_;
  std::vector<FileReport>& reports_;
  std::mutex mutex_;
  size_t next_file_ = 0;
  uint64_t next_block_ = 0;
  std::shared_ptr<BlockChain> chain_;  // of the file whose blocks are being handed out
};

}  // namespace stedi
