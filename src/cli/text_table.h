// A table of short texts with aligned columns, for people.
#pragma once

#include <cstdio>
#include <string>
#include <vector>

namespace stedi {

enum class Align : uint8_t { kLeft, kRight };

class TextTable {
 public:
  struct Column {
    std::string name;
    Align align = Align::kLeft;
  };
  explicit TextTable(std::vector<Column> columns);

  // One cell a column; printable text (cli/human_text.h).
  void AddRow(std::vector<std::string> cells);
  // Header, a rule, rows; two spaces between columns and none at a line's end.
  std::string Text() const;
  void Print() const;  // on stdout

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace stedi
