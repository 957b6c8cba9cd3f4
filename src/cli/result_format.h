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

// Reads all of `result` and hands its text to `write` piece by piece; memory does not grow with the
// rows. table: NULL is "NULL", columns as wide as in the first rows. csv: NULL is empty, an empty
// text "". json: numbers and booleans as such, what JSON cannot say (NaN, bytes that are not UTF-8)
// as text.
void FormatResult(QueryResult& result, ResultFormat format,
                  const std::function<void(std::string_view)>& write);

// On stdout.
void PrintResult(QueryResult& result, ResultFormat format);

}  // namespace stedi
