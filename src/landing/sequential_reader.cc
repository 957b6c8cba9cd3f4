#include "landing/sequential_reader.h"

#include <algorithm>
#include <string_view>

#include "base/error.h"
#include "files/byte_scan.h"
#include "files/file_format.h"

namespace stedi {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool IsDelimiter(char c) {
  return IsJsonSpace(c) || std::string_view(",]}[{\"").find(c) != std::string_view::npos;
}

// Returns one past the last byte of [begin, end) that is not white space, or `begin` when there is
// none.
const char* TrimEnd(const char* begin, const char* end) {
  while (end > begin && IsJsonSpace(end[-1])) --end;
  return end;
}

// Returns the first key of the object at `brace`, as it is written, or "" when there is no complete
// key.
std::string_view FirstKey(const char* brace, const char* end) {
  const char* p = brace + 1;
  while (p < end && IsJsonSpace(*p)) ++p;
  if (p == end || *p != '"') return {};
  const char* const key = p + 1;
  const StringScan scan = ScanString(key, end);
  if (scan.stop == end || *scan.stop != '"') return {};
  return {key, static_cast<size_t>(scan.stop - key)};
}

// Whether the '{' at `brace`, which is a syntax error there, begins the next record. Otherwise it
// may be one byte too many, after which the rest of the record at `begin` follows. A first key that
// is repeated tells them apart, because no record has its first key twice. Only bytes before `end`
// are examined.
bool BeginsARecord(const char* begin, const char* brace, const char* end) {
  const char* const before = TrimEnd(begin, brace);
  if (before[-1] == '{') return true;  // doubled: no key of the record precedes it
  const bool is_in_new_line = std::find(before, brace, '\n') != brace;
  if (is_in_new_line && (before[-1] != ',' || std::find(begin, before, '\n') == before))
    return true;
  const std::string_view key = FirstKey(brace, end);
  return !key.empty() && key == FirstKey(begin, brace);
}

std::string_view Between(const char* begin, const char* end) {
  return {begin, static_cast<size_t>(end - begin)};
}

RecordFault NotAnObject(FoundKind kind, const char* position) {
  return {RejectReason::kNotAnObject, position, {kind, kNoColumn}};
}

}  // namespace

void BlockContent::Clear() {
  rows.Clear();
  rejections.Clear();
  rejected_rows.Clear();
  counts = {};
}

SequentialReader::SequentialReader(const Contract& contract, const ContractIndex& index,
                                   const ScanOptions& options,
                                   const std::atomic<bool>& is_cancelled)
    : fast_path_(contract, index, options.record_bytes_max, options.simd),
      options_(options),
      is_cancelled_(is_cancelled),
      parser_(contract, index),
      found_(contract, index) {}

SequentialReader::Stop SequentialReader::Read(ByteWindow& window, TopLevel& at,
                                              const Bounds& bounds, BlockContent& content) {
  Work work{window, at, bounds, content};
  gave_up_ = false;
  if (at.offset == 0) CheckFormat(work);
  if (at.offset == 0) SkipByteOrderMark(work);
  while (true) {
    const bool has_byte = SkipSeparators(work);
    if (gave_up_) return Stop::kGaveUp;
    if (!has_byte) break;
    if (at.offset >= bounds.limit) return Stop::kLimit;
    ReadToken(work);
    if (gave_up_) return Stop::kGaveUp;
  }
  if (at.in_array) {
    // No byte is wrong, but the closing bracket is missing.
    found_.Begin(at.in_array);
    Reject(work, {at.offset, 0, at.offset, RejectReason::kTruncated}, {}, RejectedSpan::kAnything);
    at.in_array = false;
  }
  return Stop::kEndOfFile;
}

// Reads more bytes; those before `keep` are no longer needed. Returns false at the end of the file,
// or when reading gives up.
bool SequentialReader::ReadMore(Work& work, uint64_t keep) {
  if (work.window.exhausted()) return false;
  if (is_cancelled_.load(std::memory_order_relaxed) ||
      work.window.end_offset() >= work.bounds.give_up) {
    gave_up_ = true;
    return false;
  }
  return work.window.Extend(keep, work.content.rows.rows());
}

