#include "landing/block_queue.h"

#include <algorithm>
#include <array>

#include "base/error.h"
#include "files/byte_scan.h"
#include "files/decoder.h"

namespace stedi {
namespace {

// There is hardly ever more white space before the first value. If there is, block starts are not
// guessed.
constexpr size_t kLayoutProbeBytes = 4096;

FileLayout GuessLayout(const ReadableFile& file) {
  std::array<char, kLayoutProbeBytes> bytes;
  std::string_view text(bytes.data(), file.ReadAt(0, bytes));
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  const auto first = std::find_if_not(text.begin(), text.end(), IsJsonSpace);
  if (first == text.end()) return FileLayout::kUnknown;
  return *first == '[' ? FileLayout::kArray : FileLayout::kPlain;
}

uint64_t CountBlocks(uint64_t size_bytes, uint64_t block_bytes) {
  return std::max<uint64_t>(1, (size_bytes + block_bytes - 1) / block_bytes);
}

}  // namespace

void AddToReport(const BlockTally& tally, FileReport& report) {
  report.accepted_bytes += tally.counts.accepted;
  report.quarantined_bytes += tally.counts.quarantined;
  report.whitespace_bytes += tally.counts.whitespace;
  report.framing_bytes += tally.counts.framing;
  report.records += tally.records;
  report.rejected += tally.rejected;
}

BlockChain::BlockChain(const LandingFile& file, size_t file_index, uint64_t block_bytes,
                       FileReport& report)
    : file_(file),
      file_index_(file_index),
      block_bytes_(block_bytes),
      block_count_(CountBlocks(file.size_bytes, block_bytes)),
      report_(report) {
  if (block_bytes % kHashBlockBytes == 0) {
    digests_.resize((file.size_bytes + kHashBlockBytes - 1) / kHashBlockBytes);
  }
}

uint64_t BlockChain::EndOf(uint64_t block) const {
  return std::min(file_.size_bytes, BeginOf(block + 1));
}

const ReadableFile& BlockChain::Open() {
  // std::call_once is not used, because after an exception it does not work with every sanitizer
  // and C library.
  const std::scoped_lock lock(open_mutex_);
  if (!input_) {
    input_ = file_.Open();
    if (block_count_ > 1) guessed_layout_ = GuessLayout(*input_);
  }
  return *input_;
}

void BlockChain::HashBlockBytes(uint64_t block, std::string_view bytes) {
  if (digests_.empty()) return;
  size_t index = BeginOf(block) / kHashBlockBytes;
  for (; !bytes.empty(); ++index) {
    const std::string_view part = bytes.substr(0, kHashBlockBytes);
    digests_[index] = HashBlock(part);
    bytes.remove_prefix(part.size());
  }
}

std::optional<TopLevel> BlockChain::AwaitStart(uint64_t block) {
  std::unique_lock lock(mutex_);
  published_.wait(lock, [&] { return has_failed_ || next_block_ == block; });
  if (has_failed_) return std::nullopt;
  return next_start_;
}

void BlockChain::Publish(uint64_t block, const TopLevel& end, const BlockTally& tally) {
  {
    const std::scoped_lock lock(mutex_);
    if (has_failed_) return;
    AddToReport(tally, report_);
    next_start_ = end;
    next_block_ = block + 1;
    if (next_block_ == block_count_) {
      report_.content_hash = ContentHash();
      report_.decoded_bytes = file_.size_bytes;
      report_.problem.clear();
    }
  }
  published_.notify_all();
}

std::string BlockChain::ContentHash() const {
  const bool is_hashed = !digests_.empty() || file_.size_bytes == 0;
  return is_hashed ? CombineDigests(digests_, file_.size_bytes)
                   : HashStart(*input_, file_.size_bytes);
}

bool BlockChain::HasFailed() {
  const std::scoped_lock lock(mutex_);
  return has_failed_;
}

void BlockChain::Fail(const std::string& problem) {
  {
    const std::scoped_lock lock(mutex_);
    if (has_failed_) return;
    has_failed_ = true;
    report_.problem = problem;
  }
  published_.notify_all();
}

BlockQueue::BlockQueue(const std::vector<LandingFile>& files, uint64_t block_bytes,
                       std::vector<FileReport>& reports)
    : files_(files), block_bytes_(block_bytes), reports_(reports) {}

std::optional<WorkItem> BlockQueue::Take() {
  const std::scoped_lock lock(mutex_);
  if (chain_ && next_block_ == chain_->block_count()) {
    chain_.reset();
    ++next_file_;
  }
  if (next_file_ == files_.size()) return std::nullopt;
  const LandingFile& file = files_[next_file_];
  if (file.compression != Compression::kNone) return WorkItem{next_file_++, nullptr, 0};
  if (!chain_) {
    chain_ = std::make_shared<BlockChain>(file, next_file_, block_bytes_, reports_[next_file_]);
    next_block_ = 0;
  }
  return WorkItem{next_file_, chain_, next_block_++};
}

}  // namespace stedi
