#include "cli/result_format.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <system_error>

#include "cli/human_text.h"

namespace stedi {
namespace {

using Row = std::vector<std::optional<std::string>>;
using Write = std::function<void(std::string_view)>;

constexpr size_t kMeasuredRowsMax = 1000;  // rows that decide the widths of a text table

bool IsNumber(std::string_view type) {
  constexpr auto kNumbers = std::to_array<std::string_view>(
      {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER",
       "UBIGINT", "UHUGEINT", "FLOAT", "DOUBLE"});
  return std::ranges::find(kNumbers, type) != kNumbers.end() || type.starts_with("DECIMAL");
}

class TableFormat {
 public:
  TableFormat(const QueryResult& result, const Write& write) : write_(write) {
    for (size_t i = 0; i < result.columns.size(); ++i) {
      names_.push_back(PrintableText(result.columns[i]));
      widths_.push_back(DisplayWidth(names_[i]));
      right_.push_back(IsNumber(result.types[i]));
    }
  }
  void Add(const Row& row) {
    std::vector<std::string> cells;
    for (const auto& value : row) cells.push_back(value ? PrintableText(*value) : "NULL");
    ++rows_;
    if (is_measured_) return Line(cells);
    waiting_.push_back(std::move(cells));
    if (waiting_.size() == kMeasuredRowsMax) Flush();
  }
  void End() {
    if (!is_measured_) Flush();
    write_(fmt::format("({} row{})\n", GroupDigits(rows_), rows_ == 1 ? "" : "s"));
  }

 private:
  void Flush() {
    for (const auto& cells : waiting_) {
      for (size_t i = 0; i < cells.size(); ++i) {
        widths_[i] = std::max(widths_[i], DisplayWidth(cells[i]));
      }
    }
    is_measured_ = true;
    Line(names_);
    std::vector<std::string> rule;
    for (const size_t width : widths_) rule.emplace_back(width, '-');
    Line(rule);
    for (const auto& cells : waiting_) Line(cells);
    waiting_.clear();
  }
  void Line(const std::vector<std::string>& cells) {
    std::string line;
    for (size_t i = 0; i < cells.size(); ++i) {
      if (i > 0) line += "  ";
      line += right_[i] ? PadLeft(cells[i], widths_[i]) : PadRight(cells[i], widths_[i]);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    write_(line + "\n");
  }

  const Write& write_;
  std::vector<std::string> names_;
  std::vector<size_t> widths_;
  std::vector<bool> right_;
  std::vector<std::vector<std::string>> waiting_;
  bool is_measured_ = false;
  int64_t rows_ = 0;
};

std::string CsvCell(const std::optional<std::string>& value) {
  if (!value) return "";
  if (!value->empty() && value->find_first_of(",\"\r\n") == std::string::npos) return *value;
  std::string out = "\"";
  for (const char c : *value) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + "\"";
}

class CsvFormat {
 public:
  CsvFormat(const QueryResult& result, const Write& write) : write_(write) {
    Add(Row(result.columns.begin(), result.columns.end()));
  }
  void Add(const Row& row) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) line += (i > 0 ? "," : "") + CsvCell(row[i]);
    write_(line + "\n");
  }
  void End() {}

 private:
  const Write& write_;
};

std::string JsonText(std::string_view text) {
  constexpr int kNoIndent = -1;
  return nlohmann::json(text).dump(kNoIndent, ' ', false, nlohmann::json::error_handler_t::replace);
}

class JsonFormat {
 public:
  JsonFormat(const QueryResult& result, const Write& write) : write_(write) {
    for (size_t i = 0; i < result.columns.size(); ++i) {
      keys_.push_back((i > 0 ? "," : "{") + JsonText(result.columns[i]) + ":");
      is_bare_.push_back(IsNumber(result.types[i]) || result.types[i] == "BOOLEAN");
    }
    write_("[");
  }
  void Add(const Row& row) {
    std::string line = is_first_ ? "\n" : ",\n";
    is_first_ = false;
    for (size_t i = 0; i < row.size(); ++i) {
      line += keys_[i];
      // JSON has no nan and no inf. All other numbers are without the letters n and i.
      const bool is_sayable = row[i] && row[i]->find_first_of("ni") == std::string::npos;
      const bool is_boolean = row[i] && (*row[i] == "true" || *row[i] == "false");
      if (!row[i]) {
        line += "null";
      } else if (is_bare_[i] && (is_sayable || is_boolean)) {
        line += *row[i];
      } else {
        line += JsonText(*row[i]);
      }
    }
    write_(line + "}");
  }
  void End() { write_(is_first_ ? "]\n" : "\n]\n"); }

 private:
  const Write& write_;
  std::vector<std::string> keys_;
  std::vector<bool> is_bare_;
  bool is_first_ = true;
};

template <typename Format>
void FormatAll(QueryResult& result, const Write& write) {
  Format format(result, write);
  for (auto rows = result.next_rows(); !rows.empty(); rows = result.next_rows()) {
    for (const Row& row : rows) format.Add(row);
  }
  format.End();
}

}  // namespace

std::vector<std::string> ResultFormatNames() { return {"table", "csv", "json"}; }

void FormatResult(QueryResult& result, ResultFormat format,
                  const std::function<void(std::string_view)>& write) {
  switch (format) {
    case ResultFormat::kTable:
      return FormatAll<TableFormat>(result, write);
    case ResultFormat::kCsv:
      return FormatAll<CsvFormat>(result, write);
    case ResultFormat::kJson:
      return FormatAll<JsonFormat>(result, write);
  }
}

void PrintPiece(std::string_view text) {
  WriteData(text);
  // Ends the query when nobody reads its rows any more.
  if (std::ferror(stdout) != 0) throw std::system_error(errno, std::generic_category(), "stdout");
}

void PrintResult(QueryResult& result, ResultFormat format) {
  FormatResult(result, format, PrintPiece);
}

}  // namespace stedi