bool SequentialReader::NeedByte(Work& work) {
  return work.at.offset < work.window.end_offset() || ReadMore(work, work.at.offset);
}

// Throws kInvalid when the file cannot be landing data.
void SequentialReader::CheckFormat(Work& work) {
  while (work.window.end_offset() < kFormatBytes && ReadMore(work, 0)) {
  }
  const char* const begin = work.window.At(0);
  const std::string problem =
      FormatProblem(Between(begin, work.window.end()).substr(0, kFormatBytes));
  if (!problem.empty()) throw Error(ErrorCode::kInvalid, problem);
}

void SequentialReader::SkipByteOrderMark(Work& work) {
  while (work.window.end_offset() < kByteOrderMark.size() && ReadMore(work, 0)) {
  }
  const char* const begin = work.window.At(0);
  if (!Between(begin, work.window.end()).starts_with(kByteOrderMark)) return;
  work.at.offset = kByteOrderMark.size();
  work.content.counts.framing += kByteOrderMark.size();
}

// Skips white space and, in an array, commas. Returns false when no byte is left.
bool SequentialReader::SkipSeparators(Work& work) {
  while (NeedByte(work)) {
    const char c = *work.window.At(work.at.offset);
    if (IsJsonSpace(c)) {
      ++work.content.counts.whitespace;
    } else if (c == ',' && work.at.in_array) {
      ++work.content.counts.framing;
    } else {
      return true;
    }
    ++work.at.offset;
  }
  return false;
}

void SequentialReader::ReadToken(Work& work) {
  const char c = *work.window.At(work.at.offset);
  const bool is_first = work.at.layout == FileLayout::kUnknown;
  if (is_first || work.at.layout == FileLayout::kUndecided) {
    work.at.layout = c == '[' ? FileLayout::kArray : FileLayout::kPlain;
  }
  if (c == '{') {
    if (!options_.fast_path || !RunFastPath(work)) ReadRecord(work, is_first);
  } else if (work.at.layout == FileLayout::kArray && c == (work.at.in_array ? ']' : '[')) {
    work.at.in_array = !work.at.in_array;
    ++work.content.counts.framing;
    ++work.at.offset;
  } else {
    ReadOtherValue(work, is_first);
  }
}

bool SequentialReader::RunFastPath(Work& work) {
  const ByteWindow& window = work.window;
  const uint64_t limit = std::min(work.bounds.limit, window.end_offset());
  const FastRegion region{window.At(work.at.offset), window.end(), window.At(limit), work.at.offset,
                          work.at.in_array};
  const char* const stop = fast_path_.Run(region, work.content.rows, work.content.counts);
  work.at.offset = window.OffsetOf(stop);
  return stop != region.begin;
}

// Returns where parsing of the current record must end: at the end of the bytes in memory, or at
// the longest length of a record.
const char* SequentialReader::ParseEnd(const Work& work) const {
  const uint64_t available = work.window.end_offset() - work.at.offset;
  return work.window.At(work.at.offset + std::min(available, options_.record_bytes_max));
}

// Reads more bytes, because the current record does not end in the bytes in memory.
SequentialReader::Extent SequentialReader::ExtendRecord(Work& work) {
  const uint64_t available = work.window.end_offset() - work.at.offset;
  if (available > options_.record_bytes_max) return Extent::kTooLarge;
  return ReadMore(work, work.at.offset) ? Extent::kExtended : Extent::kFileEnds;
}

