#include "landing/recovery.h"

#include <algorithm>

#include "files/byte_scan.h"

namespace stedi {
namespace {

const char* SkipSpace(const char* p, const char* end) {
  while (p < end && IsJsonSpace(*p)) ++p;
  return p;
}

// Moves `at` back over white space, then over one `wanted` byte. Returns false when that byte is
// not there.
bool StepBackOver(char wanted, std::string_view bytes, size_t& at) {
  while (at > 0 && IsJsonSpace(bytes[at - 1])) --at;
  if (at == 0 || bytes[at - 1] != wanted) return false;
  --at;
  return true;
}

// Whether only white space follows, up to the end of the file.
Lookahead FileEnds(const char* p, const char* end, bool at_end) {
  const bool is_cut = end - p < static_cast<ptrdiff_t>(kLookAheadBytesMax);
  const char* const limit = is_cut ? end : p + kLookAheadBytesMax;
  if (SkipSpace(p, limit) < limit || !is_cut) return Lookahead::kNo;
  return at_end ? Lookahead::kYes : Lookahead::kNeedMore;
}

// Whether the first byte of the line at `p`, apart from white space, is a '{'. For an empty line
// the answer is no.
Lookahead LineOpens(const char* p, const char* end) {
  const bool is_cut = end - p < static_cast<ptrdiff_t>(kLookAheadBytesMax);
  const char* const limit = is_cut ? end : p + kLookAheadBytesMax;
  while (p < limit && *p != '\n' && IsJsonSpace(*p)) ++p;
  if (p == limit) return is_cut ? Lookahead::kNeedMore : Lookahead::kNo;
  return *p == '{' ? Lookahead::kYes : Lookahead::kNo;
}

}  // namespace

Lookahead KeyFollows(const char* p, const char* end) {
  const bool is_cut = end - p < static_cast<ptrdiff_t>(kLookAheadBytesMax);
  const char* const limit = is_cut ? end : p + kLookAheadBytesMax;
  const Lookahead at_limit = is_cut ? Lookahead::kNeedMore : Lookahead::kNo;
  p = SkipSpace(p, limit);
  if (p == limit) return at_limit;
  if (*p != '"') return Lookahead::kNo;
  const char* const key = ++p;
  while (p < limit && *p != '"') {
    if (*p == '\\' || IsControl(*p) || p - key >= static_cast<ptrdiff_t>(kKeyBytesMax)) {
      return Lookahead::kNo;
    }
    ++p;
  }
  if (p == limit) return at_limit;
  if (p == key) return Lookahead::kNo;
  p = SkipSpace(p + 1, limit);
  if (p == limit) return at_limit;
  return *p == ':' ? Lookahead::kYes : Lookahead::kNo;
}

std::optional<size_t> FindRecordStart(std::string_view bytes, size_t from, size_t to,
                                      bool in_array) {
  const std::string_view range = bytes.substr(0, to);
  for (size_t at = range.find('{', from); at != std::string_view::npos;
       at = range.find('{', at + 1)) {
    size_t before = at;
    if (in_array && !StepBackOver(',', bytes, before)) continue;
    if (!StepBackOver('}', bytes, before)) continue;
    const char* const end = bytes.data() + bytes.size();
    if (KeyFollows(bytes.data() + at + 1, end) == Lookahead::kYes) return at;
  }
  return std::nullopt;
}

void RecoveryScanner::Reading::Step(char c) {
  if (c == '\n') {
    // A valid string contains no raw newline, and after damage the parity of quotes cannot be
    // trusted.
    in_string = escaped = false;
  } else if (in_string) {
    if (c == '"' && !escaped) in_string = false;
    escaped = c == '\\' && !escaped;
  } else if (c == '"') {
    in_string = true;
  } else if (c == '{' || c == '[') {
    ++depth;
  } else if ((c == '}' || c == ']') && depth > 0) {
    --depth;
  }
}

// Judges the byte at `p`, before Step() counts it.
RecoveryScanner::Verdict RecoveryScanner::Judge(const char* p, const char* end, const char* refused,
                                                bool at_end) const {
  const auto by = [&](Lookahead lookahead, Verdict yes) {
    if (lookahead == Lookahead::kNeedMore && !at_end) return Verdict::kNeedMore;
    return lookahead == Lookahead::kYes ? yes : Verdict::kGoOn;
  };
  if (*p == '{') {
    return p < refused ? Verdict::kGoOn : by(KeyFollows(p + 1, end), Verdict::kCandidate);
  }
  if (in_array_ && *p == ']' && AtTopLevel()) {
    return by(FileEnds(p + 1, end, at_end), Verdict::kFound);
  }
  // The damaged line ends, and the next one begins like a record.
  if (!in_array_ && *p == '\n' && as_read_.depth == 0) {
    return by(LineOpens(p + 1, end), Verdict::kFound);
  }
  return Verdict::kGoOn;
}

void RecoveryScanner::Observe(const char* begin, const char* end) {
  for (const char* p = begin; p < end; ++p) as_read_.Step(*p);
}

RecoveryScanner::Result RecoveryScanner::Scan(const char* begin, const char* end,
                                              const char* refused, bool at_end) {
  if (!is_scanning_) {
    inverted_ = {as_read_.depth, !as_read_.in_string, false};
    is_scanning_ = true;
  }
  for (const char* p = begin; p < end; ++p) {
    switch (Judge(p, end, refused, at_end)) {
      case Verdict::kGoOn:
        break;
      case Verdict::kFound:
        return {Status::kFound, p};
      case Verdict::kCandidate:
        return {Status::kCandidate, p};
      case Verdict::kNeedMore:
        return {Status::kNeedMore, p};
    }
    as_read_.Step(*p);
    inverted_.Step(*p);
  }
  return {at_end ? Status::kFound : Status::kNeedMore, end};
}

}  // namespace stedi
