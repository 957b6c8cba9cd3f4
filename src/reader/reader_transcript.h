// For tests: the complete result of a scan through the C interface, as text in the form of
// landing/scan_transcript.h. It uses the interface alone, so that a program can be linked with the
// library of a wheel.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "reader/stedi_reader.h"

namespace stedi {

// One row of a batch: column -> value as text, without NULLs.
using ReaderRow = std::map<std::string, std::string>;

namespace detail {

inline bool IsNullAt(const ArrowArray& column, int64_t row) {
  const auto* const bits = static_cast<const uint8_t*>(column.buffers[0]);
  return bits != nullptr && (bits[row / 8] >> (row % 8) & 1U) == 0;
}

inline std::string TextAt(const ArrowArray& column, int64_t row) {
  const auto* const ends = static_cast<const int32_t*>(column.buffers[1]);
  const auto* const text = static_cast<const char*>(column.buffers[2]);
  return {text + ends[row], text + ends[row + 1]};
}

inline std::string ValueAt(const ArrowSchema& schema, const ArrowArray& column, int64_t row) {
  const std::string_view format = schema.format;
  if (format == "u" || format == "z") return TextAt(column, row);
  const void* const values = column.buffers[1];
  if (format == "l") return fmt::format("{}", static_cast<const int64_t*>(values)[row]);
  if (format == "g") return fmt::format("{}", static_cast<const double*>(values)[row]);
  if (format == "b") {
    const uint8_t byte = static_cast<const uint8_t*>(values)[row / 8];
    return (byte >> (row % 8) & 1U) != 0 ? "true" : "false";
  }
  const int32_t number = static_cast<const int32_t*>(values)[row];
  return schema.dictionary == nullptr ? fmt::format("{}", number)
                                      : TextAt(*column.dictionary, number);
}

}  // namespace detail

// Adds the rows of a batch.
inline void AppendReaderRows(const ArrowSchema& schema, const ArrowArray& batch,
                             std::vector<ReaderRow>& rows) {
  for (int64_t i = 0; i < batch.length; ++i) {
    ReaderRow row;
    for (int64_t column = 0; column < schema.n_children; ++column) {
      const ArrowArray& values = *batch.children[column];
      if (detail::IsNullAt(values, i)) continue;
      row[schema.children[column]->name] = detail::ValueAt(*schema.children[column], values, i);
    }
    rows.push_back(std::move(row));
  }
}

// Reads all of a part and returns its rows, or ends with the status that is not OK or END.
inline stedi_reader_status ReadReaderPart(stedi_reader_scan* scan, stedi_reader_part part,
                                          std::vector<ReaderRow>& rows) {
  ArrowSchema schema = {};
  stedi_reader_status status = stedi_reader_schema(scan, part, &schema, nullptr);
  if (status != STEDI_READER_OK) return status;
  while (true) {
    ArrowArray batch = {};
    status = stedi_reader_next(scan, part, &batch, nullptr);
    if (status != STEDI_READER_OK) break;
    AppendReaderRows(schema, batch, rows);
    batch.release(&batch);
  }
  schema.release(&schema);
  return status == STEDI_READER_END ? STEDI_READER_OK : status;
}

// The text of the rows, each beginning with its offset, in the order of the offsets. `columns` are
// shown in this order.
inline std::vector<std::string> ReaderRowTexts(const std::vector<ReaderRow>& rows,
                                               const std::vector<std::string>& columns) {
  std::vector<std::pair<int64_t, std::string>> placed;
  placed.reserve(rows.size());
  for (const ReaderRow& row : rows) {
    std::string text = row.at("_offset");
    for (const std::string& column : columns) {
      const auto value = row.find(column);
      if (value != row.end()) text += fmt::format(" {}={}", column, value->second);
    }
    placed.emplace_back(std::strtoll(row.at("_offset").c_str(), nullptr, 10), std::move(text));
  }
  std::sort(placed.begin(), placed.end());
  std::vector<std::string> texts;
  texts.reserve(placed.size());
  for (auto& [offset, text] : placed) texts.push_back(std::move(text));
  return texts;
}

inline std::vector<std::string> ReaderRejectionTexts(const std::vector<ReaderRow>& rows) {
  std::vector<std::pair<int64_t, std::string>> placed;
  placed.reserve(rows.size());
  for (const ReaderRow& row : rows) {
    placed.emplace_back(std::strtoll(row.at("byte_offset").c_str(), nullptr, 10),
                        fmt::format("{}+{} {} @{} {}", row.at("byte_offset"), row.at("byte_length"),
                                    row.at("reason"), row.at("fault_offset"), row.at("raw")));
  }
  std::sort(placed.begin(), placed.end());
  std::vector<std::string> texts;
  texts.reserve(placed.size());
  for (auto& [offset, text] : placed) texts.push_back(std::move(text));
  return texts;
}

}  // namespace stedi
