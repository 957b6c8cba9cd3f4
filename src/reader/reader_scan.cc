#include "reader/reader_scan.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <system_error>
#include <utility>

#include "base/error.h"
#include "base/machine.h"
#include "reader/row_batch.h"
#include "reader/scan_parts.h"

namespace stedi {
namespace {

constexpr size_t kThreadsMax = 64;
constexpr size_t kReadyPerThread = 2;  // batches that wait; then its thread waits

// A folder that only this user can enter, removed with its files at the end of the scope.
class PrivateFolder {
 public:
  explicit PrivateFolder(const std::filesystem::path& parent) {
    std::string pattern = (parent / "stedi-reader-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) {
      throw Error(errno == ENOENT ? ErrorCode::kNotFound : ErrorCode::kUnavailable,
                  fmt::format("cannot create a folder in {}: {}", parent.string(),
                              std::generic_category().message(errno)));
    }
    path_ = pattern;
  }
  ~PrivateFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  PrivateFolder(const PrivateFolder&) = delete;
  PrivateFolder& operator=(const PrivateFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

size_t ThreadCount(const std::vector<LandingFile>& files, const ReaderOptions& options) {
  const size_t wanted =
      options.threads > 0 ? options.threads : static_cast<size_t>(MachineThreads());
  // More threads than blocks would have nothing to do.
  uint64_t blocks = 0;
  for (const LandingFile& file : files) blocks += 1 + file.size_bytes / options.scan.block_bytes;
  return std::clamp<size_t>(wanted, 1,
                            static_cast<size_t>(std::clamp<uint64_t>(blocks, 1, kThreadsMax)));
}

}  // namespace

OwnedBatch& OwnedBatch::operator=(OwnedBatch&& other) noexcept {
  std::swap(array_, other.array_);
  return *this;
}

OwnedBatch::~OwnedBatch() {
  if (array_.release != nullptr) array_.release(&array_);
}

ArrowArray OwnedBatch::Take() { return std::exchange(array_, ArrowArray{}); }

ReaderScan::ReaderScan(Contract contract, std::vector<LandingFile> files,
                       const ReaderOptions& options)
    : thread_count_(ThreadCount(files, options)) {
  if (options.source) {
    callback_files_.reserve(files.size());
    for (LandingFile& file : files) {
      callback_files_.push_back(std::make_unique<CallbackFile>(
          *options.source, callback_files_.size(), file.size_bytes, callback_failed_));
      file.store = callback_files_.back().get();
    }
  }
  const PrivateFolder folder(options.temp_folder);
  ScanOptions scan_options = options.scan;
  scan_options.spool_path = folder.path() / "rejections";
  const bool has_rejected_rows = !contract.rejected_columns.empty();
  if (has_rejected_rows) scan_options.rejected_rows_path = folder.path() / "rejected-rows";
  names_ = FileNames(files);
  scan_.emplace(std::move(contract), std::move(files), scan_options);
  rejections_.file = std::make_unique<InputFile>(scan_options.spool_path);
  if (has_rejected_rows) {
    rejected_rows_.file = std::make_unique<InputFile>(scan_options.rejected_rows_path);
  }
}

ReaderScan::~ReaderScan() {
  Cancel();
  StopThreads();
}

void ReaderScan::Cancel() {
  is_cancelled_ = true;
  scan_->Cancel();
  const std::scoped_lock lock(mutex_);
  changed_.notify_all();
}

std::vector<ArrowField> ReaderScan::Fields(stedi_reader_part part) const {
  switch (part) {
    case STEDI_READER_ROWS:
      return RowFields(scan_->contract());
    case STEDI_READER_REJECTIONS:
      return RejectionFields();
    case STEDI_READER_REJECTED_ROWS:
      return RejectedRowFields(scan_->contract());
    case STEDI_READER_REPORTS:
      return ReportFields();
  }
  return {};
}

ReaderScan::Outcome ReaderScan::Next(stedi_reader_part part, ArrowArray& out) {
  if (part == STEDI_READER_ROWS) return NextRows(out);
  if (!rows_ended_) return Outcome::kTooEarly;
  if (part == STEDI_READER_REPORTS) {
    if (reports_read_ || scan_->files().empty()) return Outcome::kEnd;
    ExportReports(*scan_, out);
    reports_read_ = true;
    return Outcome::kBatch;
  }
  Spool& spool = part == STEDI_READER_REJECTIONS ? rejections_ : rejected_rows_;
  if (!spool.file) return Outcome::kEnd;
  if (!spool.reader) spool.reader = std::make_unique<RejectionSpoolReader>(*spool.file);
  const bool has_more = part == STEDI_READER_REJECTIONS
                            ? ExportRejections(*scan_, names_, *spool.reader, out)
                            : ExportRejectedRows(*scan_, names_, *spool.reader, out);
  return has_more ? Outcome::kBatch : Outcome::kEnd;
}

ReaderScan::Outcome ReaderScan::NextRows(ArrowArray& out) {
  if (rows_ended_) return Outcome::kEnd;
  if (row_error_) std::rethrow_exception(row_error_);
  if (callback_failed_ || is_cancelled_) return Ended();
  try {
    const Outcome outcome = thread_count_ == 1 ? NextHere(out) : NextOfThreads(out);
    rows_ended_ = outcome == Outcome::kEnd;
    return outcome;
  } catch (...) {
    row_error_ = std::current_exception();
    Cancel();
    throw;
  }
}

// Returns why there are no more rows.
ReaderScan::Outcome ReaderScan::Ended() const {
  if (callback_failed_) return Outcome::kCallbackFailed;
  return is_cancelled_ ? Outcome::kCancelled : Outcome::kEnd;
}

ReaderScan::Outcome ReaderScan::NextHere(ArrowArray& out) {
  if (!reader_) reader_ = std::make_unique<LandingReader>(*scan_);
  const RowBlock* const block = reader_->NextBlock();
  if (block == nullptr || callback_failed_ || is_cancelled_) return Ended();
  ExportRows(scan_->contract(), *block, names_, out);
  return Outcome::kBatch;
}

ReaderScan::Outcome ReaderScan::NextOfThreads(ArrowArray& out) {
  StartThreads();
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] {
    return !ready_.empty() || reading_ == 0 || callback_failed_ || is_cancelled_;
  });
  if (failure_) std::rethrow_exception(failure_);
  if (callback_failed_ || is_cancelled_) return Ended();
  if (ready_.empty()) {
    lock.unlock();
    StopThreads();
    return Ended();
  }
  out = ready_.front().Take();
  ready_.pop_front();
  changed_.notify_all();
  return Outcome::kBatch;
}

void ReaderScan::StartThreads() {
  if (!threads_.empty()) return;
  threads_.reserve(thread_count_);
  {
    const std::scoped_lock lock(mutex_);
    reading_ = thread_count_;
  }
  while (threads_.size() < thread_count_) {
    try {
      threads_.emplace_back([this] { ReadOnThread(); });
    } catch (const std::system_error&) {
      const std::scoped_lock lock(mutex_);
      reading_ = reading_ + threads_.size() - thread_count_;
      if (threads_.empty())
        throw Error(ErrorCode::kUnavailable, "the system gives no more threads");
      break;
    }
  }
}

// Returns false when nobody wants the batch any more.
bool ReaderScan::Push(OwnedBatch batch) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] {
    return ready_.size() < kReadyPerThread * thread_count_ || is_cancelled_ || callback_failed_;
  });
  if (is_cancelled_ || callback_failed_) return false;
  ready_.push_back(std::move(batch));
  changed_.notify_all();
  return true;
}

void ReaderScan::ReadOnThread() noexcept {
  std::exception_ptr failure;
  try {
    LandingReader reader(*scan_);
    while (const RowBlock* const block = reader.NextBlock()) {
      ArrowArray array = {};
      ExportRows(scan_->contract(), *block, names_, array);
      if (!Push(OwnedBatch(array))) break;
    }
  } catch (...) {
    failure = std::current_exception();
  }
  if (failure || callback_failed_) scan_->Cancel();  // so that the other threads end soon
  const std::scoped_lock lock(mutex_);
  if (failure && !failure_) failure_ = failure;
  if (failure) is_cancelled_ = true;
  --reading_;
  changed_.notify_all();
}

void ReaderScan::StopThreads() {
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

}  // namespace stedi
