#include "files/utf8.h"

#include <cstddef>
#include <cstring>

namespace stedi {
namespace {

constexpr uint64_t kHighBits = 0x8080808080808080U;

bool IsContinuation(char c) { return (static_cast<uint8_t>(c) & 0xC0U) == 0x80U; }

// Returns the length of the valid sequence at `p`, or 0 when there is none. `left` bytes, at least
// one, are readable.
size_t SequenceLength(const char* p, size_t left) {
  const auto lead = static_cast<uint8_t>(*p);
  if (lead < 0x80) return 1;
  if (lead < 0xC2 || left < 2) return 0;
  const auto second = static_cast<uint8_t>(p[1]);
  if (lead < 0xE0) return IsContinuation(p[1]) ? 2 : 0;
  if (lead < 0xF0) {
    // E0 80..9F is overlong, ED A0..BF are surrogates.
    const uint8_t low = lead == 0xE0 ? 0xA0 : 0x80;
    const uint8_t high = lead == 0xED ? 0x9F : 0xBF;
    if (left < 3 || second < low || second > high) return 0;
    return IsContinuation(p[2]) ? 3 : 0;
  }
  if (lead > 0xF4 || left < 4) return 0;
  // F0 80..8F is overlong, F4 90.. is above U+10FFFF.
  const uint8_t low = lead == 0xF0 ? 0x90 : 0x80;
  const uint8_t high = lead == 0xF4 ? 0x8F : 0xBF;
  if (second < low || second > high) return 0;
  return IsContinuation(p[2]) && IsContinuation(p[3]) ? 4 : 0;
}

}  // namespace

const char* FindInvalidUtf8(std::string_view text) {
  const char* p = text.data();
  const char* const end = p + text.size();
  while (p < end) {
    uint64_t word = 0;
    if (end - p >= 8) {
      std::memcpy(&word, p, 8);
      if ((word & kHighBits) == 0) {
        p += 8;
        continue;
      }
    }
    const size_t length = SequenceLength(p, static_cast<size_t>(end - p));
    if (length == 0) return p;
    p += length;
  }
  return nullptr;
}

std::string ReplaceInvalidUtf8(std::string_view text) {
  std::string out;
  while (const char* const invalid = FindInvalidUtf8(text)) {
    const auto valid = static_cast<size_t>(invalid - text.data());
    out.append(text.substr(0, valid)).append("\xEF\xBF\xBD");
    text.remove_prefix(valid + 1);
  }
  return out.append(text);
}

char* WriteUtf8(uint32_t code_point, char* out) {
  const auto put = [&out](uint32_t byte) { *out++ = static_cast<char>(byte); };
  const auto put_tail = [&](uint32_t shift) { put(0x80U | ((code_point >> shift) & 0x3FU)); };
  if (code_point < 0x80) {
    put(code_point);
  } else if (code_point < 0x800) {
    put(0xC0U | (code_point >> 6U));
    put_tail(0);
  } else if (code_point < 0x10000) {
    put(0xE0U | (code_point >> 12U));
    put_tail(6);
    put_tail(0);
  } else {
    put(0xF0U | (code_point >> 18U));
    put_tail(12);
    put_tail(6);
    put_tail(0);
  }
  return out;
}

}  // namespace stedi
