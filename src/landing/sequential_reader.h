// The meaning of landing bytes: records, rejections, white space and framing, one after the other.
// Everything parallel about a scan is built from this reader and must give what it gives.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "landing/landing_scan.h"
#include "landing/recovery.h"
#include "landing/row_buffer.h"

namespace stedi {

// Between two records.
struct TopLevel {
  uint64_t offset = 0;  // decoded bytes from the file's start
  bool in_array = false;
  bool operator==(const TopLevel&) const = default;
};

// Bytes of a file from `base` on, more of them on demand. Views of what was read stay valid until
// Reset().
class ByteWindow {
 public:
  // Reads up to out.size() bytes that follow the last ones; 0 only at the end of the file.
  using ReadMore = std::function<size_t(std::span<char> out)>;

  void Reset(uint64_t base, ReadMore read_more);
  // The bytes from `offset` (>= the one of the call before) to what has been read.
  std::string_view From(uint64_t offset) const;
  // Reads at least one more byte, keeping those from `keep_from` on; false at the end of the file.
  bool More(uint64_t keep_from);
  bool at_end() const { return at_end_; }

 private:
  static constexpr size_t kReadBytes = 256 << 10;
  static constexpr size_t kFirstBytes = 2
                                        << 20;  // a block and what its last record needs beyond it
  ReadMore read_more_;
  std::vector<std::unique_ptr<char[]>> buffers_;  // the last one is current; older ones hold views
  uint64_t base_ = 0;
  size_t size_ = 0;
  size_t capacity_ = 0;
  bool at_end_ = false;
};

struct BlockCounts {
  uint64_t accepted_bytes = 0;
  uint64_t quarantined_bytes = 0;
  uint64_t whitespace_bytes = 0;
  uint64_t framing_bytes = 0;
};

struct KeptRejection {
  Rejection rejection;
  std::string raw;
};

class SequentialReader {
 public:
  SequentialReader(const Contract& contract, const ScanOptions& options, bool array_file);

  // Reads from `begin` to the first top-level position at or after `stop` (white space before it
  // included), or the end of the file, into rows(), rejections() and counts(), which are cleared
  // first. Returns where it stopped.
  TopLevel Read(ByteWindow& window, TopLevel begin, uint64_t stop);

  void Clear();  // forgets what was read
  const RowBuffer& rows() const { return rows_; }
  const std::vector<KeptRejection>& rejections() const { return rejections_; }
  const BlockCounts& counts() const { return counts_; }
  bool reached_end() const { return reached_end_; }

 private:
  void ReadToken(ByteWindow& window);
  void ReadRecord(ByteWindow& window);
  void ReadGarbage(ByteWindow& window);
  ParseResult Parse(ByteWindow& window, bool& too_large);
  void Recover(ByteWindow& window, LexicalState state, uint64_t fault, RejectReason reason);
  void Reject(ByteWindow& window, uint64_t end, uint64_t fault, RejectReason reason,
              std::string raw);
  char PreviousByte(ByteWindow& window, uint64_t offset) const;
  bool Framing(char c);

  const ScanOptions options_;
  const bool array_file_;
  RowBuffer rows_;
  std::vector<KeptRejection> rejections_;
  BlockCounts counts_;
  std::vector<Member> members_;
  TopLevel at_;
  bool reached_end_ = false;
};

}  // namespace stedi
