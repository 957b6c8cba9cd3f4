#include "run/quarantine.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "database/column_types.h"
#include "lake/lake_table.h"
#include "landing/rejection_spool.h"
#include "rows/data_writer.h"
#include "run/table_contract.h"

namespace stedi {

std::vector<Field> QuarantineFields() {
  std::vector<Field> fields;
  fields.reserve(std::size(kQuarantineColumns));
  for (const QuarantineColumn& column : kQuarantineColumns) {
    fields.push_back({0, column.name, ToIceberg({column.type}), false, column.comment});
  }
  return fields;
}

std::set<std::string> QuarantinePii() {
  std::set<std::string> names;
  for (const QuarantineColumn& column : kQuarantineColumns) {
    if (column.is_personal) names.insert(column.name);
  }
  return names;
}

std::set<std::string> QuarantineWithoutBounds() {
  std::set<std::string> names;
  for (const QuarantineColumn& column : kQuarantineColumns) {
    if (!column.has_bounds) names.insert(column.name);
  }
  return names;
}

const Schema& QuarantineNews::schema() {
  if (!schema_.has_value()) {
    schema_ = NextSchema(OpenTable(session_, kQuarantineTable), QuarantineFields(),
                         EvolutionRule::kAppendOnly);
  }
  return *schema_;
}

DataTarget QuarantineNews::Target() {
  const TableIdentifier id{session_.database_name, kQuarantineTable};
  return {schema(), TableFolder(session_.lake, id) / "data", QuarantineWithoutBounds(),
          session_.run_id};
}

void QuarantineNews::Add(const std::string& feed, const Contract& contract, std::string_view file,
                         const Rejection& rejection, std::string_view raw,
                         std::string_view run_id) {
  if (!writer_.has_value()) {
    DataTarget target = Target();
    const FileStore& store = session_.storage.StoreOf(target.folder);
    writer_.emplace(store, std::move(target));
  }
  const auto add = [&](std::string_view text) {
    if (text.empty()) {
      writer_->AddNull();
    } else {
      writer_->AddText(text);
    }
  };
  // A value for each of kQuarantineColumns, in their order.
  const MisfitText misfit = Describe(rejection.misfit, contract);
  writer_->AddText(feed);
  writer_->AddText(Describe(rejection.reason).name);
  add(misfit.column);
  add(misfit.found);
  add(misfit.wanted);
  writer_->AddText(file);
  writer_->AddNumber(static_cast<int64_t>(rejection.offset));
  writer_->AddNumber(static_cast<int64_t>(rejection.length));
  writer_->AddText(raw);
  writer_->AddText(run_id);
  writer_->EndRow();
  std::vector<std::string>& examples = examples_[feed];
  if (examples.size() == kRejectionExamplesMax) return;
  examples.push_back(
      fmt::format("{}:{}: {}", file, rejection.offset, Describe(rejection.reason).name));
}

void QuarantineNews::AddRejections(const std::string& feed, const LandingScan& scan,
                                   const std::filesystem::path& spool_path) {
  RejectionSpoolReader spool(spool_path);
  SpooledRejection rejected;
  while (spool.Next(rejected)) {
    ThrowIfCancelled();
    Add(feed, scan.contract(), scan.files()[rejected.file_index].file, rejected.rejection,
        rejected.raw, session_.run_id);
  }
}

void QuarantineNews::AddRows(const std::string& table, const std::string& reason,
                             const std::string& select) {
  const std::map<std::string, std::string> values = {{"table_name", QuoteLiteral(table)},
                                                     {"reason", QuoteLiteral(reason)},
                                                     {"raw", "encode(to_json(q)::VARCHAR)"},
                                                     {"run_id", QuoteLiteral(session_.run_id)}};
  std::string columns;
  for (const QuarantineColumn& column : kQuarantineColumns) {
    const auto value = values.find(column.name);
    columns += fmt::format("{}{} AS {}", columns.empty() ? "" : ", ",
                           value == values.end() ? "NULL" : value->second, column.name);
  }
  std::vector<DataFile> files =
      WriteDataFiles(session_.connection, session_.storage,
                     fmt::format("SELECT {} FROM ({}) AS q", columns, select), Target());
  std::ranges::move(files, std::back_inserter(files_));
}

std::vector<DataFile> QuarantineNews::Finish() {
  if (writer_.has_value()) std::ranges::move(writer_->Finish(), std::back_inserter(files_));
  return std::move(files_);
}

}  // namespace stedi
