// Keys of TBLPROPERTIES that are used not only by their parser (table_properties.cc).
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
inline constexpr const char* kNotNullKey = "not_null";
inline constexpr const char* kNoteKey = "note";
inline constexpr const char* kPiiKey = "pii";
inline constexpr std::string_view kUniquePrefix = "unique.";  // before the expectation's name
inline constexpr std::string_view kActionSuffix = ".action";  // after the expectation's key

// The parts before the first dot of Iceberg's own table properties, which are copied to the table
// unchanged.
inline constexpr std::array<std::string_view, 3> kIcebergPrefixes = {"write", "commit", "history"};
inline bool IsIcebergProperty(std::string_view key) {
  const size_t dot = key.find('.');
  return dot != std::string_view::npos &&
         std::ranges::find(kIcebergPrefixes, key.substr(0, dot)) != kIcebergPrefixes.end();
}

}  // namespace stedi