// `is_first`: only white space precedes the record in the file.
void SequentialReader::ReadRecord(Work& work, bool is_first) {
  const uint64_t begin = work.at.offset;
  bool is_proven = false;
  while (!gave_up_) {
    const ParsedRecord& record = parser_.Parse(work.window.At(begin), ParseEnd(work));
    const bool has_control = record.first_control != nullptr;
    const uint64_t stop = work.window.OffsetOf(record.stop);
    // The position of the fault; all bytes before it are well-formed.
    const uint64_t fault = has_control ? work.window.OffsetOf(record.first_control) : stop;
    if (record.status == LexStatus::kOk) {
      const Following following =
          is_proven ? Following::kProvesRecord
                    : ClassifyFollowing(record.stop, work.window.end(), work.window.exhausted(),
                                        work.at.in_array, record.fields.empty());
      if (following == Following::kProvesRecord) return StoreRecord(work, record);
      if (following == Following::kNeedMore) {
        ReadMore(work, begin);
        continue;
      }
      const Evidence evidence = Prove(work, begin, true);
      is_proven = Accept(work, evidence.proof, is_first || work.at.in_array);
      if (is_proven) continue;  // parses again, because the bytes may have moved
      return Recover(work, {RejectReason::kMalformed, stop, stop, false, evidence.next});
    }
    if (record.status == LexStatus::kTooDeep) {
      return Recover(work, {RejectReason::kTooDeep, stop, stop});
    }
    if (record.status == LexStatus::kSyntaxError) {
      const bool is_brace = *record.stop == '{';
      const uint64_t refused = is_brace && !IsNextRecord(work, stop) ? stop + 1 : 0;
      return Recover(work, {RejectReason::kMalformed, fault, fault, !has_control, refused});
    }
    switch (ExtendRecord(work)) {
      case Extent::kExtended:
        break;
      case Extent::kTooLarge: {
        const uint64_t end = begin + options_.record_bytes_max;
        return Recover(work, {RejectReason::kTooLarge, end, has_control ? fault : end});
      }
      case Extent::kFileEnds: {
        const auto reason = has_control ? RejectReason::kMalformed : RejectReason::kTruncated;
        return RejectRest(work, {reason, fault, stop});
      }
    }
  }
}

// Whether the '{' at `brace`, which is a syntax error in the current record, begins the next one.
bool SequentialReader::IsNextRecord(Work& work, uint64_t brace) {
  while (work.window.end_offset() - brace < kLookAheadBytesMax && ReadMore(work, work.at.offset)) {
  }
  const uint64_t end = std::min(work.window.end_offset(), brace + kLookAheadBytesMax);
  return BeginsARecord(work.window.At(work.at.offset), work.window.At(brace), work.window.At(end));
}

SequentialReader::Evidence SequentialReader::Prove(Work& work, uint64_t begin, bool size_counts) {
  const ProofLimits limits{options_.record_bytes_max, size_counts};
  while (true) {
    const bool at_end = work.window.exhausted() || gave_up_;
    const ProofResult result =
        ProveRecord(work.window.At(begin), work.window.end(), at_end, limits);
    if (result.proof == Proof::kNeedMore) {
      ReadMore(work, begin);
    } else if (result.next == nullptr) {
      return {result.proof, begin};
    } else {
      return {result.proof, work.window.OffsetOf(result.next)};
    }
  }
}

// Whether the proof shows that a record begins there. `undecided_suffices`: Proof::kUndecided is
// enough.
bool SequentialReader::Accept(Work& work, Proof proof, bool undecided_suffices) {
  if (proof == Proof::kRecord) return true;
  if (proof != Proof::kElement && !(proof == Proof::kUndecided && undecided_suffices)) return false;
  // The '[' of the top-level array may have been lost.
  work.at.in_array = true;
  work.at.layout = FileLayout::kArray;
  return true;
}

void SequentialReader::StoreRecord(Work& work, const ParsedRecord& record) {
  const std::optional<RecordFault> fault = parser_.Store(work.at.offset, work.content.rows);
  // If a string has a raw newline, one record may have been cut off there, and the next one may
  // have lost its beginning.
  const RejectedSpan span =
      record.first_control == nullptr ? RejectedSpan::kOneRecord : RejectedSpan::kAnything;
  if (fault) return RejectWhole(work, record.stop, *fault, span);
  const auto length = static_cast<uint64_t>(record.stop - record.begin);
  work.content.counts.accepted += length;
  work.at.offset += length;
}

