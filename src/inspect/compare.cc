#include "inspect/compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <sstream>

#include "base/mask.h"
#include "database/database.h"
#include "database/landing_function.h"
#include "files/file_names.h"
#include "iceberg/property_names.h"
#include "inspect/file_name_columns.h"
#include "inspect/lake_reader.h"
#include "pipeline/project.h"
#include "pipeline/property_keys.h"
#include "run/quarantine.h"
#include "run/table_contract.h"
#include "store/scratch_folder.h"
#include "store/storage.h"

namespace stedi {
namespace {

constexpr const char* kRunColumn = "run_id";  // of the quarantine; it says nothing about the data
// Makes the second half of a checksum independent of the first.
constexpr const char* kSalt = "'stedi'";
constexpr int kRowsOfAKeyMax = 3;  // to show per lake

// Those tables of a lake that are compared, as they were when the lake was opened.
struct LakeTables {
  std::string database;
  std::map<std::string, TableDetails> tables;
};

LakeTables ReadTables(const std::filesystem::path& lake, const std::filesystem::path& catalog,
                      const CompareOptions& options) {
  LakeReader reader(lake, options.database, catalog);
  LakeTables found;
  found.database = reader.database();
  for (const TableInfo& info : reader.ListTables()) {
    const bool asked_for = options.tables.empty() ||
                           std::ranges::find(options.tables, info.name) != options.tables.end();
    if (asked_for) found.tables.emplace(info.name, reader.GetTable(info.name));
  }
  return found;
}

std::vector<std::string> SplitNames(const std::string& list) {
  std::vector<std::string> names;
  std::istringstream stream(list);
  for (std::string name; std::getline(stream, name, ',');) {
    std::erase(name, ' ');
    if (!name.empty()) names.push_back(name);
  }
  return names;
}

const TableDetails* Find(const LakeTables& lake, const std::string& table) {
  const auto found = lake.tables.find(table);
  return found == lake.tables.end() ? nullptr : &found->second;
}

// The columns that either lake declares to be personal data, in the property that stedi writes or
// in the one that a project's SQL has.
std::set<std::string> PersonalColumns(const TableDetails& a, const TableDetails& b) {
  std::set<std::string> columns;
  for (const TableDetails* details : {&a, &b}) {
    for (const char* property : {kPiiProperty, kPiiKey}) {
      const auto found = details->metadata.properties.find(property);
      if (found == details->metadata.properties.end()) continue;
      for (std::string& name : SplitNames(found->second)) columns.insert(std::move(name));
    }
  }
  return columns;
}

std::vector<ColumnComparison> MatchColumns(const Schema& a, const Schema& b) {
  std::vector<ColumnComparison> columns;
  for (const Field& field : a.fields) {
    columns.push_back({field.name, ToString(field.type), "", "", ""});
  }
  for (const Field& field : b.fields) {
    const auto found = std::ranges::find(columns, field.name, &ColumnComparison::name);
    if (found == columns.end()) {
      columns.push_back({field.name, "", ToString(field.type), "", ""});
    } else {
      found->type_b = ToString(field.type);
    }
  }
  return columns;
}

// Returns the key for a table without --key: the columns of a uniqueness promise, preferably one
// without personal data (which would be masked); else the file and offset of a landing record; else
// nothing, which stands for the whole row.
std::vector<std::string> DefaultKey(const TableDetails& a, const TableDetails& b,
                                    const std::set<std::string>& personal,
                                    const std::vector<std::string>& shared) {
  const auto has = [&](const std::string& name) {
    return std::ranges::find(shared, name) != shared.end();
  };
  std::vector<std::string> best;
  for (const TableDetails* details : {&a, &b}) {
    for (const auto& [name, value] : details->metadata.properties) {
      std::string_view promise = name;
      if (promise.starts_with(kOwnPropertyPrefix)) {
        promise.remove_prefix(std::string_view(kOwnPropertyPrefix).size());
      }
      if (!promise.starts_with(kUniquePrefix) || promise.ends_with(kActionSuffix)) continue;
      std::vector<std::string> columns = SplitNames(value);
      if (columns.empty() || !std::ranges::all_of(columns, has)) continue;
      const bool is_visible = std::ranges::none_of(
          columns, [&](const std::string& column) { return personal.contains(column); });
      if (is_visible) return columns;
      if (best.empty()) best = std::move(columns);
    }
  }
  if (best.empty() && has(kFileColumn) && has(kOffsetColumn)) best = {kFileColumn, kOffsetColumn};
  return best;
}

// Compares one table that both lakes have. The views a.<table> and b.<table> read its rows.
class TableCheck {
 public:
  TableCheck(Connection& connection, TableComparison& result, std::vector<std::string> shared,
             std::vector<std::string> key, std::set<std::string> personal)
      : connection_(connection),
        result_(result),
        shared_(std::move(shared)),
        key_(std::move(key)),
        personal_(std::move(personal)) {
    if (key_.empty()) key_ = shared_;
    for (const std::string& name : shared_) {
      const auto& column = *std::ranges::find(result_.columns, name, &ColumnComparison::name);
      const std::string quoted = QuoteIdentifier(name);
      row_.push_back(quoted);
      salted_.push_back(Salted(quoted, column.type_a));
    }
  }

