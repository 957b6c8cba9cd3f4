#include "inspect/table_preview.h"

#include <fmt/format.h>

#include <set>
#include <string>
#include <vector>

#include "base/mask.h"
#include "database/database.h"
#include "files/file_names.h"
#include "inspect/file_name_columns.h"
#include "pipeline/quarantine_table.h"
#include "run/quarantine.h"
#include "run/table_contract.h"

namespace stedi {
namespace {

constexpr int kPreviewRows = 10;

}  // namespace

QueryResult PreviewTable(LakeReader& lake, const TableDetails& table) {
  const std::set<std::string> pii = PersonalColumns(table.metadata);
  QueryResult result = lake.Query(
      fmt::format("SELECT * FROM {} LIMIT {}", QuoteIdentifier(table.info.name), kPreviewRows));
  std::vector<size_t> masked;
  std::vector<size_t> file_names;
  for (size_t i = 0; i < result.columns.size(); ++i) {
    if (HoldsFileNames(result.columns[i])) file_names.push_back(i);
    if (!pii.contains(result.columns[i])) continue;
    masked.push_back(i);
    result.types[i] = "VARCHAR";
  }
  // The quarantine has files of all feeds; its first column names the feed.
  const bool is_quarantine = table.info.name == kQuarantineTable;
  result.next_rows = [next = std::move(result.next_rows), masked, file_names, is_quarantine,
                      &lake] {
    auto rows = next();
    for (auto& row : rows) {
      for (const size_t i : file_names) {
        if (!row[i]) continue;
        row[i] = is_quarantine ? lake.ShownFileOf(row[0].value_or(""), *row[i])
                               : ShownFile(*row[i], /*is_personal=*/false);
      }
      for (const size_t i : masked) {
        if (row[i]) row[i] = kMask;
      }
    }
    return rows;
  };
  return result;
}

}  // namespace stedi
