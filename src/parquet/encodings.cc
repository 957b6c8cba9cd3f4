#include "parquet/encodings.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cstring>
#include <type_traits>

#include "parquet/thrift_writer.h"

namespace stedi {
namespace {

static_assert(std::endian::native == std::endian::little, "values are written as they lie");

constexpr size_t kByteBits = 8;
constexpr size_t kGroup = 8;  // bit-packed values come in groups of this size
constexpr int kWordBits = 32;

// Packs numbers of a few bits each one after another, the lowest bit first.
class BitPacker {
 public:
  // `out` must have room for all packed bytes and for 4 more.
  explicit BitPacker(char* out) : out_(out) {}

  void Put(uint64_t value, int bits) {
    if (bits > kWordBits) {
      PutWord(static_cast<uint32_t>(value), kWordBits);
      value >>= kWordBits;
      bits -= kWordBits;
    }
    PutWord(static_cast<uint32_t>(value), bits);
  }
  void Flush() { std::memcpy(out_, &bits_, sizeof(uint32_t)); }

 private:
  void PutWord(uint32_t value, int bits) {
    bits_ |= uint64_t{value} << filled_;
    filled_ += bits;
    if (filled_ < kWordBits) return;
    std::memcpy(out_, &bits_, sizeof(uint32_t));
    out_ += sizeof(uint32_t);
    bits_ >>= kWordBits;
    filled_ -= kWordBits;
  }

  char* out_;
  uint64_t bits_ = 0;
  int filled_ = 0;  // below 32
};

// Appends values that are not a run, bit-packed in whole groups. The last group is padded with
// zeros.
void AppendLiterals(std::span<const uint32_t> values, int bit_width, std::string& out) {
  if (values.empty()) return;
  const size_t groups = (values.size() + kGroup - 1) / kGroup;
  AppendVarint(groups << 1 | 1, out);
  const size_t begin = out.size();
  const size_t end = begin + groups * static_cast<size_t>(bit_width);
  out.resize(end + 2 * sizeof(uint32_t));
  BitPacker packer(out.data() + begin);
  for (const uint32_t value : values) packer.Put(value, bit_width);
  packer.Flush();
  out.resize(end);
}

size_t RunLength(std::span<const uint32_t> values, size_t at) {
  size_t end = at + 1;
  while (end < values.size() && values[end] == values[at]) ++end;
  return end - at;
}

constexpr size_t kDeltaBlock = 128;
constexpr size_t kMiniBlocks = 4;
constexpr size_t kMiniBlock = kDeltaBlock / kMiniBlocks;

// Appends one block: its least delta, the bit width of each miniblock, and the miniblocks.
// Miniblocks without values take no bytes.
template <class Value>
void AppendDeltaBlock(std::span<const Value> deltas, std::string& out) {
  using Word = std::make_unsigned_t<Value>;
  const Value least = *std::ranges::min_element(deltas);
  AppendVarint(Zigzag(least), out);
  const size_t widths_at = out.size();
  out.append(kMiniBlocks, '\0');
  std::array<Word, kMiniBlock> rest{};
  for (size_t mini = 0; mini * kMiniBlock < deltas.size(); ++mini) {
    const auto part =
        deltas.subspan(mini * kMiniBlock, std::min(kMiniBlock, deltas.size() - mini * kMiniBlock));
    rest.fill(0);
    Word all = 0;
    for (size_t i = 0; i < part.size(); ++i) {
      rest[i] = static_cast<Word>(static_cast<Word>(part[i]) - static_cast<Word>(least));
      all |= rest[i];
    }
    const auto width = static_cast<int>(std::bit_width(all));
    out[widths_at + mini] = static_cast<char>(width);
    const size_t begin = out.size();
    const size_t end = begin + kMiniBlock / kByteBits * static_cast<size_t>(width);
    out.resize(end + 2 * sizeof(uint32_t));
    BitPacker packer(out.data() + begin);
    for (const Word value : rest) packer.Put(value, width);
    packer.Flush();
    out.resize(end);
  }
}

}  // namespace

void AppendRleRun(uint32_t value, size_t count, int bit_width, std::string& out) {
  if (count == 0) return;
  AppendVarint(count << 1, out);
  const auto bits = static_cast<size_t>(bit_width);
  for (size_t shift = 0; shift < bits; shift += kByteBits) {
    out += static_cast<char>(value >> shift);
  }
}

void AppendRleHybrid(std::span<const uint32_t> values, int bit_width, std::string& out) {
  assert(bit_width <= kWordBits);
  size_t literals = 0;  // where the values that are not written yet begin
  for (size_t at = 0; at < values.size();) {
    size_t run = RunLength(values, at);
    // The literals before a run must be whole groups, so the run's first values fill up the last.
    const size_t lacking = (kGroup - (at - literals) % kGroup) % kGroup;
    if (run >= kGroup + lacking) {
      AppendLiterals(values.subspan(literals, at + lacking - literals), bit_width, out);
      AppendRleRun(values[at], run - lacking, bit_width, out);
      literals = at + run;
    }
    at += run;
  }
  AppendLiterals(values.subspan(literals), bit_width, out);
}

template <class Value>
void AppendDelta(std::span<const Value> values, std::string& out) {
  using Word = std::make_unsigned_t<Value>;
  AppendVarint(kDeltaBlock, out);
  AppendVarint(kMiniBlocks, out);
  AppendVarint(values.size(), out);
  AppendVarint(values.empty() ? 0 : Zigzag(values[0]), out);
  std::array<Value, kDeltaBlock> deltas;
  for (size_t at = 1; at < values.size(); at += kDeltaBlock) {
    const size_t count = std::min(kDeltaBlock, values.size() - at);
    for (size_t i = 0; i < count; ++i) {
      // The difference is modulo 2^n, as is the addition in readers.
      deltas[i] = static_cast<Value>(static_cast<Word>(values[at + i]) -
                                     static_cast<Word>(values[at + i - 1]));
    }
    AppendDeltaBlock(std::span<const Value>(deltas).first(count), out);
  }
}
template void AppendDelta<int32_t>(std::span<const int32_t>, std::string&);
template void AppendDelta<int64_t>(std::span<const int64_t>, std::string&);

void AppendBits(std::span<const int64_t> values, std::string& out) {
  for (size_t at = 0; at < values.size(); at += kByteBits) {
    unsigned byte = 0;
    for (size_t i = at; i < std::min(at + kByteBits, values.size()); ++i) {
      byte |= static_cast<unsigned>(values[i] & 1) << (i - at);
    }
    out += static_cast<char>(byte);
  }
}

}  // namespace stedi
