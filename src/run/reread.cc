#include "run/reread.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <functional>
#include <optional>
#include <utility>

#include "database/landing_function.h"
#include "files/byte_scan.h"
#include "lake/damaged_files.h"
#include "landing/rejection.h"
#include "rows/row_visit.h"
#include "run/copy_on_write.h"

namespace stedi {
namespace {

// Returns, as a list for SQL's IN, the reject reasons that may not hold under another contract. The
// other reasons depend on the bytes alone.
std::string ReasonsOfContracts() {
  std::set<std::string> names;
  for (const RejectReasonRow& row : kRejectReasons) {
    if (row.is_one_record) names.emplace(row.name);
  }
  return QuoteLiterals(names);
}

// Columns that are left out get names that begin with this character, which no key is expected to
// contain.
constexpr const char* kNoKey = "\x01";

void WriteCell(const ColumnData& column, ColumnType type, RowWriter& rows) {
  if (column.validity != nullptr && (column.validity[0] & 1U) == 0) return rows.AddNull();
  switch (type) {
    case ColumnType::kString: {
      const auto& cell = *static_cast<const StringCell*>(column.data);
      const char* const text =
          cell.length <= sizeof(cell.prefix) + sizeof(cell.rest) ? cell.prefix : cell.pointer;
      return rows.AddText({text, cell.length});
    }
    case ColumnType::kBigint:
      return rows.AddNumber(*static_cast<const int64_t*>(column.data));
    case ColumnType::kInt:
      return rows.AddNumber(*static_cast<const int32_t*>(column.data));
    case ColumnType::kDouble:
      return rows.AddNumber(std::bit_cast<int64_t>(*static_cast<const double*>(column.data)));
    case ColumnType::kBoolean:
      return rows.AddNumber(*static_cast<const uint8_t*>(column.data));
  }
}

std::string FilesCondition(const char* column, const std::set<std::string>& files) {
  return files.empty() ? kNoRow : fmt::format("{} IN ({})", column, QuoteLiterals(files));
}

}  // namespace

// A record parser with its buffers, for one record at a time.
struct Reread::Reader {
  explicit Reader(Contract own)
      : contract(std::move(own)), index(contract), parser(contract, index), row(contract) {}

  // Leaves the record in `row`, or returns what is wrong with it. The bytes must be one whole
  // record and nothing else.
  std::optional<RecordFault> Read(std::string_view record, uint64_t offset) {
    text.assign(record);
    text.append(kScanPadBytes, '\0');
    row.Clear();
    const char* const end = text.data() + record.size();
    const ParsedRecord& parsed = parser.Parse(text.data(), end);
    if (parsed.status != LexStatus::kOk || parsed.stop != end) {
      return RecordFault{RejectReason::kMalformed, parsed.stop};
    }
    return parser.Store(offset, row);
  }

  // Writes the row that Read() left, with the columns of the landing table.
  void Write(std::string_view file, RowWriter& rows) {
    row.FillBlock(block);
    for (size_t i = 0; i < contract.columns.size(); ++i) {
      WriteCell(block.columns[i], contract.columns[i].type, rows);
    }
    rows.AddText(file);
    rows.AddNumber(block.offsets[0]);
    WriteCell(block.rescued, ColumnType::kString, rows);
    if (contract.keep_unfit) WriteCell(block.unfit, ColumnType::kString, rows);
    rows.EndRow();
  }

