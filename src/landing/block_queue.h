// Work for the readers of a scan: blocks of plain files and whole compressed files, in the order of
// the files; and for each plain file the chain that tells where each block truly begins.
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

// What a verified stretch adds to its file's report.
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

  // The open file; the first call opens it. Throws Error.
  const ReadableFile& Open();
  // The layout that the beginning of the file suggests. Only blocks after the first guess by it.
  // REQUIRES: Open() was called.
  FileLayout guessed_layout() const { return guessed_layout_; }

  // Adds the digest of the block's stored bytes, if blocks are whole blocks of the content hash.
  void HashBlockBytes(uint64_t block, std::string_view bytes);

  // Waits until all blocks before this one are published. Returns where this one begins, or nothing
  // when the file has failed.
  std::optional<TopLevel> AwaitStart(uint64_t block);
  // REQUIRES: AwaitStart(block) returned. The last block completes the report. Throws Error.
  void Publish(uint64_t block, const TopLevel& end, const BlockTally& tally);
  bool HasFailed();
  // Says that the file cannot be read: all its blocks end. Of several problems the first is
  // reported.
  void Fail(const std::string& problem);

 private:
  std::string ContentHash() const;

  const LandingFile& file_;
  const size_t file_index_;
  const uint64_t block_bytes_;
  const uint64_t block_count_;
  FileReport& report_;
  std::mutex open_mutex_;  // held by the first Open()
  std::unique_ptr<const ReadableFile> input_;
  FileLayout guessed_layout_ = FileLayout::kUnknown;
  std::vector<BlockDigest> digests_;  // each written by the reader of its block

  std::mutex mutex_;  // guards what follows, and report_
  std::condition_variable published_;
  uint64_t next_block_ = 0;
  TopLevel next_start_;
  bool has_failed_ = false;
};

struct WorkItem {
  size_t file_index = 0;
  std::shared_ptr<BlockChain> chain;  // of a plain file; shared by the readers of its blocks
  uint64_t block = 0;
};

class BlockQueue {
 public:
  // All must outlive it.
  BlockQueue(const std::vector<LandingFile>& files, uint64_t block_bytes,
             std::vector<FileReport>& reports);
  // Nothing when all work is taken. Any thread.
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
