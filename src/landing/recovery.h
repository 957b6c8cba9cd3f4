// Finds where reading can resume after damage: before a '{' that is followed by a key and is proven
// to begin a record (record_proof.h), whatever brackets and quotes seem to be open. They are still
// counted, to recognize the end of a damaged line and the end of a top-level array.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "landing/json_lexer.h"

namespace stedi {

// The pattern `{ "key" :` counts only if it is complete within this many bytes of its '{'.
inline constexpr size_t kLookAheadBytesMax = 4096;
inline constexpr size_t kKeyBytesMax = 256;

enum class Lookahead : uint8_t { kNo, kYes, kNeedMore };
// Whether `ws* "key" ws* :` follows. `p` is just after the '{'. kNeedMore: it depends on bytes
// after `end`.
Lookahead KeyFollows(const char* p, const char* end);

// Returns the position of the first '{' in bytes[from, to) that ends the pattern `}{` (in a
// top-level array `},{`; white space may be anywhere between) and is followed by a key. A record
// seems to begin there, but only reading up to that position can confirm it.
std::optional<size_t> FindRecordStart(std::string_view bytes, size_t from, size_t to,
                                      bool in_array);

class RecoveryScanner {
 public:
  // Begins at top level, where no bracket is open.
  explicit RecoveryScanner(bool in_array) : in_array_(in_array) {}

  // Counts the brackets and quotes of the valid beginning of a record.
  void Observe(const char* begin, const char* end);

  enum class Status : uint8_t {
    kFound,      // reading resumes at `stop`
    kCandidate,  // a record may begin at `stop`; to refuse it, scan on from there
    kNeedMore,   // all bytes before `stop` are scanned; scan on from there with more bytes
  };
  struct Result {
    Status status;
    const char* stop;
  };
  // Scans on at `begin`. Candidates before `refused` are ignored. `at_end`: no bytes follow `end`;
  // the result is then never kNeedMore.
  Result Scan(const char* begin, const char* end, const char* refused, bool at_end);

  // Whether all brackets since the beginning are closed, in at least one of the two readings.
  bool AtTopLevel() const { return as_read_.AtTopLevel() || inverted_.AtTopLevel(); }

 private:
  // The open brackets and quotes. There are two readings, because damage may have exchanged what is
  // inside of strings and what is outside.
  struct Reading {
    uint64_t depth = 0;
    bool in_string = false;
    bool escaped = false;

    void Step(char c);
    bool AtTopLevel() const { return depth == 0 && !in_string; }
  };
  enum class Verdict : uint8_t { kGoOn, kFound, kCandidate, kNeedMore };
  Verdict Judge(const char* p, const char* end, const char* refused, bool at_end) const;

  Reading as_read_;
  Reading inverted_;
  bool is_scanning_ = false;
  bool in_array_;
};

}  // namespace stedi
