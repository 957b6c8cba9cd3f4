#include "lake/damaged_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>

#include "base/machine.h"
#include "parquet/parquet_check.h"

namespace stedi {
namespace {

[[noreturn]] void ThrowDamaged(const std::string& table, const std::vector<std::string>& faults) {
  throw Error(
      ErrorCode::kInvalid,
      fmt::format("table {}: {}{}: restore the file from a copy, or make the table anew with "
                  "stedi run --rebuild {}",
                  table, faults[0],
                  faults.size() == 1 ? "" : fmt::format(" (and {} more files)", faults.size() - 1),
                  table));
}

// Reading data files of at most this many bytes takes hardly any time.
constexpr int64_t kSmallBytesMax = 32 << 20;

}  // namespace

std::string SizeFault(Storage& storage, const DataFile& file) {
  const std::optional<FileStatus> status = storage.StoreOf(file.path).Stat(file.path);
  if (!status.has_value()) return fmt::format("{}: is gone", file.path);
  if (status->size_bytes == static_cast<uint64_t>(file.file_size_bytes)) return "";
  return fmt::format("{}: has {} bytes, its manifest says {}", file.path, status->size_bytes,
                     file.file_size_bytes);
}

std::vector<std::string> DamagedFiles(Storage& storage, const LakeTable& table) {
  std::vector<std::string> damaged;
  for (const LiveFile& live : table.files) {
    std::string fault = SizeFault(storage, live.entry.file);
    if (!fault.empty()) damaged.push_back(std::move(fault));
  }
  return damaged;
}

PagesCheck CheckPages(Storage& storage, const std::set<std::string>& paths) {
  struct File {
    std::string path;
    const FileStore* store;  // owned by `storage`
    ParquetCheck check;
  };
  std::vector<File> files;
  files.reserve(paths.size());
  for (const std::string& path : paths) files.push_back({path, &storage.StoreOf(path), {}});
  std::atomic<size_t> next = 0;
  std::mutex mutex;
  std::exception_ptr failure;
  const auto work = [&] {
    try {
      for (size_t i = next++; i < files.size(); i = next++) {
        files[i].check = CheckParquet(*files[i].store->Open(files[i].path));
      }
    } catch (...) {  // must not leave the thread; rethrown to the caller below
      const std::lock_guard lock(mutex);
      failure = std::current_exception();
    }
  };
  const size_t threads = std::min(files.size(), static_cast<size_t>(MachineThreads()));
  std::vector<std::jthread> others;
  for (size_t i = 1; i < threads; ++i) others.emplace_back(work);
  work();
  others.clear();  // joins
  if (failure) std::rethrow_exception(failure);
  PagesCheck found;
  for (const File& file : files) {
    found.pages += file.check.pages;
    found.pages_without_crc += file.check.pages_without_crc;
    if (file.check.fault.empty()) continue;
    found.faults.push_back(fmt::format("{}: {}", file.path, file.check.fault));
  }
  return found;
}

void RequireSound(const RunSession& session, const std::string& table,
                  const std::vector<DataFile>& files) {
  std::set<std::string> paths;
  std::vector<std::string> faults;
  for (const DataFile& file : files) {
    const bool is_own =
        std::filesystem::path(file.path).filename().native().starts_with(session.run_id);
    if (IsRemote(file.path) || is_own || session.sound_files.contains(file.path)) continue;
    std::string fault = SizeFault(session.storage, file);
    if (fault.empty()) {
      paths.insert(file.path);
    } else {
      faults.push_back(std::move(fault));
    }
  }
  const PagesCheck found = CheckPages(session.storage, paths);
  faults.insert(faults.end(), found.faults.begin(), found.faults.end());
  if (!faults.empty()) ThrowDamaged(table, faults);
  session.sound_files.merge(paths);
}

void LoadDerivedFiles(const LakeSession& session, LakeTable& table, bool will_rebuild) {
  try {
    LoadFiles(session.database, session.connection, table);
  } catch (const SqlError& error) {
    const bool is_of_file =
        error.fault() == SqlFault::kIo || error.fault() == SqlFault::kInvalidInput;
    if (!is_of_file || IsRemote(session.lake)) throw;
    if (!will_rebuild) {
      throw Error(
          ErrorCode::kInvalid,
          fmt::format("table {0}: its manifests cannot be read ({1}): restore the files from a "
                      "copy, or make the table anew with stedi run --rebuild {0}",
                      table.id.name, error.what()));
    }
    table.manifests.clear();
    table.files.clear();
    table.has_deletes = false;
  }
}

void RequireFiles(const LakeSession& session, const LakeTable& table) {
  if (IsRemote(session.lake)) return;
  const std::vector<std::string> faults = DamagedFiles(session.storage, table);
  if (!faults.empty()) ThrowDamaged(table.id.name, faults);
}

void RequireSound(const RunSession& session, const LakeTable& table) {
  std::vector<DataFile> files;
  for (const LiveFile& live : table.files) files.push_back(live.entry.file);
  RequireSound(session, table.id.name, files);
}

void RequireSoundIfSmall(const RunSession& session, const std::vector<const LakeTable*>& tables) {
  int64_t bytes = 0;
  for (const LakeTable* table : tables) {
    RequireFiles(session, *table);
    for (const LiveFile& live : table->files) bytes += live.entry.file.file_size_bytes;
  }
  if (bytes > kSmallBytesMax) return;
  for (const LakeTable* table : tables) RequireSound(session, *table);
}

bool IsSound(Storage& storage, const LakeTable& table) {
  if (!DamagedFiles(storage, table).empty()) return false;
  std::set<std::string> paths;
  for (const LiveFile& live : table.files) paths.insert(live.entry.file.path);
  return CheckPages(storage, paths).faults.empty();
}

}  // namespace stedi
