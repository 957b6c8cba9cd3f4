// Defines what a landing file means, by reading its records, rejections, white space and framing
// one after the other. A parallel scan must give the same result as this reader
// (docs/decisions/0002-damage-in-landing-files.md).
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "files/byte_window.h"
#include "landing/contract.h"
#include "landing/fast_path.h"
#include "landing/json_lexer.h"
#include "landing/record_parser.h"
#include "landing/record_proof.h"
#include "landing/recovery.h"
#include "landing/rejected_values.h"
#include "landing/rejection_spool.h"
#include "landing/row_buffer.h"
#include "landing/scan_options.h"

namespace stedi {

// The first byte after white space decides: a '[' makes it an array file. kUndecided: that byte
// begins another value, which is directly followed by a '['.
enum class FileLayout : uint8_t { kUnknown, kUndecided, kPlain, kArray };

// A position between records, with everything that reading from there depends on.
struct TopLevel {
  uint64_t offset = 0;
  FileLayout layout = FileLayout::kUnknown;
  bool in_array = false;  // a top-level '[' is open
  bool operator==(const TopLevel&) const = default;
};

// The result of reading one part of a file.
struct BlockContent {
  explicit BlockContent(const Contract& contract) : rows(contract) {}
  void Clear();

  RowBuffer rows;
  RejectionBuffer rejections;
  RejectionBuffer rejected_rows;  // with an encoded RejectedRow in place of raw bytes
  ByteCounts counts;
};

class SequentialReader {
 public:
  // All arguments must outlive it. `is_cancelled` is checked whenever more bytes are needed.
  SequentialReader(const Contract& contract, const ContractIndex& index, const ScanOptions& options,
                   const std::atomic<bool>& is_cancelled);

  enum class Stop : uint8_t {
    kLimit,      // before the first record, damage or framing that begins at `limit` or later
    kEndOfFile,  // everything is read
    kGaveUp,     // cancelled, or stopped by `give_up`; `content` must not be used
  };
  struct Bounds {
    uint64_t limit = 0;
    uint64_t give_up = UINT64_MAX;  // no more bytes are read once they reach this offset
  };
  // Reads from `at`, which must be in `window`, and moves it to where reading stopped. White space
  // and commas between records are skipped even beyond the limit. Throws Error when the file cannot
  // be read or decoded, or cannot be landing data.
  Stop Read(ByteWindow& window, TopLevel& at, const Bounds& bounds, BlockContent& content);

 private:
  // The state of one call of Read().
  struct Work {
    ByteWindow& window;
    TopLevel& at;
    const Bounds& bounds;
    BlockContent& content;
  };
  bool ReadMore(Work& work, uint64_t keep);
  bool NeedByte(Work& work);
  void CheckFormat(Work& work);
  void SkipByteOrderMark(Work& work);
  bool SkipSeparators(Work& work);
  void ReadToken(Work& work);
  bool RunFastPath(Work& work);
  void ReadRecord(Work& work, bool is_first);
  void ReadOtherValue(Work& work, bool is_first);
  void StoreRecord(Work& work, const ParsedRecord& record);

  // A range of bytes that does not become a row.
  struct Damage {
    RejectReason reason = RejectReason::kMalformed;
    uint64_t fault = 0;     // offset of the fault
    uint64_t observed = 0;  // offset up to which the bytes were well-formed: recovery starts there
    bool maybe_cut_off = false;  // kTruncated if reading resumes right at the fault
    uint64_t refused = 0;        // no record begins between `observed` and this offset
  };
  void Recover(Work& work, const Damage& damage);
  struct DamagedBytes;
  void RejectDamaged(Work& work, const Damage& damage, const DamagedBytes& damaged,
                     uint64_t position);

  struct Evidence {
    Proof proof = Proof::kUnknown;
    uint64_t next = 0;  // offset of ProofResult::next
  };
  bool IsNextRecord(Work& work, uint64_t brace);
  Evidence Prove(Work& work, uint64_t begin, bool size_counts);
  static bool Accept(Work& work, Proof proof, bool undecided_suffices);
  bool IsArrayLeftOpen(Work& work, uint64_t end);
  void RejectRest(Work& work, const Damage& damage);
  // Whether the rejected bytes are those of exactly one record.
  enum class RejectedSpan : uint8_t { kOneRecord, kAnything };
  // REQUIRES: `found_` has searched the bytes of the rejection.
  void Reject(Work& work, const Rejection& rejection, std::string_view raw, RejectedSpan span);
  void RejectWhole(Work& work, const char* end, const RecordFault& fault, RejectedSpan span);

  enum class Extent : uint8_t { kTooLarge, kFileEnds, kExtended };
  Extent ExtendRecord(Work& work);
  const char* ParseEnd(const Work& work) const;

  FastPath fast_path_;
  const ScanOptions& options_;
  const std::atomic<bool>& is_cancelled_;
  RecordParser parser_;
  RejectedValues found_;
  bool gave_up_ = false;
};

}  // namespace stedi
