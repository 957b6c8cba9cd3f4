// Counts the keys of records that the contract does not name. Keys, like values, may be personal
// data: only those that look like the name of a field are kept, and at most kNamesMax of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace stedi {

class KeyCounts {
 public:
  static constexpr size_t kNamesMax = 1000;
  static constexpr size_t kNameBytesMax = 40;

  // `key` is the key as it is written in the record. Only a short ASCII identifier is kept, as long
  // as there are fewer than kNamesMax; anything else only adds to others().
  void Add(std::string_view key) { Add(key, 1); }
  void Add(const KeyCounts& counts);
  void Clear();
  bool empty() const { return names_.empty() && others_ == 0; }

  // Returns at most `limit` names with their counts, the most frequent first.
  std::vector<std::pair<std::string, uint64_t>> MostFrequent(size_t limit) const;
  size_t names() const { return names_.size(); }
  uint64_t others() const { return others_; }

 private:
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  void Add(std::string_view key, uint64_t count);

  std::unordered_map<std::string, uint64_t, Hash, std::equal_to<>> names_;
  uint64_t others_ = 0;
};

}  // namespace stedi
