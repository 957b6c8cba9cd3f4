// A scan as the C interface hands it out: its threads, its spools, and the batches that are ready.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/file.h"
#include "landing/landing_scan.h"
#include "landing/rejection_spool.h"
#include "reader/arrow_batch.h"
#include "reader/callback_files.h"

namespace stedi {

// A batch that nobody has taken yet; released with this.
class OwnedBatch {
 public:
  OwnedBatch() = default;
  explicit OwnedBatch(ArrowArray array) : array_(array) {}
  OwnedBatch(OwnedBatch&& other) noexcept : array_(other.Take()) {}
  OwnedBatch& operator=(OwnedBatch&& other) noexcept;
  OwnedBatch(const OwnedBatch&) = delete;
  OwnedBatch& operator=(const OwnedBatch&) = delete;
  ~OwnedBatch();
  ArrowArray Take();  // the caller releases it

 private:
  ArrowArray array_ = {};
};

struct ReaderOptions {
  size_t threads = 0;  // 0: as many as the machine gives
  ScanOptions scan;    // without spools
  std::filesystem::path temp_folder;
  std::optional<stedi_reader_source> source;
};

class ReaderScan {
 public:
  // Throws kInvalid for the contract, kNotFound and kUnavailable when a spool cannot be created.
  ReaderScan(Contract contract, std::vector<LandingFile> files, const ReaderOptions& options);
  ~ReaderScan();
  ReaderScan(const ReaderScan&) = delete;
  ReaderScan& operator=(const ReaderScan&) = delete;

  enum class Outcome : uint8_t { kBatch, kEnd, kCancelled, kCallbackFailed, kTooEarly };
  // Sets `out` to the next batch if there is one. kTooEarly: the rows are not all read yet. Throws
  // Error and std::bad_alloc. One thread at a time.
  Outcome Next(stedi_reader_part part, ArrowArray& out);
  std::vector<ArrowField> Fields(stedi_reader_part part) const;
  void Cancel();  // any thread
  const LandingScan& scan() const { return *scan_; }

 private:
  // Rejections that wait in a file without a name, which the system removes when it is closed.
  struct Spool {
    std::unique_ptr<const InputFile> file;
    std::unique_ptr<RejectionSpoolReader> reader;
  };

  Outcome NextRows(ArrowArray& out);
  Outcome NextHere(ArrowArray& out);
  Outcome NextOfThreads(ArrowArray& out);
  Outcome Ended() const;
  void StartThreads();
  void ReadOnThread() noexcept;
  bool Push(OwnedBatch batch);
  void StopThreads();

  std::atomic<bool> callback_failed_{false};
  std::vector<std::unique_ptr<CallbackFile>> callback_files_;
  std::optional<LandingScan> scan_;
  Spool rejections_;
  Spool rejected_rows_;
  std::shared_ptr<const ArrowColumn> names_;
  size_t thread_count_ = 1;
  std::unique_ptr<LandingReader> reader_;  // with one thread: the caller's
  std::vector<std::thread> threads_;
  bool rows_ended_ = false;
  bool reports_read_ = false;
  std::exception_ptr row_error_;  // what NextRows() has thrown
  std::atomic<bool> is_cancelled_{false};

  std::mutex mutex_;  // guards the members below
  std::condition_variable changed_;
  std::deque<OwnedBatch> ready_;
  size_t reading_ = 0;  // threads that may add to ready_
  std::exception_ptr failure_;
};

}  // namespace stedi
