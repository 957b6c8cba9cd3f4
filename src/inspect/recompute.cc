#include "inspect/recompute.h"

#include <fmt/format.h>

#include <cstdint>
#include <map>
#include <utility>

#include "base/file_stamp.h"
#include "database/column_types.h"
#include "database/landing_function.h"
#include "files/file_names.h"
#include "iceberg/identifiers.h"
#include "iceberg/property_names.h"
#include "run/audit.h"
#include "run/feed_plan.h"
#include "run/table_fingerprint.h"

namespace stedi {
namespace {

constexpr const char* kOtherDefinition =
    "not made again: its definition, or a parameter in it, is not the one that it was made with";

TableChecksum ChecksumOfRows(const LakeSession& session, const Schema& schema,
                             const std::string& select) {
  std::vector<std::string> names;
  for (const Field& field : schema.fields) names.push_back(field.name);
  return ChecksumOf(session.connection,
                    fmt::format("SELECT {} FROM (\n{}\n)", CastList(schema.fields), select), names);
}

// Returns how many rows `some` has that `others` lacks. Both are SELECTs; duplicates count.
int64_t Surplus(const LakeSession& session, const Schema& schema, const std::string& some,
                const std::string& others) {
  return session.connection.Integer(
      fmt::format("SELECT count(*) FROM (SELECT {0} FROM (\n{1}\n) EXCEPT ALL SELECT {0} FROM "
                  "(\n{2}\n))",
                  CastList(schema.fields), some, others));
}

// How what a table would be made from now compares with what it was made from.
enum class Basis : uint8_t { kSame, kOtherInputs, kOtherText };

// `basis` is not kOtherText.
void CompareRows(const LakeSession& session, const ReadTable& table, const std::string& made_again,
                 Basis basis, TableVerification& out) {
  const Schema& schema = table.table.metadata.CurrentSchema();
  if (table.checksum == ChecksumOfRows(session, schema, made_again)) return;
  const std::string in_lake = fmt::format("SELECT * FROM {}", QuoteIdentifier(out.table));
  const int64_t not_there = Surplus(session, schema, in_lake, made_again);
  out.has_other_rows = true;
  if (!SummaryText(table.table, kTakenOut).empty() && not_there == 0) {
    out.notes.emplace_back("a run that failed took out people who withdrew: stedi run");
    return;
  }
  std::string difference =
      fmt::format("made again it is another table: {} of its rows are not there, {} are missing",
                  not_there, Surplus(session, schema, made_again, in_lake));
  // A failed run takes the rows of people who withdrew out of tables from which others were made.
  (basis == Basis::kOtherInputs ? out.notes : out.faults).push_back(std::move(difference));
}

// Adds a fault or a note to `out` if the result is not kSame.
Basis CompareBasis(const LakeSession& session, const TableDefinition& definition,
                   const std::string& sql, const std::vector<TableState>& inputs,
                   TableVerification& out) {
  const std::optional<StepRecord> last =
      session.catalog.LastStep(session.database_name, definition.name);
  const std::string now = Fingerprint(definition, sql, inputs);
  if (!last.has_value() || !StatesOfSame(last->fingerprint, now).has_value()) {
    out.faults.emplace_back(kOtherDefinition);
    return Basis::kOtherText;
  }
  if (last->fingerprint == now) return Basis::kSame;
  out.notes.emplace_back("an input has changed since it was made: stedi run");
  return Basis::kOtherInputs;
}

// The landing files of a feed that can be compared with the lake.
struct FilesNow {
  std::vector<LandingFile> same;    // unchanged since they were loaded
  std::vector<FileRecord> records;  // of the files in `same`, in its order
  bool are_all = false;             // `same` has all files from which the table has rows
};

FilesNow FindFiles(const LakeSession& session, const Feed& feed,
                   const std::vector<FileRecord>& records, TableVerification& out) {
  std::map<std::string, FileRecord> known;
  for (const FileRecord& record : records) known.emplace(record.file, record);
  FilesNow files;
  size_t loaded = 0;
  size_t fresh = 0;
  for (const auto& [file, record] : known) {
    loaded += record.status == LoadStatus::kRedelivered ? 0 : 1;
  }
  for (const LandingFile& file : session.storage.List(feed.folder, feed.files).files) {
    const auto found = known.find(file.file);
    const bool is_same = found != known.end() && found->second.status != LoadStatus::kKept &&
                         StampOf(found->second) == StampOf(file);
    if (!is_same) {
      ++fresh;
    } else if (found->second.status != LoadStatus::kRedelivered) {
      files.same.push_back(file);
      files.records.push_back(found->second);
    }
  }
  if (fresh > 0) {
    out.notes.push_back(
        fmt::format("landing files that are not loaded yet: {} (stedi run)", fresh));
  }
  files.are_all = files.same.size() == loaded;
  if (!files.are_all) {
    out.notes.push_back(
        fmt::format("{} of {} landing files are gone or changed: the rows of the others were read "
                    "again",
                    loaded - files.same.size(), loaded));
  }
  return files;
}

bool SaysTheSame(const FileRecord& record, const FileReport& report) {
  return record.content_hash == report.content_hash && record.records == report.records &&
         record.rejected == report.rejected && record.decoded_bytes == report.decoded_bytes &&
         record.accepted_bytes == report.accepted_bytes &&
         record.quarantined_bytes == report.quarantined_bytes &&
         record.whitespace_bytes == report.whitespace_bytes &&
         record.framing_bytes == report.framing_bytes;
}

}  // namespace

void RecomputeFeed(const LakeSession& session, const Feed& feed, const ReadTable& table,
                   const std::vector<FileRecord>& records, TableVerification& out) {
  out.is_recomputed = true;
  if (CompareBasis(session, feed, "", {}, out) == Basis::kOtherText) return;
  FilesNow files = FindFiles(session, feed, records, out);
  if (files.same.empty()) return;
  std::set<std::string> names;
  for (const LandingFile& file : files.same) names.insert(file.file);
  ScanOptions scan_options;
  scan_options.block_bytes = session.storage.StoreOf(feed.folder).read_bytes();
  LandingScan scan(feed.contract, std::move(files.same), scan_options);
  const std::string function = fmt::format("landing_{}", NewUuid());
  RegisterLandingFunction(session.connection, function, scan);
  const Schema& schema = table.table.metadata.CurrentSchema();
  const TableChecksum again =
      ChecksumOfRows(session, schema, fmt::format("SELECT * FROM {}()", QuoteIdentifier(function)));
  for (size_t i = 0; i < scan.files().size(); ++i) {
    const FileReport& report = scan.reports()[i];
    const std::string name = ShownFile(scan.files()[i].file, HasPersonalFileNames(feed));
    if (!report.problem.empty()) {
      out.faults.push_back(fmt::format("{}: {}", name, report.problem));
    } else if (!SaysTheSame(files.records[i], report)) {
      out.faults.push_back(
          fmt::format("{}: read again, its bytes go elsewhere than the lake says", name));
    }
  }
  const TableChecksum in_lake =
      files.are_all ? table.checksum
                    : ChecksumOfRows(session, schema,
                                     fmt::format("SELECT * FROM {} WHERE {} IN ({})",
                                                 QuoteIdentifier(feed.name), kFileColumn,
                                                 QuoteLiterals(names)));
  if (again == in_lake) return;
  out.faults.push_back(fmt::format("the landing files read again give {} rows, the lake has {}{}",
                                   again.rows, in_lake.rows,
                                   again.rows == in_lake.rows ? ", not all the same" : ""));
}

void RecomputeView(const LakeSession& session, const View& view, const ReadTable& table,
                   const std::vector<TableState>& inputs, TableVerification& out) {
  out.is_recomputed = true;
  const Basis basis = CompareBasis(session, view, view.select.text, inputs, out);
  if (basis == Basis::kOtherText) return;
  const Schema& schema = table.table.metadata.CurrentSchema();
  std::string select =
      fmt::format("SELECT {} FROM (\n{}\n)", CastList(schema.fields), view.select.text);
  for (const Expectation& expectation : view.expectations) {
    if (!RemovesRows(expectation)) continue;
    select = fmt::format("SELECT * FROM (\n{}\n) WHERE coalesce(({}), true)", select,
                         expectation.condition);
  }
  CompareRows(session, table, select, basis, out);
  for (const Expectation& expectation : view.expectations) {
    if (expectation.action != ExpectationAction::kFail) continue;
    if (const int64_t failed = CountViolations(session, view, expectation); failed > 0) {
      out.faults.push_back(
          fmt::format("expectation {} fails for {} rows", expectation.name, failed));
    }
  }
}

}  // namespace stedi
