#include "lake/staged_files.h"

#include <fmt/format.h>

namespace stedi {

void StagedFiles::Add(const std::string& path, int64_t bytes, const std::string& crc) {
  const std::lock_guard lock(mutex_);
  files_[path] = {bytes, crc};
}

void StagedFiles::Abandon() {
  const std::lock_guard lock(mutex_);
  files_.clear();
}

std::string StagedFiles::CrcOf(const std::string& path) const {
  const std::lock_guard lock(mutex_);
  const auto found = files_.find(path);
  return found == files_.end() ? "" : found->second.crc;
}

void StagedFiles::Check(Storage& storage) const {
  const std::lock_guard lock(mutex_);
  for (const auto& [path, written] : files_) {
    if (IsRemote(path)) continue;
    const std::optional<FileStatus> status = storage.StoreOf(path).Stat(path);
    if (status.has_value() && status->size_bytes == static_cast<uint64_t>(written.bytes)) continue;
    const std::string found =
        status.has_value() ? fmt::format("has {} bytes, not {}", status->size_bytes, written.bytes)
                           : "is gone";
    throw Error(ErrorCode::kUnavailable,
                fmt::format("{}: {}: another program removed or changed it: nothing was published; "
                            "run again, with --rebuild of its table if that says the same",
                            path, found));
  }
}

}  // namespace stedi
