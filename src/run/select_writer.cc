#include "run/select_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/fail_point.h"
#include "lake/lake_table.h"
#include "pipeline/sql_tokens.h"
#include "rows/data_writer.h"
#include "run/row_errors.h"
#include "run/table_contract.h"
#include "select/late_strings.h"
#include "select/select_shape.h"

namespace stedi {
namespace {

// A set of row hashes may take 1/kSetShare of the run's memory; the rest is left to DuckDB.
constexpr uint64_t kSetShare = 2;
// The different strings of a sorted SELECT may take 1/kPoolShare, in addition to DuckDB's memory.
constexpr uint64_t kPoolShare = 8;

// Lowers DuckDB's memory limit for as long as something else needs a part of the run's memory.
class MemoryLimit {
 public:
  MemoryLimit(const RunSession& session, uint64_t bytes) : session_(session) { Set(bytes); }
  ~MemoryLimit() {
    try {
      Set(session_.memory_bytes);
    } catch (const Error&) {  // cancelled: there is no next statement
    }
  }
  MemoryLimit(const MemoryLimit&) = delete;
  MemoryLimit& operator=(const MemoryLimit&) = delete;

 private:
  void Set(uint64_t bytes) {
    session_.connection.Execute(fmt::format("SET memory_limit = '{}B'", bytes));
  }
  const RunSession& session_;
};

// Limits DuckDB to one thread for as long as it lives: each thread needs memory that cannot spill.
class OneThread {
 public:
  explicit OneThread(Connection& connection)
      : connection_(connection),
        threads_(connection.Integer("SELECT current_setting('threads')::BIGINT")) {
    connection_.Execute("SET threads = 1");
  }
  ~OneThread() {
    try {
      connection_.Execute(fmt::format("SET threads = {}", threads_));
    } catch (const Error&) {  // cancelled: there is no next statement
    }
  }
  OneThread(const OneThread&) = delete;
  OneThread& operator=(const OneThread&) = delete;

 private:
  Connection& connection_;
  int64_t threads_;
};

// The fail point `in_select` fails as DuckDB does when it runs out of memory.
void FailPointInSelect() {
  try {
    FailPoint("in_select");
  } catch (const Error& error) {
    throw SqlError(error.code(), error.what(), SqlFault::kOutOfMemory, "");
  }
}

}  // namespace

WrittenRows SelectWriter::WriteView() const {
  return WithMaskedErrors(view_, [&] {
    try {
      FailPointInSelect();
      return WriteInLeastMemory();
    } catch (const SqlError& error) {
      if (error.fault() != SqlFault::kOutOfMemory) throw;
    }
    const OneThread one(session_.connection);
    return Write(view_.select.text);
  });
}

WrittenRows SelectWriter::WriteInLeastMemory() const {
  if (const auto select = WithoutDistinct(view_.select.text)) {
    if (auto written = WriteDistinct(*select)) return std::move(*written);
  }
  if (auto written = WriteSorted()) return std::move(*written);
  return Write(view_.select.text);
}

// Writes a SELECT DISTINCT by means of a set of row hashes. If the set has no room for all rows,
// and the SELECT gives the same rows each time, runs the SELECT several times. Returns nothing when
// the set would take too much memory.
std::optional<WrittenRows> SelectWriter::WriteDistinct(const std::string& select) const {
  const bool is_repeatable = ShapeOf(session_.connection, view_, project_).is_incremental();
  const uint64_t set_bytes = session_.memory_bytes / kSetShare;
  RowTally tally(set_bytes,
                 is_repeatable ? RowTally::Rerun::kPossible : RowTally::Rerun::kImpossible,
                 session_.temp_folder);
  const MemoryLimit limit(session_, session_.memory_bytes - set_bytes);
  WrittenRows written;
  try {
    do {
      WrittenRows more = WriteTallied(select, tally);
      std::ranges::move(more.files, std::back_inserter(written.files));
      written.checksum = more.checksum;  // of all that passed so far
    } while (tally.NextPass());
    return written;
  } catch (const Error&) {
    Remove(written.files);
    if (!tally.out_of_room()) throw;
    return std::nullopt;
  }
}

// Writes a SELECT .. ORDER BY with numbers in place of its strings. Returns nothing when it has
// none that can be replaced, or too many different ones.
std::optional<WrittenRows> SelectWriter::WriteSorted() const {
  LateStrings strings(session_.memory_bytes / kPoolShare);
  const std::optional<std::string> select = strings.Wrap(session_.connection, view_);
  if (!select.has_value()) return std::nullopt;
  try {
    return Write(*select);
  } catch (const SqlError& error) {
    if (!strings.out_of_room() || error.is_of_machine()) throw;
    return std::nullopt;
  }
}

WrittenRows SelectWriter::Write(const std::string& select) const {
  RowTally tally;
  return WriteTallied(select, tally);
}

WrittenRows SelectWriter::WriteTallied(const std::string& select, RowTally& tally) const {
  WrittenRows written;
  written.files = WriteDataFiles(
      session_.connection, session_.storage, select,
      {schema_, TableFolder(session_.lake, {session_.database_name, view_.name}) / "data",
       WithoutBounds(view_), session_.run_id},
      &tally);
  written.checksum = tally.checksum();
  return written;
}

void SelectWriter::Remove(const std::vector<DataFile>& files) const {
  for (const DataFile& file : files) session_.storage.StoreOf(file.path).Remove(file.path);
}

}  // namespace stedi
