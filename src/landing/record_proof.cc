#include "landing/record_proof.h"

#include <algorithm>
#include <cstring>

#include "files/byte_scan.h"
#include "landing/json_lexer.h"

namespace stedi {
namespace {

const char* SkipSpace(const char* p, const char* end) {
  while (p < end && IsJsonSpace(*p)) ++p;
  return p;
}

const char* SkipSeparators(const char* p, const char* end) {
  while (p < end && (IsJsonSpace(*p) || *p == ',')) ++p;
  return p;
}

bool HasNewline(const char* begin, const char* end) {
  return std::memchr(begin, '\n', static_cast<size_t>(end - begin)) != nullptr;
}

// Whether [p, end) begins with a string that is an element of an array, and not a key.
bool IsTextElement(const char* p, const char* end) {
  JsonLexer lexer(p, end);
  JsonValue value;
  if (!lexer.ReadString(value) || !lexer.SkipSpace()) return false;
  return lexer.Peek() == ',' || lexer.Peek() == ']';
}

class RecordProof {
 public:
  RecordProof(const char* begin, const char* end, bool at_end, const ProofLimits& limits)
      : size_counts_(limits.size_counts), begin_(begin) {
    // The longest record, and the bytes that follow it.
    const uint64_t limit = limits.record_bytes_max + kLookAheadBytesMax;
    is_limited_ = static_cast<uint64_t>(end - begin) > limit;
    at_end_ = at_end && !is_limited_;
    end_ = is_limited_ ? begin + limit : end;
  }

  ProofResult Run() {
    const char* p = begin_;
    while (true) {
      const char* const value = p;
      is_first_ = p == begin_;
      JsonLexer lexer(p, end_);
      JsonValue ignored;
      if (!lexer.ReadValue(ignored, 0)) {
        if (lexer.status() == LexStatus::kNeedMore) return AtEndOfBytes(true);
        // A valid string contains no raw newline, so the next record may begin after this one.
        const bool has_control = lexer.first_control() != nullptr;
        return NotProven(has_control ? lexer.first_control() : lexer.position());
      }
      p = lexer.position();
      // Outside of records, the reader treats a value with a raw control byte as damage.
      const bool is_garbage = lexer.first_control() != nullptr && *value != '{';
      if (is_garbage) return NotProven(p);
      const char* const behind = p;
      p = SkipSpace(p, end_);
      if (p == end_) return AtEndOfBytes(false);
      if (*p != ',') return AtLast(value, behind, p);
      has_comma_ = true;
      p = SkipSeparators(p, end_);
      if (p == end_) return AtEndOfBytes(false);
      if (*p == ']') return AtBracket(p);
      if (*p == '}' || *p == ':') return InObject(p);
      if (*p != '"') continue;
      const Lookahead key = IsKey(p);
      if (key == Lookahead::kYes) return InObject(p);
      if (key == Lookahead::kNeedMore) return AtEndOfBytes(true);
    }
  }

 private:
  ProofResult Proven() const { return {has_comma_ ? Proof::kElement : Proof::kRecord, nullptr}; }

  ProofResult NotProven(const char* next) const {
    return {has_comma_ ? Proof::kUndecided : Proof::kUnknown, std::max(next, begin_ + 1)};
  }

  // Returns the result when a '}', ':' or key follows the values that were read. After one value it
  // shows that the value is nested in an object. After several values in a row, which no object
  // contains, it is damage.
  ProofResult InObject(const char* next) const {
    return is_first_ ? ProofResult{Proof::kNested, next} : NotProven(next);
  }

  ProofResult AtEndOfBytes(bool in_value) const {
    if (is_limited_) {
      return size_counts_ && has_comma_ ? ProofResult{Proof::kElement, nullptr} : NotProven(end_);
    }
    if (!at_end_) return {Proof::kNeedMore, nullptr};
    return in_value ? NotProven(end_) : Proven();
  }

  Lookahead IsKey(const char* p) const {
    JsonLexer lexer(p, end_);
    JsonValue ignored;
    if (!lexer.ReadString(ignored) || !lexer.SkipSpace()) {
      return lexer.status() == LexStatus::kNeedMore ? Lookahead::kNeedMore : Lookahead::kNo;
    }
    return lexer.Peek() == ':' ? Lookahead::kYes : Lookahead::kNo;
  }

  // `p` is at the first byte after the value [value, behind) that is not white space. The byte is
  // not a ','.
  ProofResult AtLast(const char* value, const char* behind, const char* p) {
    if (*p == ']') return AtBracket(p);
    if (*p == '}') return InObject(p + 1);
    const bool is_empty = !has_comma_ && SkipSpace(value + 1, behind) == behind - 1;
    if (is_empty && !HasNewline(behind, p)) return NotProven(p);
    if (*p == '{' || *p == '[') return Proven();
    // An object that ends its line is complete, even if damage follows. But if a '}' has replaced a
    // ',' in a record of several lines, the object is only the beginning of the record, and the
    // rest of its keys follow.
    const bool is_line = HasNewline(behind, p);
    const bool may_be_key = *p == '"' || *p == ':';
    if (!is_line || (may_be_key && HasNewline(value, behind))) return NotProven(p);
    return Proven();
  }

  ProofResult AtBracket(const char* p) {
    p = SkipSpace(p + 1, end_);
    if (p == end_ && at_end_) return {Proof::kElement, nullptr};
    if (p == end_) return AtEndOfBytes(false);
    if (*p == ',' || *p == '}' || *p == ']') return {Proof::kNested, p};
    return Proven();
  }

  const bool size_counts_;
  const char* const begin_;
  const char* end_ = nullptr;
  bool is_limited_ = false;  // bytes follow `end_`, but no record reaches them
  bool at_end_ = false;
  bool is_first_ = true;  // the current value is the object at `begin_`
  bool has_comma_ = false;
};

}  // namespace

Following ClassifyFollowing(const char* p, const char* end, bool at_end, bool in_array,
                            bool is_empty) {
  const bool is_cut = end - p < static_cast<ptrdiff_t>(kLookAheadBytesMax);
  const char* const limit = is_cut ? end : p + kLookAheadBytesMax;
  const char* const behind = p;
  Following at_limit = Following::kUndecided;
  if (is_cut) at_limit = at_end ? Following::kProvesRecord : Following::kNeedMore;
  p = SkipSpace(p, limit);
  if (p == limit) return at_limit;
  if (is_empty && !in_array && !HasNewline(behind, p)) return Following::kUndecided;
  if (*p == '{' || *p == '[') return Following::kProvesRecord;
  if (*p != ',' || !in_array) return Following::kUndecided;
  p = SkipSeparators(p, limit);
  if (p == limit) return at_limit;
  if (*p == '}' || *p == ':' || *p == ']') return Following::kUndecided;
  if (*p != '"' || IsTextElement(p, limit)) return Following::kProvesRecord;
  return is_cut && !at_end ? Following::kNeedMore : Following::kUndecided;
}

ProofResult ProveRecord(const char* begin, const char* end, bool at_end,
                        const ProofLimits& limits) {
  return RecordProof(begin, end, at_end, limits).Run();
}

}  // namespace stedi
