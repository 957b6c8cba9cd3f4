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

  // REQUIRES: one cell per column, each of them printable text (cli/human_text.h).
  void AddRow(std::vector<std::string> cells);
  // The header, a rule and the rows. Two spaces separate columns; no line ends in a space.
  std::string Text() const;
  void Print() const;  // on stdout

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace stedi
