#include "inspect/verify.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "database/landing_function.h"
#include "database/value_masking.h"
#include "files/file_names.h"
#include "iceberg/property_names.h"
#include "inspect/reading_session.h"
#include "inspect/recompute.h"
#include "inspect/verify_files.h"
#include "pipeline/feed_tables.h"
#include "run/pseudonym_key.h"
#include "run/quarantine.h"
#include "run/run_project.h"
#include "run/table_contract.h"

namespace stedi {
namespace {

constexpr size_t kFaultsOfAKindMax = 5;

// Adds the first of many faults, and how many more there are.
void AddFaults(const std::vector<std::string>& faults, TableVerification& out) {
  for (size_t i = 0; i < std::min(faults.size(), kFaultsOfAKindMax); ++i) {
    out.faults.push_back(faults[i]);
  }
  if (faults.size() > kFaultsOfAKindMax) {
    out.faults.push_back(
        fmt::format("and {} more of this kind", faults.size() - kFaultsOfAKindMax));
  }
}

// The rows that a table has from one landing file, as counted in the table.
struct FileRows {
  uint64_t rows = 0;
  uint64_t bytes = 0;
};

class Verifier {
 public:
  Verifier(const VerifyOptions& options, const CheckedProject* checked, const LakeSession& session,
           const std::function<void(const TableVerification&)>& on_table)
      : options_(options), checked_(checked), session_(session), on_table_(on_table) {}

  LakeVerification Verify() {
    out_.database = session_.database_name;
    LookAtCatalog();
    for (FileRecord& record : session_.catalog.ListFiles(session_.database_name)) {
      files_[record.feed].push_back(std::move(record));
    }
    // All tables are checked before any is recomputed, because that reads other tables.
    std::map<std::string, TableVerification> found;
    for (const std::string& name : session_.catalog.ListTables(session_.database_name)) {
      found[name] = LookAt(name);
    }
    CountQuarantined(found);
    CountRejected(found);
    for (auto& [name, table] : found) {
      if (options_.recompute && is_readable_) Recompute(name, table);
      on_table_(table);
      out_.tables.push_back(std::move(table));
    }
    if (options_.recompute && !is_readable_) {
      out_.notes.emplace_back("nothing was made again: not all tables can be read");
    }
    return std::move(out_);
  }

 private:
  void LookAtCatalog() {
    for (const std::string& fault : session_.catalog.FindDamage()) {
      out_.faults.push_back(fmt::format("the catalog is damaged: {}", fault));
    }
    const std::optional<RunRecord> last = session_.catalog.LastPublishedRun(session_.database_name);
    if (!last.has_value()) return;
    for (const StepRecord& step : last->steps) {
      if (session_.catalog.FindTable({session_.database_name, step.table}).has_value()) continue;
      out_.faults.push_back(
          fmt::format("{}: the last run had it, but the catalog does not name it", step.table));
    }
  }

  void AddFiles(const FilesCheck& files, TableVerification& out) const {
    AddFaults(files.faults, out);
    const size_t told = std::min(files.notes.size(), kFaultsOfAKindMax);
    out.notes.insert(out.notes.end(), files.notes.begin(),
                     files.notes.begin() + static_cast<std::ptrdiff_t>(told));
  }

  TableVerification LookAt(const std::string& name) {
    TableVerification out;
    out.table = name;
    ReadTable& found = tables_[name];
    LakeTable& table = found.table;
    try {
      AddFiles(CheckMetadataFile(session_, name), out);
      table = OpenTable(session_, name);
      AddFiles(CheckTableFiles(session_, table), out);
      LoadFiles(session_.database, session_.connection, table);
      out.files = table.files.size();
      for (const LiveFile& live : table.files) {
        out.bytes += static_cast<uint64_t>(live.entry.file.file_size_bytes);
      }
      if (!out.faults.empty()) {
        is_readable_ = false;
      } else {
        CreateView(session_.connection, name,
                   SelectRows(session_.database, session_.connection, table));
        CountRows(found, out);
        AddUp(table, out);
      }
    } catch (const Error& error) {  // the table's fault, not ours
      if (error.code() == ErrorCode::kCancelled || error.code() == ErrorCode::kInternal) throw;
      if (IsOutOfMemory(error)) throw;
      const auto* sql = dynamic_cast<const SqlError*>(&error);
      const bool quotes_values = sql != nullptr && QuotesValues(sql->fault());
      out.faults.push_back(quotes_values ? MaskValues(error.what()) : error.what());
      is_readable_ = false;
    } catch (const std::exception& error) {  // a manifest lacks a required field
      out.faults.push_back(fmt::format("its files cannot be read: {}", error.what()));
      is_readable_ = false;
    }
    return out;
  }

