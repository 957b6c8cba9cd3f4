// Keeps rejections between the scan and the quarantine table. Those of one block are in memory;
// then they are written to a file, because damaged landing files can have more of them than fit
// into memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "landing/rejection.h"

namespace stedi {

// The rejections of one block with the first bytes of each.
class RejectionBuffer {
 public:
  struct Entry {
    Rejection rejection;
    size_t raw_begin = 0;  // position in raw_
    size_t raw_length = 0;
  };
  void Clear();
  void Add(const Rejection& rejection, std::string_view raw);
  const std::vector<Entry>& entries() const { return entries_; }
  std::string_view RawOf(const Entry& entry) const {
    return std::string_view(raw_).substr(entry.raw_begin, entry.raw_length);
  }

 private:
  std::vector<Entry> entries_;
  std::string raw_;
};

// The spool file while it is written. Any thread may append to it.
class RejectionSpool {
 public:
  // Creates the file, replacing what is at `path`. With an empty path nothing is kept. Throws
  // kNotFound or kUnavailable.
  explicit RejectionSpool(const std::filesystem::path& path);
  // Throws kUnavailable when the disk is full or fails.
  void Append(uint32_t file_index, const RejectionBuffer& rejections);

 private:
  std::mutex mutex_;
  std::optional<OutputFile> file_;
};

// A rejection as the quarantine table needs it.
struct SpooledRejection {
  uint32_t file_index = 0;  // into LandingScan::files()
  Rejection rejection;
  std::string raw;  // its first raw_bytes_max bytes; in rejected_rows_path: an encoded RejectedRow
};

// Reads the spool of a finished scan from its beginning. The rejections are in no particular order.
// The constructor throws kNotFound, kInvalid or kUnavailable.
class RejectionSpoolReader {
 public:
  explicit RejectionSpoolReader(const std::filesystem::path& spool_path);
  // Reads a spool that is open, which must outlive it.
  explicit RejectionSpoolReader(const ReadableFile& spool);
  ~RejectionSpoolReader();
  bool Next(SpooledRejection& out);  // false at the end; throws kUnavailable when it is damaged

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace stedi
