#include "run/quarantine.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "lake/lake_table.h"
#include "landing/rejection_spool.h"
#include "rows/data_writer.h"
#include "run/table_contract.h"

namespace stedi {

std::vector<Field> QuarantineFields() {
  using Kind = IcebergType::Kind;
  return {
      {0, "table_name", {Kind::kString}, false, "the landing or derived table it was kept out of"},
      {0, "reason", {Kind::kString}, false, "reject reason, or name of the expectation"},
      {0, "column_name", {Kind::kString}, false, "the column that its value does not fit"},
      {0, "found", {Kind::kString}, false, "what kind of value the record has there"},
      {0, "wanted", {Kind::kString}, false, "what the contract wants there"},
      {0, "file", {Kind::kString}, false, "landing file, relative to the feed's folder"},
      {0, "byte_offset", {Kind::kLong}, false, "decoded bytes from the start of the file"},
      {0, "byte_length", {Kind::kLong}, false, "decoded bytes"},
      {0, "raw", {Kind::kBinary}, false, "the bytes (the first 64 KiB), or the row as JSON"},
      {0, "run_id", {Kind::kString}, false, "the run that put it here"}};
}

std::set<std::string> QuarantinePii() { return {"raw"}; }

std::set<std::string> QuarantineWithoutBounds() { return {"raw", "file"}; }

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
    const FileStore& store = session_.storage.Of(target.folder);
    writer_.emplace(store, std::move(target));
  }
  const auto add = [&](std::string_view text) {
    if (text.empty()) {
      writer_->AddNull();
    } else {
      writer_->AddText(text);
    }
  };
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
  std::vector<DataFile> files = WriteDataFiles(
      session_.connection, session_.storage,
      fmt::format("SELECT {} AS table_name, {} AS reason, NULL AS column_name, NULL AS found, "
                  "NULL AS wanted, NULL AS file, NULL AS byte_offset, NULL AS byte_length, "
                  "encode(to_json(q)::VARCHAR) AS raw, {} AS run_id FROM ({}) AS q",
                  QuoteLiteral(table), QuoteLiteral(reason), QuoteLiteral(session_.run_id), select),
      Target());
  std::ranges::move(files, std::back_inserter(files_));
}

std::vector<DataFile> QuarantineNews::Finish() {
  if (writer_.has_value()) std::ranges::move(writer_->Finish(), std::back_inserter(files_));
  return std::move(files_);
}

}  // namespace stedi