// Reads a number, string, literal or array between records, or garbage.
void SequentialReader::ReadOtherValue(Work& work, bool is_first) {
  const uint64_t begin = work.at.offset;
  const Damage garbage{RejectReason::kMalformed, begin, begin};
  const bool is_inner_array = work.at.in_array && *work.window.At(begin) == '[';
  while (!gave_up_) {
    JsonLexer lexer(work.window.At(begin), ParseEnd(work));
    JsonValue value;
    const bool is_value = lexer.ReadValue(value, 0);
    const uint64_t stop = work.window.OffsetOf(lexer.position());
    const FoundKind kind = is_value ? KindOf(value) : FoundKind::kUnknown;
    if (lexer.first_control() != nullptr) return Recover(work, garbage);
    if (lexer.status() == LexStatus::kSyntaxError) return Recover(work, garbage);
    if (lexer.status() == LexStatus::kTooDeep) {
      return Recover(work, {RejectReason::kTooDeep, stop, stop});
    }
    if (is_value && stop < work.window.end_offset()) {
      if (!IsDelimiter(*lexer.position())) return Recover(work, garbage);
      if (is_first && *lexer.position() == '[') work.at.layout = FileLayout::kUndecided;
      if (is_inner_array && IsArrayLeftOpen(work, stop)) return Recover(work, garbage);
      return RejectWhole(work, work.window.At(stop), NotAnObject(kind, work.window.At(begin)),
                         RejectedSpan::kAnything);
    }
    const Extent extent = ExtendRecord(work);
    if (extent == Extent::kExtended) continue;
    if (extent == Extent::kTooLarge) {
      if (is_inner_array) return Recover(work, garbage);
      const uint64_t end = begin + options_.record_bytes_max;
      return Recover(work, {RejectReason::kTooLarge, end, end});
    }
    if (!is_value || is_inner_array) return Recover(work, garbage);
    return RejectWhole(work, work.window.At(stop), NotAnObject(kind, work.window.At(begin)),
                       RejectedSpan::kAnything);
  }
}

// Whether the file ends after an array inside the top-level array, whose ']' is just before `end`.
// That ']' then closes the top-level array, and there is one '[' too many.
bool SequentialReader::IsArrayLeftOpen(Work& work, uint64_t end) {
  uint64_t offset = end;
  while (offset - end < kLookAheadBytesMax && !gave_up_) {
    if (offset < work.window.end_offset()) {
      if (!IsJsonSpace(*work.window.At(offset))) return false;
      ++offset;
    } else if (!ReadMore(work, work.at.offset)) {
      return true;
    }
  }
  return false;
}

// Collects the bytes of a rejection while recovery scans them.
struct SequentialReader::DamagedBytes {
  DamagedBytes(uint64_t raw_bytes_limit, RejectedValues& found_values)
      : raw_bytes_max(raw_bytes_limit), found(found_values) {}

  void Add(uint64_t offset, std::string_view bytes) {
    found.Search(bytes, /*at_end=*/false);
    raw.append(bytes.substr(0, raw_bytes_max - raw.size()));
    const size_t last = bytes.find_last_not_of(" \t\n\r");
    if (last != std::string_view::npos) end = offset + last + 1;
    const size_t last_of_record = bytes.find_last_not_of(" \t\n\r,");
    if (last_of_record != std::string_view::npos) {
      end_of_record = offset + last_of_record + 1;
      commas = 0;
      bytes.remove_prefix(last_of_record + 1);
    }
    commas += static_cast<uint64_t>(std::count(bytes.begin(), bytes.end(), ','));
  }

  const uint64_t raw_bytes_max;
  RejectedValues& found;
  std::string raw;
  uint64_t end = 0;            // end of the rejection, without trailing white space
  uint64_t end_of_record = 0;  // without trailing separators, which have `commas` commas
  uint64_t commas = 0;
};

