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

// One past the last byte of [begin, end) that is not white space; `begin` when there is none.
const char* TrimEnd(const char* begin, const char* end) {
  while (end > begin && IsJsonSpace(end[-1])) --end;
  return end;
}

// The first key of the object at `brace`, as it is written; empty when none is there whole.
std::string_view FirstKey(const char* brace, const char* end) {
  const char* p = brace + 1;
  while (p < end && IsJsonSpace(*p)) ++p;
  if (p == end || *p != '"') return {};
  const char* const key = p + 1;
  const StringScan scan = ScanString(key, end);
  if (scan.stop == end || *scan.stop != '"') return {};
  return {key, static_cast<size_t>(scan.stop - key)};
}

// Whether the '{' at `brace`, which cannot stand there, begins the next record. Else it may be what
// is too much, and what follows is the rest of the record that begins at `begin`: but no record has
// its first key twice. `end`: of the bytes that may be looked at.
bool BeginsARecord(const char* begin, const char* brace, const char* end) {
  const char* const before = TrimEnd(begin, brace);
  if (before[-1] == '{') return true;  // doubled: nothing of the record stands before it
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
    // No byte is wrong, one is missing.
    found_.Begin(at.in_array);
    Reject(work, {at.offset, 0, at.offset, RejectReason::kTruncated}, {}, Stretch::kAnything);
    at.in_array = false;
  }
  return Stop::kEndOfFile;
}

// Reads more bytes; those before `keep` are no longer needed.
bool SequentialReader::More(Work& work, uint64_t keep) {
  if (work.window.exhausted()) return false;
  if (is_cancelled_.load(std::memory_order_relaxed) ||
      work.window.end_offset() >= work.bounds.give_up) {
    gave_up_ = true;
    return false;
  }
  return work.window.Extend(keep, work.content.rows.rows());
}

bool SequentialReader::NeedByte(Work& work) {
  return work.at.offset < work.window.end_offset() || More(work, work.at.offset);
}

// Throws kInvalid when the file cannot be landing data.
void SequentialReader::CheckFormat(Work& work) {
  while (work.window.end_offset() < kFormatBytes && More(work, 0)) {
  }
  const char* const begin = work.window.At(0);
  const std::string problem =
      FormatProblem(Between(begin, work.window.end()).substr(0, kFormatBytes));
  if (!problem.empty()) throw Error(ErrorCode::kInvalid, problem);
}

void SequentialReader::SkipByteOrderMark(Work& work) {
  while (work.window.end_offset() < kByteOrderMark.size() && More(work, 0)) {
  }
  const char* const begin = work.window.At(0);
  if (!Between(begin, work.window.end()).starts_with(kByteOrderMark)) return;
  work.at.offset = kByteOrderMark.size();
  work.content.counts.framing += kByteOrderMark.size();
}

// False when no byte is left.
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

// Where parsing of the record at hand must end: with the bytes at hand, or at the limit of a
// record.
const char* SequentialReader::ParseEnd(const Work& work) const {
  const uint64_t available = work.window.end_offset() - work.at.offset;
  return work.window.At(work.at.offset + std::min(available, options_.record_bytes_max));
}

// The record at hand does not end in the bytes at hand.
SequentialReader::Extent SequentialReader::Lengthen(Work& work) {
  const uint64_t available = work.window.end_offset() - work.at.offset;
  if (available > options_.record_bytes_max) return Extent::kTooLarge;
  return More(work, work.at.offset) ? Extent::kExtended : Extent::kFileEnds;
}

// `is_first`: nothing but white space stands before it in the file.
void SequentialReader::ReadRecord(Work& work, bool is_first) {
  const uint64_t begin = work.at.offset;
  bool is_proven = false;
  while (!gave_up_) {
    const ParsedRecord& record = parser_.Parse(work.window.At(begin), ParseEnd(work));
    const bool has_control = record.first_control != nullptr;
    const uint64_t stop = work.window.OffsetOf(record.stop);
    // Without the control byte, bytes are well-formed up to here.
    const uint64_t fault = has_control ? work.window.OffsetOf(record.first_control) : stop;
    if (record.status == LexStatus::kOk) {
      const Follow follow =
          is_proven ? Follow::kSure
                    : WhatFollows(record.stop, work.window.end(), work.window.exhausted(),
                                  work.at.in_array, record.fields.empty());
      if (follow == Follow::kSure) return StoreRecord(work, record);
      if (follow == Follow::kNeedMore) {
        More(work, begin);
        continue;
      }
      const Evidence evidence = Prove(work, begin, true);
      is_proven = Accept(work, evidence.proof, is_first || work.at.in_array);
      if (is_proven) continue;  // the bytes may have moved
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
    switch (Lengthen(work)) {
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

// Whether the '{' at `brace`, which cannot stand in the record at hand, begins the next one.
bool SequentialReader::IsNextRecord(Work& work, uint64_t brace) {
  while (work.window.end_offset() - brace < kLookAheadBytesMax && More(work, work.at.offset)) {
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
      More(work, begin);
    } else if (result.next == nullptr) {
      return {result.proof, begin};
    } else {
      return {result.proof, work.window.OffsetOf(result.next)};
    }
  }
}

// Whether a record is there, by what was found. `open_suffices`: nothing speaks against it.
bool SequentialReader::Accept(Work& work, Proof proof, bool open_suffices) {
  if (proof == Proof::kRecord) return true;
  if (proof != Proof::kElement && !(proof == Proof::kOpen && open_suffices)) return false;
  // Perhaps the '[' is what was lost.
  work.at.in_array = true;
  work.at.layout = FileLayout::kArray;
  return true;
}

void SequentialReader::StoreRecord(Work& work, const ParsedRecord& record) {
  const std::optional<RecordFault> fault = parser_.Store(work.at.offset, work.content.rows);
  // A raw newline in a string: perhaps one record was cut off there, and the next one lost its
  // beginning.
  const Stretch stretch =
      record.first_control == nullptr ? Stretch::kOneRecord : Stretch::kAnything;
  if (fault) return RejectWhole(work, record.stop, *fault, stretch);
  const auto length = static_cast<uint64_t>(record.stop - record.begin);
  work.content.counts.accepted += length;
  work.at.offset += length;
}

// A number, string, literal or array between records, or garbage.
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
                         Stretch::kAnything);
    }
    const Extent extent = Lengthen(work);
    if (extent == Extent::kExtended) continue;
    if (extent == Extent::kTooLarge) {
      if (is_inner_array) return Recover(work, garbage);
      const uint64_t end = begin + options_.record_bytes_max;
      return Recover(work, {RejectReason::kTooLarge, end, end});
    }
    if (!is_value || is_inner_array) return Recover(work, garbage);
    return RejectWhole(work, work.window.At(stop), NotAnObject(kind, work.window.At(begin)),
                       Stretch::kAnything);
  }
}

