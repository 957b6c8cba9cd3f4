// The catalog of a local lake: <lake>/catalog.db, in the layout that Java's JdbcCatalog and
// PyIceberg's SqlCatalog share, with additional tables for stedi. All changes of a run are one
// SQLite transaction.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/lake_move.h"
#include "catalog/run_record.h"

namespace stedi {

inline constexpr int kLakeFormat = 2;  // PRAGMA user_version
inline constexpr const char* kUsualCatalogName = "lake";

struct TableIdentifier {
  std::string database;  // namespace
  std::string name;
};

// The location that the catalog has for a table.
struct TablePointer {
  TableIdentifier table;
  std::string location;  // of its metadata.json, as its writer spelled it
};

// Moves a table's pointer from one metadata file to the next.
struct TableCommit {
  TableIdentifier table;
  std::string expected_location;  // empty: the table must not exist yet
  std::string new_location;
  std::string new_crc = {};  // CRC-32 of the file there; empty: not known
};

enum class CommitOutcome : uint8_t { kCommitted, kConflict, kUnknown };

// To be used by one thread at a time.
class SqlCatalog {
 public:
  enum class Mode : uint8_t { kCreate, kMustExist };
  // Opens `db_path`; kCreate creates the file, with mode 0600, if it is missing. `catalog_name` is
  // the name that readers must use. With `wait` = false, calls wait only for the short time while
  // another program writes (see SqliteDatabase). Throws kNotFound when the file is missing or
  // empty, and kInvalid when it is not a catalog, damaged, or of a newer lake format.
  SqlCatalog(const std::filesystem::path& db_path, std::string catalog_name, Mode mode,
             bool wait = true);
  ~SqlCatalog();
  // Opens a catalog for writing if a run has made it. Returns nullptr for a file that is missing,
  // or that was left empty by a first run that died.
  static std::unique_ptr<SqlCatalog> OpenIfMade(const std::filesystem::path& db_path,
                                                std::string catalog_name, bool wait = true);
  // Returns the catalog as it is at this moment: a copy in memory that no later commit changes, so
  // that everything read from it is consistent. Returns nullptr and throws like OpenIfMade(). If
  // `catalog_name` is empty, uses the only name in the file, or kUsualCatalogName when there is not
  // exactly one.
  static std::unique_ptr<const SqlCatalog> ReadCopy(const std::filesystem::path& db_path,
                                                    std::string catalog_name = "");
  std::unique_ptr<const SqlCatalog> Copy() const;
  // A catalog without tables, in memory.
  static std::unique_ptr<const SqlCatalog> Empty(std::string catalog_name);
  // Opens a new connection to the same file, which is needed to find out whether a commit with an
  // unknown outcome went through.
  std::unique_ptr<SqlCatalog> Reopen() const;
  SqlCatalog(const SqlCatalog&) = delete;
  SqlCatalog& operator=(const SqlCatalog&) = delete;

  const std::string& name() const;

  // Where the table's current metadata.json is, as its writer spelled it (LocalPath() for opening);
  // nothing when there is no such table.
  std::optional<std::string> FindTable(const TableIdentifier& table) const;
  std::vector<std::string> ListTables(std::string_view database) const;  // sorted
  std::vector<std::string> ListDatabases() const;
  std::vector<TablePointer> ListPointers() const;  // of all databases
  std::vector<std::string> ListCatalogNames()
      const;  // all names in the file, to explain an empty list

  // Commits all of `commits` and the records of `run` (status ok, no_news and the like), or
  // nothing. Returns kConflict, and changes nothing, when a table is not at its expected location.
  // Returns kUnknown when SQLite failed in COMMIT itself: ask Reopen()->HasCommitted(). Throws
  // kUnavailable (disk full ..) or kLocked (another program writes for too long) when nothing was
  // changed.
  CommitOutcome Commit(std::span<const TableCommit> commits, const RunRecord& run);

  // Inserts or replaces the record of a run outside a commit: running, failed, cancelled. The
  // steps, expectations and bad files of the run are recorded too, its files are not. Does nothing
  // for a run that has committed.
  void RecordRun(const RunRecord& run);
  // Marks runs still "running" as "interrupted"; call only while holding the lake's lock.
  void MarkInterruptedRuns();
  bool HasCommitted(std::string_view run_id) const;
  // Ids of the runs, of all databases, that ended without being published and began after the run
  // `after` (empty: all of them), oldest first.
  std::vector<std::string> ListFailedRuns(std::string_view after) const;
  // The locations of the current metadata of all tables, under any catalog name.
  std::vector<std::string> ListLocations() const;
  // What SQLite finds wrong with the file, in its own words; empty when it finds nothing.
  std::vector<std::string> FindDamage() const;
  // The checksum of a table's metadata file at `location`. No value when none is recorded for this
  // location, as when another program moved the table's pointer.
  std::optional<std::string> MetadataCrc(const TableIdentifier& table,
                                         std::string_view location) const;

  std::vector<RunRecord> ListRuns(size_t limit) const;  // newest first, with steps and expectations
  // The newest run of `database` that was published (ok or no_news), with steps and expectations.
  std::optional<RunRecord> LastPublishedRun(std::string_view database) const;
  // The tables of that run; empty when there is no such run, as in a lake of another program.
  std::set<std::string> TablesOfLastRun(std::string_view database) const;
  // Sorted by feed and file; only those of `feed` when it is given.
  std::vector<FileRecord> ListFiles(std::string_view database, std::string_view feed = {}) const;
  // The newest step of `table` in a committed run (ok or no_news), which holds the table's
  // fingerprint.
  std::optional<StepRecord> LastStep(std::string_view database, std::string_view table) const;
  std::optional<std::string> GetSetting(
      std::string_view key) const;  // stedi_settings: lake id, key fingerprint
  void SetSetting(std::string_view key, std::string_view value);
  // Commits all of `move`, or nothing; its pointers may have any catalog name. Throws kConflict
  // when another program changed a table meanwhile, and kCommitStateUnknown when SQLite failed in
  // COMMIT itself.
  void MoveLake(const LakeMove& move);
  // The files that a move has left behind. They are listed until ForgetOutdatedFiles() is called.
  std::vector<std::string> ListOutdatedFiles() const;
  void ForgetOutdatedFiles();
  // Raw rows of the stedi_* tables of the log, for `stedi query` (ops.*).
  std::vector<OpsTable> ReadOpsTables() const;

 private:
  struct State;
  explicit SqlCatalog(std::unique_ptr<State> state);
  static std::unique_ptr<State> OpenState(SqliteDatabase database, std::string catalog_name);
  std::unique_ptr<State> state_;
};

}  // namespace stedi
