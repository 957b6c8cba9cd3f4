// Finds where reading can start again after damage: before a '{' with a key that is proven to begin
// a record (record_proof.h), whatever brackets and quotes seem to be open. It still counts them, to
// recognize the end of a line that is not part of a record, and the end of a top-level array.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "landing/json_lexer.h"

namespace stedi {

// The pattern `{ "key" :` only counts if it is complete within this many bytes of its '{'.
inline constexpr size_t kLookAheadBytesMax = 4096;
inline constexpr size_t kKeyBytesMax = 256;

enum class Lookahead : uint8_t { kNo, kYes, kNeedMore };
// Whether ws* "key" ws* : follows; `p` stands after the '{'. kNeedMore: it depends on bytes at
// `end`.
Lookahead KeyFollows(const char* p, const char* end);

// The first '{' in bytes[from, to) that ends the pattern `}{` (in a top-level array `},{`; white
// space may stand anywhere) and is followed by a key. A record seems to begin there, which reading
// up to that place must confirm.
std::optional<size_t> FindRecordStart(std::string_view bytes, size_t from, size_t to,
                                      bool in_array);

class RecoveryScanner {
 public:
  // At top level: no bracket is open.
  explicit RecoveryScanner(bool in_array) : in_array_(in_array) {}

  // Takes in the valid beginning of a record without looking for an end.
  void Observe(const char* begin, const char* end);

  enum class Status : uint8_t {
    kFound,      // reading starts again at `stop`
    kCandidate,  // perhaps a record begins at `stop`; to refuse it, scan on from there
    kNeedMore,   // everything before `stop` is taken in; show bytes from there on, and more of them
  };
  struct Result {
    Status status;
    const char* stop;
  };
  // Candidates before `refused` are passed over. `at_end`: no bytes follow `end`; then the result
  // is never kNeedMore.
  Result Scan(const char* begin, const char* end, const char* refused, bool at_end);

  // Whether the brackets since the beginning are closed again, by one of the two readings.
  bool AtTopLevel() const { return as_read_.AtTopLevel() || inverted_.AtTopLevel(); }

 private:
  // Open brackets and quotes. Damage may have inverted what is inside of strings and what is not.
  struct Reading {
    uint64_t depth = 0;
    bool in_string = false;
    bool escaped = false;

    void Step(char c);
    bool AtTopLevel() const { return depth == 0 && !in_string; }
  };
  enum class Verdict : uint8_t { kGoOn, kFound, kCandidate, kNeedMore };
  Verdict Look(const char* p, const char* end, const char* refused, bool at_end) const;

  Reading as_read_;
  Reading inverted_;
  bool is_scanning_ = false;
  bool in_array_;
};

}  // namespace stedi