// Whether the file ends where an array inside of the top-level array does: then its ']' closes the
// outer one, and one '[' is too many. `end`: behind that ']'.
bool SequentialReader::IsArrayLeftOpen(Work& work, uint64_t end) {
  uint64_t offset = end;
  while (offset - end < kLookAheadBytesMax && !gave_up_) {
    if (offset < work.window.end_offset()) {
      if (!IsJsonSpace(*work.window.At(offset))) return false;
      ++offset;
    } else if (!More(work, work.at.offset)) {
      return true;
    }
  }
  return false;
}

// The bytes of a rejection while recovery goes over them.
struct SequentialReader::DamagedBytes {
  DamagedBytes(uint64_t raw_bytes_limit, RejectedValues& found_values)
      : raw_bytes_max(raw_bytes_limit), found(found_values) {}

  void Add(uint64_t offset, std::string_view bytes) {
    found.Look(bytes, /*at_end=*/false);
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
  uint64_t end = 0;            // without the white space at its end
  uint64_t end_of_record = 0;  // without the separators at its end, of which `commas` are commas
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
  std::string key;  // the first one of the damaged record
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
      More(work, position);
      continue;
    }
    const Evidence evidence = Prove(work, position, size_counts);
    // There is more damage before the values end: brackets or keys decide.
    const std::string_view own_key = FirstKey(work.window.At(position), work.window.end());
    const bool is_likely = scanner.AtTopLevel() || key == own_key;
    if (Accept(work, evidence.proof, work.at.in_array && is_likely)) break;
    if (key.empty() && evidence.proof == Proof::kOpen) key = own_key;
    refused = evidence.next;
  }
  RejectDamaged(work, damage, damaged, position);
}

// `position`: where reading starts again.
void SequentialReader::RejectDamaged(Work& work, const Damage& damage, const DamagedBytes& damaged,
                                     uint64_t position) {
  const uint64_t begin = work.at.offset;
  // Commas alone are what is wrong.
  const bool has_separators = work.at.in_array && damaged.end_of_record > begin;
  const uint64_t end = has_separators ? damaged.end_of_record : damaged.end;
  const uint64_t commas = has_separators ? damaged.commas : 0;
  // Nothing stands between the fault and what comes next: the record was cut off there.
  const bool is_cut_off = damage.maybe_cut_off && end <= damage.observed;
  const Rejection rejection{begin, end - begin, std::min(damage.fault, end),
                            is_cut_off ? RejectReason::kTruncated : damage.reason};
  found_.Look({}, /*at_end=*/true);
  Reject(work, rejection, std::string_view(damaged.raw).substr(0, rejection.length),
         Stretch::kAnything);
  work.content.counts.framing += commas;
  work.content.counts.whitespace += position - end - commas;
  work.at.offset = position;
}

// The file ends within the record at hand.
void SequentialReader::RejectRest(Work& work, const Damage& damage) {
  const char* const begin = work.window.At(work.at.offset);
  const char* const end = TrimEnd(begin, work.window.end());
  const char* const fault = std::min(end, work.window.At(damage.fault));
  RejectWhole(work, end, {damage.reason, fault}, Stretch::kAnything);
}

void SequentialReader::RejectWhole(Work& work, const char* end, const RecordFault& fault,
                                   Stretch stretch) {
  const uint64_t begin = work.at.offset;
  const std::string_view bytes = Between(work.window.At(begin), end);
  found_.Begin(work.at.in_array);
  found_.Look(bytes, /*at_end=*/true);
  Reject(work,
         {begin, bytes.size(), work.window.OffsetOf(fault.position), fault.reason, fault.misfit},
         bytes.substr(0, options_.raw_bytes_max), stretch);
  work.at.offset = begin + bytes.size();
}

void SequentialReader::Reject(Work& work, const Rejection& rejection, std::string_view raw,
                              Stretch stretch) {
  work.content.rejections.Add(rejection, raw);
  work.content.counts.quarantined += rejection.length;
  if (!found_.is_wanted()) return;
  for (const RejectedRow& row : found_.Rows(stretch == Stretch::kAnything)) {
    work.content.rejected_rows.Add(rejection, EncodeRejectedRow(row));
  }
}

}  // namespace stedi