  void CountRows(ReadTable& found, TableVerification& out) const {
    const LakeTable& table = found.table;
    std::vector<std::string> columns;
    for (const Field& field : table.metadata.CurrentSchema().fields) columns.push_back(field.name);
    const TableChecksum& read = found.checksum =
        ChecksumOf(session_.connection,
                   fmt::format("SELECT * FROM {}", QuoteIdentifier(table.id.name)), columns);
    out.rows = read.rows;
    const std::string total = SummaryText(table, kTotalRecords);
    if (!table.has_deletes && !total.empty() && total != fmt::format("{}", read.rows)) {
      out.faults.push_back(
          fmt::format("its files have {} rows, its snapshot says {}", read.rows, total));
    }
    const std::string checksum = SummaryText(table, kChecksum);
    if (!checksum.empty() && checksum != ToString(read)) {
      out.faults.push_back("its rows are not those that were written: another checksum");
    }
  }

  // Checks that every byte of every landing file is accounted for, and that the table has a row for
  // every accepted record.
  void AddUp(const LakeTable& table, TableVerification& out) {
    const auto feed = files_.find(table.id.name);
    if (feed == files_.end()) return;
    const bool is_personal = PersonalColumns(table.metadata).contains(kFileColumn);
    const auto shown = [&](const std::string& file) { return ShownFile(file, is_personal); };
    std::map<std::string, FileRows> rows =
        RowsByFile(fmt::format("SELECT {0}, count(*), 0 FROM {1} GROUP BY {0}", kFileColumn,
                               QuoteIdentifier(table.id.name)));
    std::vector<std::string> faults;
    for (const FileRecord& file : feed->second) {
      if (file.status == LoadStatus::kRedelivered) continue;
      ++out_.landing_files;
      out_.landing_bytes += file.decoded_bytes;
      const uint64_t accounted =
          file.accepted_bytes + file.quarantined_bytes + file.whitespace_bytes + file.framing_bytes;
      if (accounted != file.decoded_bytes) {
        faults.push_back(fmt::format("{}: {} of {} bytes are accounted for", shown(file.file),
                                     accounted, file.decoded_bytes));
      }
      const uint64_t found = rows[file.file].rows;
      if (found != file.records) {
        faults.push_back(fmt::format("{}: {} records were accepted, {} rows are there",
                                     shown(file.file), file.records, found));
      }
      rows.erase(file.file);
    }
    for (const auto& [file, count] : rows) {
      faults.push_back(
          fmt::format("{}: {} rows of a file that no run has loaded", shown(file), count.rows));
    }
    AddFaults(faults, out);
  }

  // Checks that the quarantine has every rejected record of every landing file.
  void CountQuarantined(std::map<std::string, TableVerification>& found) {
    const auto quarantine = found.find(kQuarantineTable);
    if (quarantine == found.end() || !quarantine->second.faults.empty()) return;
    std::vector<std::string> faults;
    for (const auto& [feed, records] : files_) {
      const bool is_personal = HasPersonalFileNames(feed);
      std::map<std::string, FileRows> kept = RowsByFile(
          fmt::format("SELECT file, count(*), sum(byte_length) FROM {} WHERE table_name = {} GROUP "
                      "BY file",
                      kQuarantineTable, QuoteLiteral(feed)));
      for (const FileRecord& file : records) {
        if (file.status == LoadStatus::kRedelivered) continue;
        const FileRows& rows = kept[file.file];
        if (rows.rows == file.rejected && rows.bytes == file.quarantined_bytes) continue;
        faults.push_back(
            fmt::format("{}: {}: {} records ({} bytes) were rejected, {} ({} bytes) are there",
                        feed, ShownFile(file.file, is_personal), file.rejected,
                        file.quarantined_bytes, rows.rows, rows.bytes));
      }
    }
    AddFaults(faults, quarantine->second);
  }

  // Checks that a feed's table of rejected records has every rejected record of its landing files.
  void CountRejected(std::map<std::string, TableVerification>& found) {
    for (const auto& [feed, records] : files_) {
      const std::string name = feed + kRejectedSuffix;
      const auto table = found.find(name);
      if (table == found.end() || !table->second.faults.empty()) continue;
      std::map<std::string, FileRows> kept = RowsByFile(
          fmt::format("SELECT {0}, count(*), 0 FROM (SELECT DISTINCT {0}, {1}, {2} FROM {3}) GROUP "
                      "BY {0}",
                      kFileColumn, kOffsetColumn, kReasonColumn, QuoteIdentifier(name)));
      const bool is_personal = HasPersonalFileNames(feed);
      std::vector<std::string> faults;
      for (const FileRecord& file : records) {
        const uint64_t rejected = file.status == LoadStatus::kRedelivered ? 0 : file.rejected;
        if (kept[file.file].rows == rejected) continue;
        faults.push_back(fmt::format("{}: {} records were rejected, {} are there",
                                     ShownFile(file.file, is_personal), rejected,
                                     kept[file.file].rows));
      }
      AddFaults(faults, table->second);
    }
  }

