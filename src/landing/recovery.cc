#include "landing/recovery.h"

#include <algorithm>

#include "landing/byte_scan.h"

namespace stedi {
namespace {

// Moves `p` over white space.
const char* SkipSpace(const char* p, const char* end) {
  while (p < end && IsJsonSpace(*p)) ++p;
  return p;
}

// Moves `at` back over white space, then over one `wanted` byte; false when it is not there.
bool StepBackOver(char wanted, std::string_view bytes, size_t& at) {
  while (at > 0 && IsJsonSpace(bytes[at - 1])) --at;
  if (at == 0 || bytes[at - 1] != wanted) return false;
  --at;
  return true;
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

bool RecoveryScanner::CanNest() const {
  const bool in_array_place = previous_token_ == '[' || previous_token_ == ',';
  if (depth_ == 0) return false;
  if (depth_ > brackets_.size()) return in_array_place || previous_token_ == ':';
  return brackets_[depth_ - 1] == '{' ? previous_token_ == ':' : in_array_place;
}

void RecoveryScanner::Push(char bracket) {
  if (depth_ < brackets_.size()) brackets_[depth_] = bracket;
  ++depth_;
}

bool RecoveryScanner::Pop() {
  if (depth_ == 0) return false;
  return --depth_ == 0;
}

void RecoveryScanner::StepInString(char c) {
  if (escaped_) {
    escaped_ = false;
  } else if (c == '\\') {
    escaped_ = true;
  } else if (c == '"') {
    in_string_ = false;
    previous_token_ = '"';
  }
}

RecoveryScanner::Verdict RecoveryScanner::StepAtBrace(const char* p, const char* end, bool at_end) {
  if (previous_byte_ == '}') {
    const Lookahead follows = KeyFollows(p + 1, end);
    if (follows == Lookahead::kNeedMore && !at_end) return Verdict::kNeedMore;
    if (follows == Lookahead::kYes) return Verdict::kStopBefore;
  }
  if (in_string_) {
    StepInString(*p);
    return Verdict::kGoOn;
  }
  if (!CanNest()) return Verdict::kStopBefore;
  Push('{');
  previous_token_ = '{';
  return Verdict::kGoOn;
}

RecoveryScanner::Verdict RecoveryScanner::Step(const char* p, const char* end, bool at_end) {
  const char c = *p;
  if (c == '{') return StepAtBrace(p, end, at_end);
  if (c == '\n') {
    // A string holds no raw newline, and after damage the parity of quotes is not to be trusted.
    if (in_string_) previous_token_ = '"';
    in_string_ = escaped_ = false;
    return depth_ == 0 ? Verdict::kStopBefore : Verdict::kGoOn;
  }
  if (in_string_) {
    StepInString(c);
    return Verdict::kGoOn;
  }
  if (IsJsonSpace(c)) return Verdict::kGoOn;
  if (depth_ == 0 && ends_at_separator_ && (c == ',' || c == ']')) return Verdict::kStopBefore;
  previous_token_ = c;
  if (c == '"') {
    in_string_ = true;
  } else if (c == '[') {
    Push(c);
  } else if ((c == '}' || c == ']') && Pop()) {
    return Verdict::kStopAfter;
  }
  return Verdict::kGoOn;
}

void RecoveryScanner::Observe(const char* begin, const char* end) {
  for (const char* p = begin; p < end; ++p) {
    const char c = *p;
    if (!IsJsonSpace(c)) previous_byte_ = c;
    if (in_string_) {
      StepInString(c);
      continue;
    }
    if (IsJsonSpace(c)) continue;
    previous_token_ = c;
    if (c == '"') {
      in_string_ = true;
    } else if (c == '{' || c == '[') {
      Push(c);
    } else if (c == '}' || c == ']') {
      Pop();
    }
  }
}

RecoveryScanner::Result RecoveryScanner::Scan(const char* begin, const char* end, bool at_end) {
  for (const char* p = begin; p < end; ++p) {
    switch (Step(p, end, at_end)) {
      case Verdict::kGoOn:
        break;
      case Verdict::kStopBefore:
        return {Status::kFound, p};
      case Verdict::kStopAfter:
        return {Status::kFound, p + 1};
      case Verdict::kNeedMore:
        return {Status::kNeedMore, p};
    }
    if (!IsJsonSpace(*p)) previous_byte_ = *p;
  }
  return {at_end ? Status::kFound : Status::kNeedMore, end};
}

}  // namespace stedi