void SequentialReader::Recover(Work& work, const Damage& damage) {
  const uint64_t begin = work.at.offset;
  const bool size_counts = damage.reason == RejectReason::kMalformed;
  RecoveryScanner scanner(work.at.in_array);
  found_.Begin(work.at.in_array);
  DamagedBytes damaged(options_.raw_bytes_max, found_);
  const std::string_view observed = Between(work.window.At(begin), work.window.At(damage.observed));
  scanner.Observe(observed.data(), observed.data() + observed.size());
  damaged.Add(begin, observed);
  std::string key;  // the first key of the damaged record
  if (observed.starts_with('{')) key = FirstKey(observed.data(), work.window.end());
  uint64_t position = damage.observed;
  uint64_t refused = std::max(damage.refused, position);
  while (true) {
    const char* const p = work.window.At(position);
    const bool at_end = work.window.exhausted() || gave_up_;
    const char* const refused_to =
        work.window.At(std::clamp(refused, position, work.window.end_offset()));
    const RecoveryScanner::Result result = scanner.Scan(p, work.window.end(), refused_to, at_end);
    damaged.Add(position, Between(p, result.stop));
    position = work.window.OffsetOf(result.stop);
    if (result.status == RecoveryScanner::Status::kFound) break;
    if (result.status == RecoveryScanner::Status::kNeedMore) {
      ReadMore(work, position);
      continue;
    }
    const Evidence evidence = Prove(work, position, size_counts);
    // If more damage comes before the values of the array end, the brackets or the first keys
    // decide.
    const std::string_view own_key = FirstKey(work.window.At(position), work.window.end());
    const bool is_likely = scanner.AtTopLevel() || key == own_key;
    if (Accept(work, evidence.proof, work.at.in_array && is_likely)) break;
    if (key.empty() && evidence.proof == Proof::kUndecided) key = own_key;
    refused = evidence.next;
  }
  RejectDamaged(work, damage, damaged, position);
}

// `position` is where reading resumes.
void SequentialReader::RejectDamaged(Work& work, const Damage& damage, const DamagedBytes& damaged,
                                     uint64_t position) {
  const uint64_t begin = work.at.offset;
  // If the bytes are only separators, these are the damage and belong to the rejection.
  const bool has_separators = work.at.in_array && damaged.end_of_record > begin;
  const uint64_t end = has_separators ? damaged.end_of_record : damaged.end;
  const uint64_t commas = has_separators ? damaged.commas : 0;
  // If only separators are between the fault and what comes next, the record was cut off there.
  const bool is_cut_off = damage.maybe_cut_off && end <= damage.observed;
  const Rejection rejection{begin, end - begin, std::min(damage.fault, end),
                            is_cut_off ? RejectReason::kTruncated : damage.reason};
  found_.Search({}, /*at_end=*/true);
  Reject(work, rejection, std::string_view(damaged.raw).substr(0, rejection.length),
         RejectedSpan::kAnything);
  work.content.counts.framing += commas;
  work.content.counts.whitespace += position - end - commas;
  work.at.offset = position;
}

// Rejects the current record, because the file ends within it.
void SequentialReader::RejectRest(Work& work, const Damage& damage) {
  const char* const begin = work.window.At(work.at.offset);
  const char* const end = TrimEnd(begin, work.window.end());
  const char* const fault = std::min(end, work.window.At(damage.fault));
  RejectWhole(work, end, {damage.reason, fault}, RejectedSpan::kAnything);
}

void SequentialReader::RejectWhole(Work& work, const char* end, const RecordFault& fault,
                                   RejectedSpan span) {
  const uint64_t begin = work.at.offset;
  const std::string_view bytes = Between(work.window.At(begin), end);
  found_.Begin(work.at.in_array);
  found_.Search(bytes, /*at_end=*/true);
  Reject(work,
         {begin, bytes.size(), work.window.OffsetOf(fault.position), fault.reason, fault.misfit},
         bytes.substr(0, options_.raw_bytes_max), span);
  work.at.offset = begin + bytes.size();
}

void SequentialReader::Reject(Work& work, const Rejection& rejection, std::string_view raw,
                              RejectedSpan span) {
  work.content.rejections.Add(rejection, raw);
  work.content.counts.quarantined += rejection.length;
  if (!found_.is_wanted()) return;
  for (const RejectedRow& row : found_.Rows(span == RejectedSpan::kAnything)) {
    work.content.rejected_rows.Add(rejection, EncodeRejectedRow(row));
  }
}

}  // namespace stedi
