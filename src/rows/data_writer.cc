// The SELECT passes its rows to a scalar function, on all of DuckDB's threads. Each thread fills a
// row group of its own; full row groups are written to the file.
#include "rows/data_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <memory>
#include <mutex>
#include <numeric>
#include <thread>
#include <utility>

#include "database/column_types.h"
#include "database/scalar_function.h"
#include "database/vector_values.h"
#include "iceberg/identifiers.h"

namespace stedi {
namespace {

// If fewer rows than this remain at the end, one thread encodes them.
constexpr int64_t kRowsToShareOut = 4096;

class RowSink {
 public:
  RowSink(const FileStore& store, const DataTarget& target, RowTally* tally)
      : target_(target), tally_(tally), files_(store, target) {
    std::vector<std::string> columns;
    columns.reserve(target.schema.fields.size());
    for (const Field& field : target.schema.fields) columns.push_back(field.name);
    first_of_checksum_ = FirstOfChecksum(columns);
  }
  RowSink(const RowSink&) = delete;
  RowSink& operator=(const RowSink&) = delete;

  // Registers the sink as a function of the connection's database, and returns its name.
  std::string Register(Connection& connection) {
    std::string name = "sink_" + NewUuid();
    RegisterFunction(connection, name,
                     {DUCKDB_TYPE_ANY, DUCKDB_TYPE_BOOLEAN, this, OnChunk, OnThread});
    return name;
  }

  // Writes the remaining rows and returns all files. REQUIRES: no statement calls the function any
  // more.
  std::vector<DataFile> Finish(size_t threads) {
    WriteLast(threads);
    return files_.Finish();
  }

  // Throws what went wrong when rows were taken or written.
  void RethrowFailure() const {
    if (failure_ != nullptr) std::rethrow_exception(failure_);
  }

 private:
  struct ThreadRows {
    ThreadRows(const Schema& schema, const std::set<std::string>& without_bounds)
        : group(schema, without_bounds) {}
    RowGroupEncoder group;
    // The position of the group in the file: groups are numbered in the order in which they get
    // their first rows. DuckDB's threads take parts of sorted rows in order, each as long as a row
    // group. So the groups are in order, too, except for two that begin at the same moment.
    uint64_t order = 0;
    std::vector<uint16_t> kept;  // the rows of the current chunk that passed
  };

  static void OnThread(duckdb_init_info info) noexcept {
    try {
      auto* sink = static_cast<RowSink*>(duckdb_scalar_function_init_get_extra_info(info));
      const std::lock_guard lock(sink->mutex_);
      sink->threads_.push_back(
          std::make_unique<ThreadRows>(sink->target_.schema, sink->target_.without_bounds));
      duckdb_scalar_function_init_set_state(info, sink->threads_.back().get(), nullptr);
    } catch (const std::exception& error) {
      duckdb_scalar_function_init_set_error(info, error.what());
    }
  }

  static void OnChunk(duckdb_function_info info, duckdb_data_chunk chunk,
                      duckdb_vector output) noexcept {
    auto* sink = static_cast<RowSink*>(duckdb_scalar_function_get_extra_info(info));
    try {
      sink->Take(chunk, *static_cast<ThreadRows*>(duckdb_scalar_function_get_state(info)));
      std::fill_n(static_cast<bool*>(duckdb_vector_get_data(output)),
                  duckdb_data_chunk_get_size(chunk), true);
    } catch (const std::exception& error) {
      sink->KeepFailure();
      duckdb_scalar_function_set_error(info, error.what());
    }
  }

  void Take(duckdb_data_chunk chunk, ThreadRows& rows) {
    FindKept(chunk, rows.kept);
    if (rows.kept.empty()) return;
    if (rows.group.rows() == 0) rows.order = next_order_++;
    const std::vector<Field>& fields = target_.schema.fields;
    for (size_t i = 0; i < fields.size(); ++i) {
      AddValues(fields[i].type, duckdb_data_chunk_get_vector(chunk, i), rows.kept,
                rows.group.column(i));
    }
    rows.group.AddRows(static_cast<int64_t>(rows.kept.size()));
    if (rows.group.IsFull()) Write(rows);
  }