  Contract contract;
  ContractIndex index;
  RecordParser parser;
  RowBuffer row;
  RowBlock block;
  std::string text;
};

// A row of the quarantine table.
struct Reread::KeptRecord {
  std::string_view file;
  uint64_t offset = 0;
  uint64_t length = 0;
  std::string_view raw;
  std::string_view reason;
  MisfitText misfit;
  std::string_view run_id;
};

Reread::Reread(const RunSession& session, const Feed& feed, const LakeTable& table)
    : session_(session),
      feed_(feed),
      table_(table),
      quarantine_(OpenTable(session, kQuarantineTable)),
      strict_(std::make_unique<Reader>(feed.contract)) {
  if (quarantine_.exists()) LoadFiles(session_.database, session_.connection, quarantine_);
}

Reread::~Reread() = default;

std::string Reread::SelectTable() const {
  return SelectRows(session_.database, session_.connection, table_);
}

std::set<std::string> Reread::FilesReadDifferently() {
  std::set<std::string> files;
  if (table_.metadata.CurrentSnapshot() == nullptr) return files;
  const std::vector<Field>& there = table_.metadata.CurrentSchema().fields;
  Contract all;  // a key that was no column, or whose value did not fit, may be a column now
  std::string lacks_value;
  for (const ContractColumn& column : feed_.contract.columns) {
    const bool is_new = std::ranges::find(there, column.name, &Field::name) == there.end();
    all.columns.push_back({column.name, ColumnType::kString, false});
    const auto add = [&](const std::string& condition) {
      lacks_value += (lacks_value.empty() ? "" : " OR ") + condition;
    };
    const std::string name = QuoteIdentifier(column.name);
    if (column.not_null) add(is_new ? "true" : name + " IS NULL");
    if (column.empty_is_null && column.type == ColumnType::kString && !is_new) add(name + " = ''");
  }
  if (!lacks_value.empty()) {
    for (const TextRow& row : session_.connection
                                  .Query(fmt::format("SELECT DISTINCT {} FROM ({}) WHERE {}",
                                                     kFileColumn, SelectTable(), lacks_value))
                                  .Rows()) {
      files.insert(row[0].value_or(""));
    }
  }
  Reader reader(std::move(all));
  VisitRows(
      session_.connection,
      fmt::format("SELECT {0}, {1} FROM ({2}) WHERE {1} IS NOT NULL", kFileColumn, kRescuedColumn,
                  SelectTable()),
      {kFileColumn, kRescuedColumn}, [&](const VisitedRow& row) {
        const std::string_view keys = row.Text(1).value_or("");
        std::string& text = reader.text;
        text.assign(keys);
        text.append(kScanPadBytes, '\0');
        const ParsedRecord& parsed = reader.parser.Parse(text.data(), text.data() + keys.size());
        const bool has_column = std::ranges::any_of(
            parsed.fields, [](const RecordField& field) { return field.column != kNoColumn; });
        if (has_column) files.emplace(row.Text(0).value_or(""));
      });
  return files;
}

void Reread::VisitQuarantined(const std::string& condition,
                              const std::function<void(const KeptRecord&)>& visit) {
  if (!quarantine_.exists() || quarantine_.metadata.CurrentSnapshot() == nullptr) return;
  const std::vector<std::string> columns = {"file",  "byte_offset", "byte_length",
                                            "raw",   "reason",      "column_name",
                                            "found", "wanted",      "run_id"};
  const std::vector<Field>& there = quarantine_.metadata.CurrentSchema().fields;
  std::string list;
  for (const std::string& column : columns) {
    const bool is_there = std::ranges::find(there, column, &Field::name) != there.end();
    list += fmt::format("{}{}{}", list.empty() ? "" : ", ", is_there ? "" : "NULL::VARCHAR AS ",
                        column);
  }
  const std::string select =
      fmt::format("SELECT {} FROM ({}) WHERE {}", list,
                  SelectRows(session_.database, session_.connection, quarantine_), condition);
  VisitRows(session_.connection, select, columns, [&](const VisitedRow& row) {
    const auto text = [&](size_t column) { return std::string(row.Text(column).value_or("")); };
    KeptRecord record;
    record.file = row.Text(0).value_or("");
    record.offset = static_cast<uint64_t>(row.Integer(1));
    record.length = static_cast<uint64_t>(row.Integer(2));
    record.raw = row.Text(3).value_or("");
    record.reason = row.Text(4).value_or("");
    record.misfit = {text(5), text(6), text(7)};
    record.run_id = row.Text(8).value_or("");
    visit(record);
  });
}

std::string Reread::RetriedCondition(const std::set<std::string>& files) const {
  return fmt::format(
      "table_name = {} AND reason IN ({}) AND octet_length(raw) = byte_length AND {}",
      QuoteLiteral(feed_.name), ReasonsOfContracts(), FilesCondition("file", files));
}

Reread::Quarantined Reread::FindQuarantined() {
  Quarantined found;
  const std::string condition = fmt::format("table_name = {} AND reason IN ({})",
                                            QuoteLiteral(feed_.name), ReasonsOfContracts());
  VisitQuarantined(condition, [&](const KeptRecord& record) {
    if (record.raw.size() < record.length) {
      found.cut.emplace(record.file);
      return;
    }
    const std::optional<RecordFault> fault = strict_->Read(record.raw, record.offset);
    if (fault.has_value()) {
      const MisfitText now = Describe(fault->misfit, feed_.contract);
      const bool is_same = Describe(fault->reason).name == record.reason && now == record.misfit;
      if (is_same) return;
    }
    found.changing.emplace(record.file);
  });
  return found;
}

std::map<std::string, Reread::Taken> Reread::TakeQuarantined(const std::set<std::string>& files,
                                                             RowWriter& rows,
                                                             QuarantineNews& quarantine) {
  std::map<std::string, Taken> taken;
  if (files.empty()) return taken;
  VisitQuarantined(RetriedCondition(files), [&](const KeptRecord& record) {
    const std::optional<RecordFault> fault = strict_->Read(record.raw, record.offset);
    if (!fault.has_value()) {
      strict_->Write(record.file, rows);
      Taken& of_file = taken[std::string(record.file)];
      ++of_file.records;
      of_file.bytes += record.length;
      return;
    }
    Rejection rejection;
    rejection.offset = record.offset;
    rejection.length = record.length;
    rejection.reason = fault->reason;
    rejection.misfit = fault->misfit;
    quarantine.Add(feed_.name, feed_.contract, record.file, rejection, record.raw, record.run_id);
  });
  return taken;
}

// Returns a SELECT with each row as a JSON object, to be parsed under the current contract.
std::string Reread::RowsAsRecords(const std::set<std::string>& files) const {
  std::string members;
  for (const Field& field : table_.metadata.CurrentSchema().fields) {
    if (IsAddedColumn(field.name)) continue;
    members +=
        fmt::format("coalesce(',' || to_json({})::VARCHAR || ':' || to_json({})::VARCHAR, '') || ",
                    QuoteLiteral(field.name), QuoteIdentifier(field.name));
  }
  return fmt::format(
      "SELECT {0}, {1}, '{{' || substr({2}coalesce(',' || substr({3}, 2, length({3}) - 2), ''), 2) "
      "|| '}}' AS record FROM ({4}) WHERE {5}",
      kFileColumn, kOffsetColumn, members, kRescuedColumn, SelectTable(),
      FilesCondition(kFileColumn, files));
}

void Reread::CarryRow(std::string_view file, uint64_t offset, std::string_view record,
                      RowWriter& rows) {
  std::set<std::string> left_out;
  while (true) {
    std::unique_ptr<Reader>& reader = lenient_[left_out];
    if (reader == nullptr) {
      Contract contract = feed_.contract;
      size_t count = 0;
      for (ContractColumn& column : contract.columns) {
        column.not_null = false;
        if (left_out.contains(column.name)) {
          column.name = fmt::format("{}{}", kNoKey, count++);
        }
      }
      reader = std::make_unique<Reader>(std::move(contract));
    }
    const std::optional<RecordFault> fault = reader->Read(record, offset);
    if (!fault.has_value()) return reader->Write(file, rows);
    if (fault->misfit.column == kNoColumn) {
      throw Error(
          ErrorCode::kInternal,
          fmt::format("table {}: a row of {} cannot be read as a record", feed_.name, file));
    }
    left_out.insert(feed_.contract.columns.at(fault->misfit.column).name);
  }
}

std::map<std::string, uint64_t> Reread::CarryOver(const std::set<std::string>& files,
                                                  RowWriter& rows) {
  std::map<std::string, uint64_t> carried;
  if (files.empty() || table_.metadata.CurrentSnapshot() == nullptr) return carried;
  RequireSound(session_, table_);  // the new files would hide the damage: their checksums are valid
  VisitRows(session_.connection, RowsAsRecords(files), {kFileColumn, kOffsetColumn, "record"},
            [&](const VisitedRow& row) {
              const std::string_view file = row.Text(0).value_or("");
              CarryRow(file, static_cast<uint64_t>(row.Integer(1)), row.Text(2).value_or("{}"),
                       rows);
              ++carried[std::string(file)];
            });
  return carried;
}

}  // namespace stedi
