#include "landing/sequential_reader.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "landing/utf8.h"

namespace stedi {
namespace {

bool IsSpace(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

void ByteWindow::Reset(uint64_t base, ReadMore read_more) {
  read_more_ = std::move(read_more);
  if (buffers_.size() > 1) buffers_.erase(buffers_.begin(), buffers_.end() - 1);
  base_ = base;
  size_ = 0;
  at_end_ = false;
}

std::string_view ByteWindow::From(uint64_t offset) const {
  const size_t skip = static_cast<size_t>(offset - base_);
  if (skip >= size_) return {};
  return {buffers_.back().get() + skip, size_ - skip};
}

bool ByteWindow::More(uint64_t keep_from) {
  if (at_end_) return false;
  if (size_ == capacity_) {
    const std::string_view kept = From(keep_from);
    const size_t wanted = std::max(kept.size() * 2, kFirstBytes);
    auto buffer = std::make_unique<char[]>(wanted);
    if (!kept.empty()) std::memcpy(buffer.get(), kept.data(), kept.size());
    base_ = std::max(keep_from, base_);
    size_ = kept.size();
    capacity_ = wanted;
    buffers_.push_back(std::move(buffer));
  }
  const size_t got =
      read_more_({buffers_.back().get() + size_, std::min(capacity_ - size_, kReadBytes)});
  size_ += got;
  at_end_ = got == 0;
  return got > 0;
}

SequentialReader::SequentialReader(const Contract& contract, const ScanOptions& options,
                                   bool array_file)
    : options_(options), array_file_(array_file), rows_(contract) {}

void SequentialReader::Clear() {
  rows_.Clear();
  rejections_.clear();
  counts_ = {};
  reached_end_ = false;
}

TopLevel SequentialReader::Read(ByteWindow& window, TopLevel begin, uint64_t stop) {
  Clear();
  at_ = begin;
  if (at_.offset == 0) {
    while (window.From(0).size() < kByteOrderMark.size() && window.More(0)) continue;
    if (window.From(0).starts_with(kByteOrderMark)) {
      at_.offset += kByteOrderMark.size();
      counts_.framing_bytes += kByteOrderMark.size();
    }
  }
  for (;;) {
    const std::string_view text = window.From(at_.offset);
    size_t space = 0;
    while (space < text.size() && IsSpace(text[space])) ++space;
    at_.offset += space;
    counts_.whitespace_bytes += space;
    if (space == text.size()) {
      if (window.More(at_.offset)) continue;
      if (at_.in_array)
        rejections_.push_back({{at_.offset, 0, at_.offset, RejectReason::kTruncated}, ""});
      reached_end_ = true;
      return at_;
    }
    if (at_.offset >= stop) return at_;
    ReadToken(window);
  }
}

void SequentialReader::ReadToken(ByteWindow& window) {
  const char c = window.From(at_.offset).front();
  if (c == '{') {
    ReadRecord(window);
  } else if (Framing(c)) {
    ++at_.offset;
    ++counts_.framing_bytes;
  } else {
    ReadGarbage(window);
  }
}

bool SequentialReader::Framing(char c) {
  if (!array_file_) return false;
  if (c == '[' && !at_.in_array) return at_.in_array = true;
  if (!at_.in_array || (c != ']' && c != ',')) return false;
  if (c == ']') at_.in_array = false;
  return true;
}

// Parses the value at at_, reading on as long as it may be sound and is not too large.
ParseResult SequentialReader::Parse(ByteWindow& window, bool& too_large) {
  size_t wanted = 0;
  for (;;) {
    const std::string_view text = window.From(at_.offset);
    if (text.size() >= wanted || window.at_end()) {
      const std::string_view limited = text.substr(0, options_.record_bytes_max);
      ParseResult result = ParseValue(limited, members_);
      too_large = result.end == ParseEnd::kMore && text.size() >= options_.record_bytes_max;
      if (result.end != ParseEnd::kMore || too_large || window.at_end()) return result;
      wanted = std::min<size_t>(text.size() * 2, options_.record_bytes_max);
    }
    window.More(at_.offset);
  }
}

void SequentialReader::ReadRecord(ByteWindow& window) {
  bool too_large = false;
  ParseResult result = Parse(window, too_large);
  const uint64_t begin = at_.offset;
  if (too_large) {
    return Recover(window, std::move(result.state), begin + options_.record_bytes_max,
                   RejectReason::kTooLarge);
  }
  switch (result.end) {
    case ParseEnd::kTooDeep:
      return Recover(window, std::move(result.state), begin + result.position,
                     RejectReason::kTooDeep);
    case ParseEnd::kFault:
      return Recover(window, std::move(result.state), begin + result.position,
                     RejectReason::kMalformed);
    case ParseEnd::kMore: {
      const std::string_view text = window.From(begin);
      size_t length = text.size();
      while (IsSpace(text[length - 1])) --length;
      Reject(window, begin + length, begin + length, RejectReason::kTruncated,
             std::string(text.substr(0, std::min<size_t>(length, options_.raw_bytes_max))));
      return;
    }
    case ParseEnd::kComplete:
      break;
  }
  const std::string_view text = window.From(begin).substr(0, result.position);
  std::optional<RejectReason> reason;
  uint64_t fault = begin;
  if (result.has_control) {
    reason = RejectReason::kMalformed;
  } else if (const char* invalid = FindInvalidUtf8(text); invalid != nullptr) {
    reason = RejectReason::kInvalidUtf8;
    fault += static_cast<uint64_t>(invalid - text.data());
  } else {
    reason = rows_.Add(members_, static_cast<int64_t>(begin));
  }
  if (reason.has_value()) {
    return Reject(window, begin + text.size(), fault, *reason,
                  std::string(text.substr(0, options_.raw_bytes_max)));
  }
  counts_.accepted_bytes += text.size();
  at_.offset += text.size();
}

void SequentialReader::ReadGarbage(ByteWindow& window) {
  bool too_large = false;
  ParseResult result = Parse(window, too_large);
  const uint64_t begin = at_.offset;
  if (result.end == ParseEnd::kMore && window.at_end() && !too_large) {
    // A number or a literal ends with the file: what follows it is missing, not wrong.
    const std::string text = std::string(window.From(begin)) + "\n";
    const ParseResult again = ParseValue(text, members_);
    if (again.end == ParseEnd::kComplete) result = again;
  }
  if (result.end == ParseEnd::kComplete && !result.has_control) {
    const std::string_view text = window.From(begin).substr(0, result.position);
    return Reject(window, begin + text.size(), begin, RejectReason::kNotAnObject,
                  std::string(text.substr(0, options_.raw_bytes_max)));
  }
  Recover(window, {}, begin, RejectReason::kMalformed);
}

// The last byte before `offset` that is not white space, of those still at hand from at_ on.
char SequentialReader::PreviousByte(ByteWindow& window, uint64_t offset) const {
  const std::string_view text = window.From(at_.offset);
  for (size_t i = static_cast<size_t>(offset - at_.offset); i-- > 0;) {
    if (i < text.size() && !IsSpace(text[i])) return text[i];
  }
  return 0;
}

void SequentialReader::Recover(ByteWindow& window, LexicalState state, uint64_t fault,
                               RejectReason reason) {
  const uint64_t begin = at_.offset;
  std::string raw(window.From(begin).substr(0, options_.raw_bytes_max));
  Recovery recovery(std::move(state), PreviousByte(window, fault), at_.in_array);
  uint64_t position = fault;
  uint64_t last_solid = fault;  // one past the last byte of the stretch that is not white space
  for (const char* back = nullptr; last_solid > begin; --last_solid) {
    const std::string_view text = window.From(last_solid - 1);
    back = text.data();
    if (text.empty() || !IsSpace(*back)) break;
  }
  for (;;) {
    const std::string_view text = window.From(position);
    const bool done = recovery.Advance(text, 0, window.at_end());
    for (size_t i = recovery.position(); i-- > 0;) {
      if (IsSpace(text[i])) continue;
      last_solid = position + i + 1;
      break;
    }
    if (raw.size() < options_.raw_bytes_max && position <= begin + raw.size()) {
      const size_t known = static_cast<size_t>(begin + raw.size() - position);
      if (known < text.size()) raw += text.substr(known, options_.raw_bytes_max - raw.size());
    }
    position += recovery.position();
    if (done) break;
    window.More(std::min(position, last_solid));
  }
  if (reason == RejectReason::kMalformed && position == fault && position > begin)
    reason = RejectReason::kTruncated;
  const uint64_t end = std::max(last_solid, begin + 1);
  raw.resize(std::min<size_t>(raw.size(), static_cast<size_t>(end - begin)));
  Reject(window, end, std::min(fault, end), reason, std::move(raw));
}

void SequentialReader::Reject(ByteWindow&, uint64_t end, uint64_t fault, RejectReason reason,
                              std::string raw) {
  rejections_.push_back({{at_.offset, end - at_.offset, fault, reason}, std::move(raw)});
  counts_.quarantined_bytes += end - at_.offset;
  at_.offset = end;
}

}  // namespace stedi
