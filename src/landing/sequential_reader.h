// Defines what a landing file means: records, rejections, white space and framing, one after the
// other. Whatever a scan does in parallel must give what this reader gives
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

// The first byte that counts decides: '[' makes an array file. kUndecided: that byte is part of
// another value, directly followed by a '['.
enum class FileLayout : uint8_t { kUnknown, kUndecided, kPlain, kArray };

// A place between records, with everything that reading on from there depends on.
struct TopLevel {
  uint64_t offset = 0;
  FileLayout layout = FileLayout::kUnknown;
  bool in_array = false;  // a top-level '[' is open
  bool operator==(const TopLevel&) const = default;
};

// What one stretch of a file gave.
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
  // All must outlive it. `is_cancelled` is looked at whenever more bytes are needed.
  SequentialReader(const Contract& contract, const ContractIndex& index, const ScanOptions& options,
                   const std::atomic<bool>& is_cancelled);

  enum class Stop : uint8_t {
    kLimit,      // before the first record, damage or framing that begins at `limit` or later
    kEndOfFile,  // everything is read
    kGaveUp,     // cancelled, or at the end of `bounds`; `content` is of no use
  };
  struct Bounds {
    uint64_t limit = 0;
    uint64_t give_up = UINT64_MAX;  // never read bytes beyond this offset
  };
  // Reads on from `at`, which must lie in `window`, and moves it to where reading stopped. White
  // space and commas between records are skipped even beyond the limit.
  Stop Read(ByteWindow& window, TopLevel& at, const Bounds& bounds, BlockContent& content);

 private:
  // Where reading stands; only in Read().
  struct Work {
    ByteWindow& window;
    TopLevel& at;
    const Bounds& bounds;
    BlockContent& content;
  };
  bool More(Work& work, uint64_t keep);
  bool NeedByte(Work& work);
  void CheckFormat(Work& work);
  void SkipByteOrderMark(Work& work);
  bool SkipSeparators(Work& work);
  void ReadToken(Work& work);
  void ReadFraming(Work& work);
  bool RunFastPath(Work& work);
  void ReadRecord(Work& work, bool is_first);
  void ReadOtherValue(Work& work, bool is_first);
  void StoreRecord(Work& work, const ParsedRecord& record);

  // A stretch that became no row.
  struct Damage {
    RejectReason reason = RejectReason::kMalformed;
    uint64_t fault = 0;     // offset of the fault
    uint64_t observed = 0;  // offset up to which the bytes were well-formed: recovery starts there
    bool maybe_cut_off = false;  // kTruncated if reading starts again right where it failed
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
  static bool Accept(Work& work, Proof proof, bool open_suffices);
  bool IsArrayLeftOpen(Work& work, uint64_t end);
  void RejectRest(Work& work, const Damage& damage);
  // Whose bytes the rejected stretch holds.
  enum class Stretch : uint8_t { kOneRecord, kAnything };
  // REQUIRES: `found_` has seen the bytes in which values are looked for.
  void Reject(Work& work, const Rejection& rejection, std::string_view raw, Stretch stretch);
  void RejectWhole(Work& work, const char* end, const RecordFault& fault, Stretch stretch);

  enum class Extent : uint8_t { kTooLarge, kFileEnds, kExtended };
  Extent Lengthen(Work& work);
  const char* ParseEnd(const Work& work) const;

  FastPath fast_path_;
  const ScanOptions& options_;
  const std::atomic<bool>& is_cancelled_;
  RecordParser parser_;
  RejectedValues found_;
  bool gave_up_ = false;
};

}  // namespace stedi
