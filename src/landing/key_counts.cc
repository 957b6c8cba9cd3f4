#include "landing/key_counts.h"

#include <algorithm>

#include "files/byte_scan.h"

namespace stedi {
namespace {

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

bool LooksLikeName(std::string_view key) {
  return !key.empty() && key.size() <= KeyCounts::kNameBytesMax && IsLetter(key.front()) &&
         std::ranges::all_of(key, [](char c) { return IsLetter(c) || IsDigit(c); });
}

}  // namespace

void KeyCounts::Add(std::string_view key, uint64_t count) {
  if (const auto found = names_.find(key); found != names_.end()) {
    found->second += count;
  } else if (names_.size() < kNamesMax && LooksLikeName(key)) {
    names_.emplace(key, count);
  } else {
    others_ += count;
  }
}

void KeyCounts::Add(const KeyCounts& counts) {
  for (const auto& [name, count] : counts.names_) Add(name, count);
  others_ += counts.others_;
}

void KeyCounts::Clear() {
  names_.clear();
  others_ = 0;
}

std::vector<std::pair<std::string, uint64_t>> KeyCounts::MostFrequent(size_t limit) const {
  std::vector<std::pair<std::string, uint64_t>> all(names_.begin(), names_.end());
  std::ranges::sort(all, [](const auto& a, const auto& b) {
    return a.second != b.second ? a.second > b.second : a.first < b.first;
  });
  all.resize(std::min(limit, all.size()));
  return all;
}

}  // namespace stedi
