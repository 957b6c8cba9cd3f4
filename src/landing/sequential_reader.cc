#include "landing/sequential_reader.h"

#include <algorithm>
#include <string_view>

#include "landing/byte_scan.h"

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
    : options_(options),
      is_cancelled_(is_cancelled),
      fast_path_(contract, index, options.record_bytes_max, options.simd),
      parser_(contract, index),
      found_(contract, index) {}

SequentialReader::Stop SequentialReader::Read(ByteWindow& window, TopLevel& at,
                                              const Bounds& bounds, BlockContent& content) {
  Work work{window, at, bounds, content};
  gave_up_ = false;
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
  if (work.at.layout == FileLayout::kUnknown) {
    work.at.layout = c == '[' ? FileLayout::kArray : FileLayout::kPlain;
  }
  if (c == '{') {
    if (!options_.fast_path || !RunFastPath(work)) ReadRecord(work);
  } else if (work.at.layout == FileLayout::kArray && c == (work.at.in_array ? ']' : '[')) {
    work.at.in_array = !work.at.in_array;
    ++work.content.counts.framing;
    ++work.at.offset;
  } else {
    ReadOtherValue(work);
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

void SequentialReader::ReadRecord(Work& work) {
  const uint64_t begin = work.at.offset;
  while (true) {
    const ParsedRecord& record = parser_.Parse(work.window.At(begin), ParseEnd(work));
    if (record.status == LexStatus::kOk) return StoreRecord(work, record);
    const bool has_control = record.first_control != nullptr;
    const uint64_t stop = work.window.OffsetOf(record.stop);
    const uint64_t fault = has_control ? work.window.OffsetOf(record.first_control) : stop;
    if (record.status == LexStatus::kTooDeep) {
      return Recover(work, {RejectReason::kTooDeep, stop, stop, false});
    }
    if (record.status == LexStatus::kSyntaxError) {
      return Recover(work, {RejectReason::kMalformed, fault, stop, true});
    }
    switch (Lengthen(work)) {
      case Extent::kExtended:
        break;
      case Extent::kTooLarge: {
        const uint64_t end = begin + options_.record_bytes_max;
        return Recover(work, {RejectReason::kTooLarge, end, end, false});
      }
      case Extent::kFileEnds: {
        const auto reason = has_control ? RejectReason::kMalformed : RejectReason::kTruncated;
        return RejectRest(work, {reason, fault, stop, false});
      }
    }
  }
}

void SequentialReader::StoreRecord(Work& work, const ParsedRecord& record) {
  const std::optional<RecordFault> fault = parser_.Store(work.at.offset, work.content.rows);
  if (fault) return RejectWhole(work, record.stop, *fault, Stretch::kOneRecord);
  const auto length = static_cast<uint64_t>(record.stop - record.begin);
  work.content.counts.accepted += length;
  work.at.offset += length;
}

// A number, string, literal or array between records, or garbage.
void SequentialReader::ReadOtherValue(Work& work) {
  const uint64_t begin = work.at.offset;
  const Damage garbage{RejectReason::kMalformed, begin, begin, false};
  while (true) {
    JsonLexer lexer(work.window.At(begin), ParseEnd(work));
    JsonValue value;
    const bool is_value = lexer.ReadValue(value, 0);
    const uint64_t stop = work.window.OffsetOf(lexer.position());
    const FoundKind kind = is_value ? KindOf(value) : FoundKind::kUnknown;
    if (lexer.first_control() != nullptr) return Recover(work, garbage);
    if (lexer.status() == LexStatus::kSyntaxError) return Recover(work, garbage);
    if (lexer.status() == LexStatus::kTooDeep) {
      return Recover(work, {RejectReason::kTooDeep, stop, stop, false});
    }
    if (is_value && stop < work.window.end_offset()) {
      if (!IsDelimiter(*lexer.position())) return Recover(work, garbage);
      return RejectWhole(work, lexer.position(), NotAnObject(kind, work.window.At(begin)),
                         Stretch::kAnything);
    }
    const Extent extent = Lengthen(work);
    if (extent == Extent::kExtended) continue;
    if (extent == Extent::kTooLarge) {
      const uint64_t end = begin + options_.record_bytes_max;
      return Recover(work, {RejectReason::kTooLarge, end, end, false});
    }
    if (!is_value) return Recover(work, garbage);
    return RejectWhole(work, work.window.At(stop), NotAnObject(kind, work.window.At(begin)),
                       Stretch::kAnything);
  }
}

void SequentialReader::Recover(Work& work, const Damage& damage) {
  const uint64_t begin = work.at.offset;
  RecoveryScanner scanner(work.at.in_array);
  const char* p = work.window.At(begin);
  const char* const observed = work.window.At(damage.observed);
  scanner.Observe(p, observed);
  found_.Begin(work.at.in_array);
  found_.Look(Between(p, observed), /*at_end=*/false);
  std::string raw(Between(p, observed).substr(0, options_.raw_bytes_max));
  uint64_t end = work.window.OffsetOf(TrimEnd(p, observed));  // of the stretch without white space
  uint64_t position = damage.observed;
  while (true) {
    p = work.window.At(position);
    const bool at_end = work.window.exhausted() || gave_up_;
    const RecoveryScanner::Result result = scanner.Scan(p, work.window.end(), at_end);
    found_.Look(Between(p, result.stop), result.status == RecoveryScanner::Status::kFound);
    raw.append(Between(p, result.stop).substr(0, options_.raw_bytes_max - raw.size()));
    const char* const trimmed = TrimEnd(p, result.stop);
    if (trimmed > p) end = work.window.OffsetOf(trimmed);
    position = work.window.OffsetOf(result.stop);
    if (result.status == RecoveryScanner::Status::kFound) break;
    More(work, position);
  }
  // Nothing but white space between the fault and what comes next: the record was cut off there.
  const bool is_cut_off = damage.maybe_cut_off && end <= damage.observed;
  const Rejection rejection{begin, end - begin, std::min(damage.fault, end),
                            is_cut_off ? RejectReason::kTruncated : damage.reason};
  Reject(work, rejection, std::string_view(raw).substr(0, rejection.length), Stretch::kAnything);
  work.content.counts.whitespace += position - end;
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
