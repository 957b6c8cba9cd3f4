// The distinct texts of a column, each stored once.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace stedi {

class TextDictionary {
 public:
  TextDictionary();

  // Sets indices[i] to the index of texts[i]: 0 for the first text, 1 for the next different one,
  // and so on. It takes many texts at once, so that the memory for one text can be prefetched while
  // others are looked up.
  void Add(std::span<const std::string_view> texts, uint32_t* indices);

  size_t size() const { return ends_.size(); }
  std::string_view At(uint32_t index) const {
    const size_t begin = index == 0 ? 0 : ends_[index - 1];
    return std::string_view(bytes_).substr(begin, ends_[index] - begin);
  }
  // The size of all distinct texts.
  size_t bytes() const { return bytes_.size(); }
  void Clear();

 private:
  struct Slot {
    uint32_t hash = 0;   // the upper half: if it differs, the texts need not be compared
    uint32_t index = 0;  // of the text + 1; 0: empty
  };
  void Grow();
  uint64_t HashOf(std::string_view text) const;
  uint32_t AddOne(std::string_view text, uint64_t hash);

  uint64_t seed_;
  std::vector<Slot> slots_;  // their number is a power of two; linear probing
  std::vector<uint64_t> hashes_;
  std::vector<size_t> ends_;  // where each text ends in bytes_
  std::string bytes_;
};

}  // namespace stedi