  void Run(uint64_t rows_shown) {
    ReadChecksums("a", result_.rows_a, result_.checksum_a, &ColumnComparison::checksum_a);
    ReadChecksums("b", result_.rows_b, result_.checksum_b, &ColumnComparison::checksum_b);
    if (result_.rows_a == result_.rows_b && result_.checksum_a == result_.checksum_b) return;
    CountSurplus();
    if (rows_shown > 0 && !key_.empty()) ShowRows(rows_shown);
  }

 private:
  // hash() is one-to-one for numbers of up to 64 bits. Longer values are salted, so that the second
  // hash does not follow from the first.
  static std::string Salted(const std::string& column, const std::string& type) {
    if (type == "string") return fmt::format("{} || {}", kSalt, column);
    if (type == "binary") return fmt::format("encode({}) || {}", kSalt, column);
    if (type.starts_with("decimal")) return fmt::format("{} || {}::VARCHAR", kSalt, column);
    return column;
  }

  // Returns the SQL expression of column `i` for display: -0.0 becomes 0.0, to which it is equal.
  std::string Shown(size_t i) const {
    const auto& column = *std::ranges::find(result_.columns, shared_[i], &ColumnComparison::name);
    const bool is_real = column.type_a == "double" || column.type_a == "float";
    return is_real ? fmt::format("(r.{} + 0::FLOAT)", row_[i]) : "r." + row_[i];
  }

  std::string RowHashes() const {
    if (row_.empty()) return "0::UBIGINT AS h1, 0::UBIGINT AS h2";
    return fmt::format("hash({}) AS h1, hash({}, {}) AS h2", fmt::join(row_, ", "), kSalt,
                       fmt::join(salted_, ", "));
  }

  std::string View(const std::string& side) const {
    return side + "." + QuoteIdentifier(result_.table);
  }

  // A sum depends on how often each value occurs, but not on the order of the rows.
  static std::string Sums(const std::string& first, const std::string& second) {
    constexpr const char* kSum = "(coalesce(sum({}), 0) % 18446744073709551616)::UBIGINT";
    return fmt::format("printf('%016x%016x', {}, {})", fmt::format(kSum, first),
                       fmt::format(kSum, second));
  }

  void ReadChecksums(const std::string& side, int64_t& rows, std::string& checksum,
                     std::string ColumnComparison::*of_column) {
    std::string sums = Sums("h1", "h2");
    std::string hashes = RowHashes();
    for (size_t i = 0; i < row_.size(); ++i) {
      sums += ", " + Sums(fmt::format("f{}", i), fmt::format("s{}", i));
      hashes +=
          fmt::format(", hash({}) AS f{}, hash({}, {}) AS s{}", row_[i], i, kSalt, salted_[i], i);
    }
    const std::vector<TextRow> found =
        connection_
            .Query(fmt::format("SELECT count(*), {} FROM (SELECT {} FROM {})", sums, hashes,
                               View(side)))
            .Rows();
    rows = std::stoll(found[0][0].value());
    checksum = found[0][1].value();
    for (size_t i = 0; i < shared_.size(); ++i) {
      const auto column = std::ranges::find(result_.columns, shared_[i], &ColumnComparison::name);
      (*column).*of_column = found[0][i + 2].value();
    }
  }

  // Puts the hashes of the rows that one lake has more often into the temporary table `surplus`:
  // its column surplus is > 0 for rows of A, and < 0 for rows of B.
  void CountSurplus() {
    connection_.Execute(fmt::format(
        "CREATE OR REPLACE TEMP TABLE surplus AS SELECT h1, h2, sum(side)::BIGINT AS surplus FROM "
        "(SELECT {0}, 1 AS side FROM {1} UNION ALL SELECT {0}, -1 AS side FROM {2}) "
        "GROUP BY h1, h2 HAVING sum(side) <> 0",
        RowHashes(), View("a"), View("b")));
    const std::vector<TextRow> found =
        connection_
            .Query(
                "SELECT coalesce(sum(surplus) FILTER (WHERE surplus > 0), 0)::BIGINT, "
                "coalesce(-sum(surplus) FILTER (WHERE surplus < 0), 0)::BIGINT FROM surplus")
            .Rows();
    result_.only_in_a = std::stoll(found[0][0].value());
    result_.only_in_b = std::stoll(found[0][1].value());
  }