  // Whether the names of the feed's landing files must not be shown.
  bool HasPersonalFileNames(const std::string& feed) const {
    const auto table = tables_.find(feed);
    return table != tables_.end() &&
           PersonalColumns(table->second.table.metadata).contains(kFileColumn);
  }

  std::map<std::string, FileRows> RowsByFile(const std::string& select) const {
    std::map<std::string, FileRows> files;
    for (const TextRow& row :
         session_.connection.Query(fmt::format("SELECT COLUMNS(*)::VARCHAR FROM ({})", select))
             .Rows()) {
      files[row[0].value_or("")] = {std::stoull(row[1].value_or("0")),
                                    std::stoull(row[2].value_or("0"))};
    }
    return files;
  }

  void Recompute(const std::string& name, TableVerification& out) const {
    const Project& project = checked_->project;
    const ReadTable& table = tables_.at(name);
    if (const Feed* feed = FindFeed(project, name)) {
      const auto records = files_.find(name);
      return RecomputeFeed(session_, *feed, table,
                           records == files_.end() ? std::vector<FileRecord>{} : records->second,
                           out);
    }
    if (const View* view = FindView(project, name)) {
      return RecomputeView(session_, *view, table, StatesFor(*view), out);
    }
    if (name == kQuarantineTable || FindTable(project, name) != nullptr) return;
    out.notes.emplace_back("not made again: the project has no such table");
  }

  // The states in the order that a run uses: those of the inputs, then those of the tables that the
  // view's expectations refer to.
  std::vector<TableState> StatesFor(const View& view) const {
    std::vector<TableState> states;
    const auto add = [&](const std::string& name) {
      if (const auto found = tables_.find(name); found != tables_.end()) {
        states.push_back(StateOf(found->second.table));
      }
    };
    for (const std::string& name : view.inputs) add(name);
    for (const Expectation& expectation : view.expectations) {
      const std::string& name = expectation.references_table;
      if (!name.empty() && name != view.name) add(name);  // a run looks before the view is there
    }
    return states;
  }

  const VerifyOptions& options_;
  const CheckedProject* checked_;
  const LakeSession& session_;
  const std::function<void(const TableVerification&)>& on_table_;
  std::map<std::string, std::vector<FileRecord>> files_;  // by feed
  std::map<std::string, ReadTable> tables_;
  bool is_readable_ = true;
  LakeVerification out_;
};

// Returns `options` with the parameters of the lake's newest published run, so that tables are
// recomputed as they were made. --set takes precedence.
RunOptions AsLastRun(const RunOptions& options, const std::optional<RunRecord>& last) {
  RunOptions out = options;
  if (!last.has_value()) return out;
  ProjectOptions project_options = OptionsWithoutRun();
  project_options.set = options.set;
  const CheckedProject now = CheckProject(options.project_folder, project_options);
  for (const auto& [name, parameter] : now.project.parameters) {
    const auto before = last->parameters.find(name);
    if (before == last->parameters.end() || parameter.secret) continue;
    out.set.emplace(name, before->second);
  }
  return out;
}

// Throws kInvalid when `key` is not the lake's: all pseudonyms would differ.
void CheckKeyOf(const LakeSession& session, const PseudonymKey& key) {
  const std::string own = key.value.empty() ? "none" : KeyFingerprint(key.value);
  const std::optional<std::string> lake =
      PublishedKeyFingerprint(session.catalog, session.database_name);
  if (!key.value.empty() && (!lake.has_value() || *lake == own)) return;
  throw Error(ErrorCode::kInvalid,
              fmt::format("the lake was made with the pseudonym key of fingerprint {}, here is {}: "
                          "set STEDI_PSEUDONYM_KEY to that key",
                          lake.value_or("none"), own));
}

}  // namespace

LakeVerification VerifyLake(const VerifyOptions& options,
                            const std::function<void(const TableVerification&)>& on_table) {
  const RunOptions& run = options.run;
  const FoundLake lake = FindLake(run.lake, run.catalog, options.database);
  const uint64_t memory = MemoryOf(run);
  const ReadingSession reading(lake, run.threads, memory);
  const LakeSession& session = reading.session();
  std::optional<CheckedProject> checked;
  if (options.recompute) {
    const RunOptions as_last =
        AsLastRun(run, session.catalog.LastPublishedRun(session.database_name));
    const PseudonymKey found = FindPseudonymKey().value_or(PseudonymKey{});
    checked = LoadRunProject(as_last, found.value);
    CheckKeyOf(session, KeyInUse(checked->project, found));
    CheckLandingFolders(checked->project);
  }
  return Verifier(options, checked.has_value() ? &*checked : nullptr, session, on_table).Verify();
}

bool LakeVerification::is_sound() const {
  return faults.empty() && std::ranges::all_of(tables, [](const TableVerification& table) {
           return table.faults.empty();
         });
}

}  // namespace stedi
