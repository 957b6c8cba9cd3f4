#include "landing/contract.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/ascii_case.h"
#include "base/error.h"

namespace stedi {
namespace {

constexpr size_t kNameBytesMax = 255;

bool IsLowerCase(std::string_view name) {
  return std::all_of(name.begin(), name.end(), [](char c) { return LowerLetter(c) == c; });
}

}  // namespace

bool IsAddedColumn(std::string_view name) {
  return std::ranges::find(kAddedColumns, name, &AddedColumn::name) != kAddedColumns.end();
}

ContractIndex::ContractIndex(const Contract& contract) {
  if (contract.columns.size() > kContractColumnsMax) {
    throw Error(ErrorCode::kInvalid, fmt::format("a feed has {} columns; at most {} are possible",
                                                 contract.columns.size(), kContractColumnsMax));
  }
  for (const ContractColumn& column : contract.columns) {
    if (column.name.empty() || column.name.size() > kNameBytesMax || !IsLowerCase(column.name)) {
      throw Error(ErrorCode::kInvalid,
                  fmt::format("'{}' cannot name a column of a feed: use 1 to {} lower-case letters",
                              column.name, kNameBytesMax));
    }
    columns_.emplace_back(column.name, columns_.size());
    name_bytes_max_ = std::max(name_bytes_max_, column.name.size());
  }
  std::sort(columns_.begin(), columns_.end());
  const auto twin =
      std::adjacent_find(columns_.begin(), columns_.end(),
                         [](const auto& a, const auto& b) { return a.first == b.first; });
  if (twin != columns_.end()) {
    throw Error(ErrorCode::kInvalid,
                fmt::format("a feed names the column {} twice: remove one", twin->first));
  }
}

std::optional<size_t> ContractIndex::FindColumn(std::string_view key) const {
  if (key.size() > name_bytes_max_) return std::nullopt;
  std::array<char, kNameBytesMax> folded;
  std::transform(key.begin(), key.end(), folded.begin(), LowerLetter);
  const std::string_view name(folded.data(), key.size());
  const auto found = std::lower_bound(
      columns_.begin(), columns_.end(), name,
      [](const auto& column, std::string_view wanted) { return column.first < wanted; });
  if (found == columns_.end() || found->first != name) return std::nullopt;
  return found->second;
}

}  // namespace stedi
