#include "rows/row_writer.h"

#include <cassert>
#include <span>
#include <utility>

namespace stedi {

RowWriter::RowWriter(const FileStore& store, DataTarget target)
    : store_(store),
      target_(std::move(target)),
      files_(store, target_),
      group_(target_.schema, target_.without_bounds) {
  store_.MakeFolder(target_.folder);
}

void RowWriter::AddText(std::string_view text) {
  group_.column(column_++).AddTexts(std::span<const std::string_view>(&text, 1));
}

void RowWriter::EndRow() {
  assert(column_ == target_.schema.fields.size());
  column_ = 0;
  ++rows_;
  group_.AddRows(1);
  if (group_.IsFull()) WriteGroup();
}

void RowWriter::WriteGroup() {
  EncodedRowGroup group = group_.Finish();
  group.order = next_order_++;
  files_.Add(std::move(group));
}

std::vector<DataFile> RowWriter::Finish() {
  if (group_.rows() > 0) WriteGroup();
  std::vector<DataFile> files = files_.Finish();
  store_.ConfirmFolderDurable(target_.folder);
  return files;
}

}  // namespace stedi
