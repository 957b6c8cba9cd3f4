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

// Whether a string that is an element of an array, and no key, stands in [p, end).
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
    // A record of that length, and what follows it.
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
        // A string holds no raw newline: after it, the next record may begin.
        const bool has_control = lexer.first_control() != nullptr;
        return NotProven(has_control ? lexer.first_control() : lexer.position());
      }
      p = lexer.position();
      // The reader takes such text for damage, where no record is around it.
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
    return {has_comma_ ? Proof::kOpen : Proof::kUnknown, std::max(next, begin_ + 1)};
  }

  // What stands at `next` is part of an object. Values that follow each other are not: that is
  // damage.
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

  // `p` stands at what is behind the value [value, behind), and is no ','.
  ProofResult AtLast(const char* value, const char* behind, const char* p) {
    if (*p == ']') return AtBracket(p);
    if (*p == '}') return InObject(p + 1);
    const bool is_empty = !has_comma_ && SkipSpace(value + 1, behind) == behind - 1;
    if (is_empty && !HasNewline(behind, p)) return NotProven(p);
    if (*p == '{' || *p == '[') return Proven();
    // A line of its own that is followed by damage is whole. `}` in place of `,` makes a record of
    // the beginning of one, which the rest of its keys follow.
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
  bool is_limited_ = false;  // bytes follow `end_`, but a record ends before them
  bool at_end_ = false;
  bool is_first_ = true;  // the value at hand is the object at `begin_`
  bool has_comma_ = false;
};

}  // namespace

Follow WhatFollows(const char* p, const char* end, bool at_end, bool in_array, bool is_empty) {
  const bool is_cut = end - p < static_cast<ptrdiff_t>(kLookAheadBytesMax);
  const char* const limit = is_cut ? end : p + kLookAheadBytesMax;
  const char* const behind = p;
  Follow at_limit = Follow::kAsk;
  if (is_cut) at_limit = at_end ? Follow::kSure : Follow::kNeedMore;
  p = SkipSpace(p, limit);
  if (p == limit) return at_limit;
  if (is_empty && !in_array && !HasNewline(behind, p)) return Follow::kAsk;
  if (*p == '{' || *p == '[') return Follow::kSure;
  if (*p != ',' || !in_array) return Follow::kAsk;
  p = SkipSeparators(p, limit);
  if (p == limit) return at_limit;
  if (*p == '}' || *p == ':' || *p == ']') return Follow::kAsk;
  if (*p != '"' || IsTextElement(p, limit)) return Follow::kSure;
  return is_cut && !at_end ? Follow::kNeedMore : Follow::kAsk;
}

ProofResult ProveRecord(const char* begin, const char* end, bool at_end,
                        const ProofLimits& limits) {
  return RecordProof(begin, end, at_end, limits).Run();
}

}  // namespace stedi
