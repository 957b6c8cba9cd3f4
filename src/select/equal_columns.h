// Groups of table columns that have equal values in every row of a SELECT (union-find).
#pragma once

#include <map>
#include <vector>

#include "select/name_resolver.h"

namespace stedi {

class EqualColumns {
 public:
  void Join(const TableColumn& a, const TableColumn& b) {
    const TableColumn root = Root(a);
    parent_[root] = Root(b);
  }
  // Returns the column itself and the columns that are known to be equal to it.
  std::vector<TableColumn> ClassOf(const TableColumn& column) {
    std::vector<TableColumn> out = {column};
    const TableColumn root = Root(column);
    std::vector<TableColumn> known;
    for (const auto& [key, parent] : parent_) known.push_back(key);
    for (const TableColumn& other : known) {
      if (other != column && Root(other) == root) out.push_back(other);
    }
    return out;
  }

 private:
  TableColumn Root(TableColumn column) {
    for (auto found = parent_.find(column); found != parent_.end() && found->second != column;
         found = parent_.find(column)) {
      column = found->second;
    }
    parent_.emplace(column, column);
    return column;
  }
  std::map<TableColumn, TableColumn> parent_;
};

}  // namespace stedi
