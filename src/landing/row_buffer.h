// Rows of one block, column by column, as a RowBlock shows them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "landing/contract.h"
#include "landing/landing_scan.h"
#include "landing/record_parser.h"
#include "landing/rejection.h"

namespace stedi {

// Text that lives as long as the block: unescaped strings, rescued keys.
class TextArena {
 public:
  std::string_view Keep(std::string_view text);
  void Clear();

 private:
  static constexpr size_t kChunkBytes = 64 << 10;
  std::vector<std::unique_ptr<char[]>> chunks_;
  size_t used_ = 0;
  size_t capacity_ = 0;
};

class RowBuffer {
 public:
  explicit RowBuffer(const Contract& contract);
  void Clear();

  // Adds a row from the members of a syntactically sound record at `offset`, or says why not (then
  // nothing is added). Values of STRING columns point into the members' text.
  std::optional<RejectReason> Add(const std::vector<Member>& members, int64_t offset);

  size_t rows() const { return offsets_.size(); }
  // Views of the columns; valid until the next Add() or Clear().
  RowBlock Show(std::string_view file) const;

 private:
  struct Column {
    ColumnType type;
    bool not_null;
    std::vector<char> data;
    std::vector<uint64_t> validity;
    bool has_null = false;
  };

  std::optional<RejectReason> Store(Column& column, const Member& member);
  std::optional<RejectReason> StoreText(Column& column, const Member& member);
  std::optional<RejectReason> MatchColumns(const std::vector<Member>& members);
  void Grow();
  StringCell Cell(std::string_view text);
  void SetNull(Column& column);

  ContractIndex index_;
  std::vector<Column> columns_;
  Column rescued_;
  std::vector<int64_t> offsets_;
  size_t capacity_rows_ = 0;
  TextArena arena_;
  // Of the record at hand.
  std::vector<const Member*> member_of_column_;
  std::vector<int> column_of_member_;
  std::string scratch_;
};

}  // namespace stedi
