// Keys of TBLPROPERTIES that more than their parser (table_properties.cc) reads.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace stedi {

inline constexpr const char* kPathKey = "feed.path";
inline constexpr const char* kRejectedKey = "feed.rejected";
inline constexpr const char* kMaxRejectedKey = "feed.max_rejected";
inline constexpr const char* kMayBeEmptyKey = "may_be_empty";
inline constexpr const char* kNoteKey = "note";
inline constexpr const char* kPiiKey = "pii";
inline constexpr std::string_view kUniquePrefix = "unique.";  // then the name of the expectation
inline constexpr std::string_view kActionSuffix = ".action";  // behind the key of an expectation

// Of Iceberg's own table properties, before a dot. Tables get them as they are.
inline constexpr std::array<std::string_view, 3> kIcebergPrefixes = {"write", "commit", "history"};
inline bool IsIcebergProperty(std::string_view key) {
  const size_t dot = key.find('.');
  return dot != std::string_view::npos &&
         std::ranges::find(kIcebergPrefixes, key.substr(0, dot)) != kIcebergPrefixes.end();
}

}  // namespace stedi