  void FindKept(duckdb_data_chunk chunk, std::vector<uint16_t>& kept) {
    const size_t size = duckdb_data_chunk_get_size(chunk);
    kept.resize(size);
    std::iota(kept.begin(), kept.end(), uint16_t{0});
    if (tally_ == nullptr) return;
    const std::unique_ptr<bool[]> passes(new bool[size]);
    tally_->Process(chunk, passes.get(), first_of_checksum_);
    std::erase_if(kept, [&](uint16_t row) { return !passes[row]; });
  }

  void Write(ThreadRows& rows) {
    EncodedRowGroup group = rows.group.Finish();
    group.order = rows.order;
    Add(std::move(group));
  }

  void Add(EncodedRowGroup group) {
    const std::lock_guard lock(mutex_);
    files_.Add(std::move(group));
  }

  // Writes the row groups that are not full. Their columns are encoded by several threads.
  void WriteLast(size_t threads) {
    struct Task {
      RowGroupEncoder* rows;
      EncodedRowGroup* group;
      size_t column;
    };
    std::vector<EncodedRowGroup> groups;
    groups.reserve(threads_.size());
    std::vector<Task> tasks;
    int64_t rows_left = 0;
    for (const std::unique_ptr<ThreadRows>& rows : threads_) {
      if (rows->group.rows() == 0) continue;
      rows_left += rows->group.rows();
      EncodedRowGroup& group = groups.emplace_back(rows->group.FinishRows());
      group.order = rows->order;
      for (size_t i = 0; i < group.columns.size(); ++i) tasks.push_back({&rows->group, &group, i});
    }
    std::atomic<size_t> next = 0;
    const auto encode = [&]() noexcept {
      try {
        PageCompressor compressor;
        for (size_t i = next++; i < tasks.size(); i = next++) {
          const Task& task = tasks[i];
          task.group->columns[task.column] = task.rows->column(task.column).Finish(compressor);
        }
      } catch (...) {  // it must not leave the thread: RethrowFailure throws it
        KeepFailure();
      }
    };
    if (rows_left < kRowsToShareOut) threads = 1;
    std::vector<std::jthread> others;
    for (size_t i = 1; i < std::min(threads, tasks.size()); ++i) others.emplace_back(encode);
    encode();
    others.clear();  // joins
    RethrowFailure();
    for (EncodedRowGroup& group : groups) Add(std::move(group));
  }

  // Keeps the exception that is being handled, if it is the first one.
  void KeepFailure() {
    const std::lock_guard lock(mutex_);
    if (failure_ == nullptr) failure_ = std::current_exception();
  }

  const DataTarget& target_;
  RowTally* tally_;
  size_t first_of_checksum_ = 0;
  std::atomic<uint64_t> next_order_ = 0;
  std::mutex mutex_;
  // mutex_ guards all members below, except what a thread does with its own ThreadRows.
  std::vector<std::unique_ptr<ThreadRows>> threads_;
  NewDataFiles files_;
  std::exception_ptr failure_;
};

}  // namespace

std::vector<DataFile> WriteDataFiles(Connection& connection, Storage& storage,
                                     const std::string& select, const DataTarget& target,
                                     RowTally* tally) {
  const FileStore& store = storage.StoreOf(target.folder);
  store.MakeFolder(target.folder);
  std::vector<std::string> names;
  for (const Field& field : target.schema.fields) names.push_back(field.name);
  RowSink sink(store, target, tally);
  const std::string rows =
      fmt::format("SELECT {} FROM (\n{}\n)", CastList(target.schema.fields), select);
  try {
    connection.Execute(SelectDropped(sink.Register(connection), rows, names));
  } catch (const SqlError&) {
    sink.RethrowFailure();
    throw;
  }
  const int64_t threads = connection.Integer("SELECT current_setting('threads')::BIGINT");
  std::vector<DataFile> files = sink.Finish(static_cast<size_t>(threads));
  store.ConfirmFolderDurable(target.folder);
  return files;
}

}  // namespace stedi
