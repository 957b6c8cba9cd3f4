#include "landing/row_buffer.h"

#include <algorithm>
#include <cassert>
#include <cstring>

#include "landing/coercion.h"

namespace stedi {
namespace {

constexpr size_t kFirstRows = 4096;  // a multiple of 64, so that validity grows in whole words
constexpr size_t kInlineBytes = 12;

size_t WidthOf(ColumnType type) {
  switch (type) {
    case ColumnType::kString:
      return sizeof(StringCell);
    case ColumnType::kBigint:
    case ColumnType::kDouble:
      return 8;
    case ColumnType::kInt:
      return 4;
    case ColumnType::kBoolean:
      return 1;
  }
  assert(false);
  return 0;
}

// The inside of a string that is wholly a JSON number, or nothing.
std::optional<std::string_view> NumberOf(const Member& member) {
  if (member.kind == ValueKind::kNumber) return member.value;
  if (member.kind != ValueKind::kString || member.value_escaped) return std::nullopt;
  const std::string_view inside = member.value.substr(1, member.value.size() - 2);
  return IsNumber(inside) ? std::optional(inside) : std::nullopt;
}

}  // namespace

std::string_view TextArena::Keep(std::string_view text) {
  if (used_ + text.size() > capacity_) {
    capacity_ = std::max(kChunkBytes, text.size());
    used_ = 0;
    chunks_.push_back(std::make_unique<char[]>(capacity_));
  }
  char* kept = chunks_.back().get() + used_;
  std::memcpy(kept, text.data(), text.size());
  used_ += text.size();
  return {kept, text.size()};
}

void TextArena::Clear() {
  chunks_.clear();
  used_ = capacity_ = 0;
}

RowBuffer::RowBuffer(const Contract& contract)
    : index_(contract), rescued_{ColumnType::kString, false, {}, {}, false} {
  for (const ContractColumn& column : contract.columns) {
    columns_.push_back({column.type, column.not_null, {}, {}, false});
  }
  member_of_column_.resize(columns_.size());
}

void RowBuffer::Clear() {
  offsets_.clear();
  arena_.Clear();
  const auto all_valid = [](Column& column) {
    std::ranges::fill(column.validity, ~uint64_t{0});
    column.has_null = false;
  };
  std::ranges::for_each(columns_, all_valid);
  all_valid(rescued_);
}

void RowBuffer::Grow() {
  if (offsets_.size() < capacity_rows_) return;
  capacity_rows_ = std::max(kFirstRows, capacity_rows_ * 2);
  const auto grow = [&](Column& column) {
    column.data.resize(capacity_rows_ * WidthOf(column.type));
    column.validity.resize(capacity_rows_ / 64, ~uint64_t{0});
  };
  std::ranges::for_each(columns_, grow);
  grow(rescued_);
}

StringCell RowBuffer::Cell(std::string_view text) {
  StringCell cell{};
  cell.length = static_cast<uint32_t>(text.size());
  if (text.size() <= kInlineBytes) {
    std::memcpy(reinterpret_cast<char*>(&cell) + offsetof(StringCell, prefix), text.data(),
                text.size());
  } else {
    std::memcpy(cell.prefix, text.data(), sizeof(cell.prefix));
    cell.pointer = text.data();
  }
  return cell;
}

void RowBuffer::SetNull(Column& column) {
  const size_t row = offsets_.size();
  column.validity[row / 64] &= ~(uint64_t{1} << (row % 64));
  column.has_null = true;
}

std::optional<RejectReason> RowBuffer::StoreText(Column& column, const Member& member) {
  std::string_view text = member.value;
  if (member.kind == ValueKind::kString) {
    text = text.substr(1, text.size() - 2);
    if (member.value_escaped) {
      scratch_.clear();
      if (!Unescape(text, scratch_)) return RejectReason::kInvalidUtf8;
      text = arena_.Keep(scratch_);
    }
  } else if (member.kind != ValueKind::kNumber) {
    return RejectReason::kTypeMismatch;
  }
  const StringCell cell = Cell(text);
  std::memcpy(column.data.data() + offsets_.size() * sizeof(cell), &cell, sizeof(cell));
  return std::nullopt;
}

std::optional<RejectReason> RowBuffer::Store(Column& column, const Member& member) {
  if (column.type == ColumnType::kString) return StoreText(column, member);
  char* slot = column.data.data() + offsets_.size() * WidthOf(column.type);
  const auto put = [&](auto value) { std::memcpy(slot, &value, sizeof(value)); };
  if (column.type == ColumnType::kBoolean) {
    if (member.kind != ValueKind::kTrue && member.kind != ValueKind::kFalse)
      return RejectReason::kTypeMismatch;
    put(static_cast<uint8_t>(member.kind == ValueKind::kTrue));
    return std::nullopt;
  }
  const std::optional<std::string_view> number = NumberOf(member);
  if (!number.has_value()) return RejectReason::kTypeMismatch;
  std::optional<RejectReason> reason;
  if (column.type == ColumnType::kBigint) {
    int64_t value = 0;
    reason = NumberToBigint(*number, value);
    put(value);
  } else if (column.type == ColumnType::kInt) {
    int32_t value = 0;
    reason = NumberToInt(*number, value);
    put(value);
  } else {
    double value = 0;
    reason = NumberToDouble(*number, value);
    put(value);
  }
  return reason;
}

std::optional<RejectReason> RowBuffer::MatchColumns(const std::vector<Member>& members) {
  std::ranges::fill(member_of_column_, nullptr);
  column_of_member_.clear();
  for (const Member& member : members) {
    std::string_view key = member.key;
    if (member.key_escaped) {
      scratch_.clear();
      key = Unescape(key, scratch_) ? std::string_view(scratch_) : std::string_view();
    }
    const std::optional<size_t> column = index_.FindColumn(key);
    column_of_member_.push_back(column.has_value() ? static_cast<int>(*column) : -1);
    if (!column.has_value()) continue;
    if (member_of_column_[*column] != nullptr) return RejectReason::kDuplicateKey;
    member_of_column_[*column] = &member;
  }
  return std::nullopt;
}

std::optional<RejectReason> RowBuffer::Add(const std::vector<Member>& members, int64_t offset) {
  Grow();
  if (const auto reason = MatchColumns(members)) return reason;
  std::string rescued;
  for (size_t i = 0; i < members.size(); ++i) {
    const Member& member = members[i];
    if (column_of_member_[i] < 0) {
      rescued += rescued.empty() ? "{\"" : ",\"";
      rescued.append(member.key).append("\":").append(member.value);
    } else if (member.kind != ValueKind::kNull) {
      if (const auto reason = Store(columns_[static_cast<size_t>(column_of_member_[i])], member))
        return reason;
    }
  }
  const auto is_null = [](const Member* member) {
    return member == nullptr || member->kind == ValueKind::kNull;
  };
  for (size_t i = 0; i < columns_.size(); ++i) {
    if (columns_[i].not_null && is_null(member_of_column_[i])) return RejectReason::kNotNull;
  }
  for (size_t i = 0; i < columns_.size(); ++i) {
    if (is_null(member_of_column_[i])) SetNull(columns_[i]);
  }
  if (rescued.empty()) {
    SetNull(rescued_);
  } else {
    const StringCell cell = Cell(arena_.Keep(rescued + "}"));
    std::memcpy(rescued_.data.data() + offsets_.size() * sizeof(cell), &cell, sizeof(cell));
  }
  offsets_.push_back(offset);
  return std::nullopt;
}

RowBlock RowBuffer::Show(std::string_view file) const {
  const auto show = [](const Column& column) {
    return ColumnData{column.data.data(), column.has_null ? column.validity.data() : nullptr};
  };
  RowBlock block;
  block.rows = offsets_.size();
  block.file = file;
  for (const Column& column : columns_) block.columns.push_back(show(column));
  block.offsets = offsets_.data();
  block.rescued = show(rescued_);
  return block;
}

}  // namespace stedi
