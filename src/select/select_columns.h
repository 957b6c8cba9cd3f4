// The columns that a SELECT sees while select_shape walks through it.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

namespace stedi {

struct InputColumn {
  std::string table;
  std::string column;
  bool operator==(const InputColumn&) const = default;
  bool operator<(const InputColumn& other) const {
    return std::tie(table, column) < std::tie(other.table, other.column);
  }
};

// A column that something in FROM, or a SELECT, gives: plain when it is a table's as it stands.
struct Column {
  std::string name;
  std::optional<InputColumn> plain;
  bool is_window = false;  // comes from many rows: only ORDER BY may look at it
};
// Nothing: what columns there are is not known without binding.
using Columns = std::optional<std::vector<Column>>;

struct Source {
  std::string alias;
  Columns columns;
};
using Scope = std::vector<Source>;

struct Resolved {
  size_t depth = 0;  // of the scope
  std::optional<InputColumn> plain;
};

// Sets of columns that are equal in every row that comes out.
class EqualColumns {
 public:
  void Join(const InputColumn& a, const InputColumn& b) {
    const InputColumn root = Root(a);
    parent_[root] = Root(b);
  }
  std::vector<InputColumn> Of(const InputColumn& column) {
    std::vector<InputColumn> out = {column};
    const InputColumn root = Root(column);
    std::vector<InputColumn> known;
    for (const auto& [key, parent] : parent_) known.push_back(key);
    for (const InputColumn& other : known) {
      if (other != column && Root(other) == root) out.push_back(other);
    }
    return out;
  }

 private:
  InputColumn Root(InputColumn column) {
    for (auto found = parent_.find(column); found != parent_.end() && found->second != column;
         found = parent_.find(column)) {
      column = found->second;
    }
    parent_.emplace(column, column);
    return column;
  }
  std::map<InputColumn, InputColumn> parent_;
};

}  // namespace stedi