  // Returns a SELECT of `columns` of those rows that `side` has more often than the other side.
  std::string SurplusRows(const std::string& side, const std::string& columns) const {
    return fmt::format(
        "SELECT {} FROM (SELECT *, {} FROM {}) AS r JOIN surplus AS s ON s.h1 = r.h1 AND s.h2 = "
        "r.h2 AND s.surplus {} 0",
        columns, RowHashes(), View(side), side == "a" ? ">" : "<");
  }

  // First finds the first differing keys, which reads only the columns of the key; then reads all
  // columns of the rows with these keys.
  void ShowRows(uint64_t keys_max) {
    std::vector<std::string> key;
    std::vector<std::string> is_key;
    for (const std::string& name : key_) {
      const std::string quoted = QuoteIdentifier(name);
      key.push_back(quoted);
      is_key.push_back(fmt::format("k.{0} IS NOT DISTINCT FROM r.{0}", quoted));
    }
    const std::string key_list = fmt::format("{}", fmt::join(key, ", "));
    connection_.Execute(
        fmt::format("CREATE OR REPLACE TEMP TABLE keys AS SELECT row_number() OVER (ORDER BY {0}) "
                    "AS key_number, "
                    "* FROM (SELECT DISTINCT {0} FROM ({1} UNION ALL {2}) ORDER BY {0} LIMIT {3})",
                    key_list, SurplusRows("a", "r.*"), SurplusRows("b", "r.*"), keys_max));
    std::string texts;
    for (size_t i = 0; i < row_.size(); ++i)
      texts += fmt::format(", {}::VARCHAR AS {}", Shown(i), row_[i]);
    std::string sides;
    for (const char* side : {"a", "b"}) {
      sides += fmt::format(
          "{}SELECT DISTINCT k.key_number, '{}' AS side, abs(r.surplus) AS surplus{} FROM ({}) AS "
          "r "
          "JOIN keys AS k ON {}",
          sides.empty() ? "" : " UNION ALL ", side, texts, SurplusRows(side, "r.*, s.surplus"),
          fmt::join(is_key, " AND "));
    }
    // If the key is not unique, any number of rows may have it.
    Result rows =
        connection_.Query(fmt::format("SELECT key_number, side, surplus, sum(surplus) OVER "
                                      "(PARTITION BY key_number, side)::BIGINT, "
                                      "{0} FROM ({1}) QUALIFY row_number() OVER (PARTITION BY "
                                      "key_number, side ORDER BY {0}) <= {2} "
                                      "ORDER BY ALL",
                                      fmt::join(row_, ", "), sides, kRowsOfAKeyMax));
    TakeRows(rows.Rows());
  }

  void TakeRows(const std::vector<TextRow>& rows) {
    std::string key_number;
    for (const TextRow& row : rows) {
      if (row[0].value() != key_number) {
        if (!result_.differing.empty()) Finish(result_.differing.back());
        result_.differing.emplace_back();
        key_number = row[0].value();
      }
      SurplusRow surplus{std::stoll(row[2].value()), {}};
      for (size_t i = 0; i < shared_.size(); ++i) {
        surplus.values.emplace_back(shared_[i], row[i + 4]);
      }
      KeyDifference& difference = result_.differing.back();
      const bool is_a = row[1] == "a";
      (is_a ? difference.rows_a : difference.rows_b) = std::stoll(row[3].value());
      (is_a ? difference.a : difference.b).push_back(std::move(surplus));
    }
    if (!result_.differing.empty()) Finish(result_.differing.back());
  }

  // Finds the columns that differ, then masks personal data.
  void Finish(KeyDifference& difference) {
    if (difference.a.size() == 1 && difference.b.size() == 1) {
      for (size_t i = 0; i < shared_.size(); ++i) {
        if (difference.a[0].values[i] != difference.b[0].values[i]) {
          difference.columns.push_back(shared_[i]);
        }
      }
    }
    for (auto* side : {&difference.a, &difference.b}) {
      for (SurplusRow& row : *side) {
        for (auto& [name, value] : row.values) {
          if (!value.has_value()) continue;
          if (personal_.contains(name)) value = kMask;
          if (HoldsFileNames(name)) value = ShownFile(*value, /*is_personal=*/false);
        }
      }
    }
    const SurplusRow& one = difference.a.empty() ? difference.b[0] : difference.a[0];
    for (const std::string& name : key_) {
      difference.key.push_back(*std::ranges::find(
          one.values, name, &std::pair<std::string, std::optional<std::string>>::first));
    }
  }

