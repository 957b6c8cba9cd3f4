// The rows of a query as a text table, CSV (RFC 4180) or a JSON array of objects.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "inspect/lake_reader.h"

namespace stedi {

enum class ResultFormat : uint8_t { kTable, kCsv, kJson };

// In the order of the enum: the values of --format.
std::vector<std::string> ResultFormatNames();

// Reads all rows of `result` and hands their text to `write` piece by piece; memory does not grow
// with the number of rows.
// table: NULL is "NULL"; the first rows decide the widths of the columns.
// csv: NULL is an empty cell, an empty text is "".
// json: numbers and booleans are not quoted, but NaN and infinity are texts; bytes that are not
// UTF-8 become U+FFFD.
void FormatResult(QueryResult& result, ResultFormat format,
                  const std::function<void(std::string_view)>& write);

// Writes `text` to stdout as it is. Throws std::system_error when stdout cannot be written.
void PrintPiece(std::string_view text);

// Formats `result` to stdout. Throws std::system_error when stdout cannot be written.
void PrintResult(QueryResult& result, ResultFormat format);

}  // namespace stedi
