// Finds the way back to record level after damage: where the damaged stretch ends. Streaming: needs
// a bounded look-ahead and no byte twice. The rules stand in
// docs/decisions/0002-damage-in-landing-files.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "landing/record_parser.h"

namespace stedi {

// `{` ws* `"` key `"` ws* `:` with at most kWhitespaceMax white space at each place and a key
// of 1..kKeyBytesMax plain bytes.
inline constexpr size_t kWhitespaceMax = 256;
inline constexpr size_t kKeyBytesMax = 256;
inline constexpr size_t kLookAheadBytes =
    1 + kWhitespaceMax + 1 + kKeyBytesMax + 1 + kWhitespaceMax + 1;

// Whether a record with a plain first key begins at text[at]. Needs kLookAheadBytes, or the end of
// the file.
bool BeginsRecord(std::string_view text, size_t at);

class Recovery {
 public:
  // `previous_byte`: the last byte before the fault that is not white space, 0 when there is none.
  Recovery(LexicalState state, char previous_byte, bool in_array);

  // Goes on at text[at]. Returns where the stretch ends; text.size() when it goes on beyond
  // (consumed() says up to where). `is_last`: the file ends with `text`. Without it the last
  // kLookAheadBytes are not looked at.
  bool Advance(std::string_view text, size_t at, bool is_last);
  size_t position() const { return position_; }  // end of the stretch, or where to go on

 private:
  bool CanNest() const;

  LexicalState state_;
  size_t too_deep_ = 0;  // open brackets beyond kDepthMax, kinds unknown
  char previous_byte_;
  bool top_level_;  // garbage between records: nothing was open
  bool in_array_;
  bool escaped_ = false;
  size_t position_ = 0;
};

}  // namespace stedi