  Connection& connection_;
  TableComparison& result_;
  std::vector<std::string> shared_;  // columns that have one type in both lakes
  std::vector<std::string> key_;
  std::set<std::string> personal_;
  std::vector<std::string> row_;     // shared_, quoted
  std::vector<std::string> salted_;  // expressions for the second half of the checksums
};

void MakeView(Connection& connection, const char* side, const TableDetails& details) {
  connection.Execute(fmt::format("CREATE VIEW {}.{} AS SELECT * FROM iceberg_scan({})", side,
                                 QuoteIdentifier(details.info.name),
                                 QuoteLiteral(LocalPath(details.info.metadata_location))));
}

std::vector<std::string> SharedColumns(const std::vector<ColumnComparison>& columns) {
  std::vector<std::string> shared;
  for (const ColumnComparison& column : columns) {
    if (column.type_a == column.type_b) shared.push_back(column.name);
  }
  return shared;
}

void CheckKey(const std::string& table, const std::vector<std::string>& key,
              const std::vector<std::string>& shared) {
  for (const std::string& column : key) {
    if (std::ranges::find(shared, column) != shared.end()) continue;
    throw Error(ErrorCode::kInvalid,
                fmt::format("--key {}: no column '{}' that both lakes have; they have: {}", table,
                            column, fmt::join(shared, ", ")));
  }
}

TableComparison CompareTable(Connection& connection, const CompareOptions& options,
                             const std::string& table, const TableDetails* a,
                             const TableDetails* b) {
  TableComparison result;
  result.table = table;
  result.in_a = a != nullptr;
  result.in_b = b != nullptr;
  if (a == nullptr || b == nullptr) {
    if (a != nullptr) result.rows_a = a->info.rows;
    if (b != nullptr) result.rows_b = b->info.rows;
    return result;
  }
  result.columns = MatchColumns(a->metadata.CurrentSchema(), b->metadata.CurrentSchema());
  if (table == kQuarantineTable &&
      std::erase_if(result.columns, [](const auto& c) { return c.name == kRunColumn; }) > 0) {
    result.left_out.emplace_back(kRunColumn);
  }
  const std::vector<std::string> shared = SharedColumns(result.columns);
  const std::set<std::string> personal = PersonalColumns(*a, *b);
  std::vector<std::string> key;
  if (const auto given = options.keys.find(table); given != options.keys.end()) {
    key = given->second;
    CheckKey(table, key, shared);
  } else {
    key = DefaultKey(*a, *b, personal, shared);
  }
  MakeView(connection, "a", *a);
  MakeView(connection, "b", *b);
  TableCheck(connection, result, shared, std::move(key), personal).Run(options.rows);
  return result;
}

void CheckTables(const std::vector<std::string>& asked_for, const std::set<std::string>& there) {
  for (const std::string& table : asked_for) {
    if (!there.contains(table)) {
      throw Error(ErrorCode::kNotFound, fmt::format("neither lake has a table '{}'", table));
    }
  }
}

}  // namespace

bool TableComparison::is_equal() const {
  return in_a && in_b && rows_a == rows_b && checksum_a == checksum_b &&
         std::ranges::all_of(columns, &ColumnComparison::is_equal);
}

bool LakesComparison::is_equal() const {
  return std::ranges::all_of(tables, &TableComparison::is_equal);
}

LakesComparison CompareLakes(const CompareOptions& options,
                             const std::function<void(const TableComparison&)>& on_table) {
  const LakeTables a = ReadTables(options.lake_a, options.catalog_a, options);
  const LakeTables b = ReadTables(options.lake_b, options.catalog_b, options);
  std::set<std::string> names;
  for (const LakeTables* lake : {&a, &b}) {
    for (const auto& [name, details] : lake->tables) names.insert(name);
  }
  CheckTables(options.tables, names);

  const ScratchFolder scratch("stedi-compare");
  Database database({.temp_folder = scratch.path(), .preserve_order = false});
  Connection connection(database);
  for (const char* extension : {"avro", "httpfs", "iceberg"}) {
    database.LoadExtension(connection, extension);
  }
  Storage storage(database);
  for (const LakeTables* lake : {&a, &b}) {
    for (const auto& [name, details] : lake->tables) {
      storage.StoreOf(LocalPath(details.info.metadata_location));
    }
  }
  connection.Execute("CREATE SCHEMA a; CREATE SCHEMA b");
  LakesComparison result{a.database, b.database, {}};
  for (const std::string& name : names) {
    result.tables.push_back(CompareTable(connection, options, name, Find(a, name), Find(b, name)));
    on_table(result.tables.back());
  }
  return result;
}

}  // namespace stedi
