// `stedi relocate`: makes a lake that was moved or copied usable at its new location. All files
// that name other files are rewritten under new names, one transaction of the catalog makes the new
// files valid, and the files that they replace are deleted. A crash at any moment leaves the lake
// either as it was or relocated, and running the command again completes the work
// (docs/decisions/0027-a-lake-knows-its-folder.md).
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace stedi {

struct RelocateOptions {
  std::filesystem::path lake;     // where it is now: a folder or s3://bucket/prefix
  std::filesystem::path catalog;  // empty: <lake>/catalog.db
  // The lake that this one was copied from stays in use: the copy gets an id of its own, and each
  // of its tables a new uuid.
  bool is_copy = false;
  bool wait = true;  // for another writer
};

enum class RelocateStatus : uint8_t {
  kRelocated,
  kCleaned,  // relocated earlier; the outdated files that were left over are deleted now
  kTaken,    // last written with another copy of the catalog; it belongs to this copy now
  kAtHome,   // nothing to do
};
std::string_view ToString(RelocateStatus status);  // "at_home" ..

struct RelocateReport {
  RelocateStatus status = RelocateStatus::kRelocated;
  std::string lake;
  std::vector<std::string> made_at;
  size_t tables = 0;
  size_t files_written = 0;
  size_t files_deleted = 0;
};

// `on_wait` is called with the pid of another process that holds the lake's lock. Throws kNotFound
// when there is no lake. Throws kInvalid when a file is missing, when the catalog is damaged, or
// when the lake that this is a copy of still exists and `is_copy` is not set. Throws kConflict when
// the lake belongs to another catalog.
RelocateReport RelocateLake(const RelocateOptions& options,
                            const std::function<void(int pid)>& on_wait);

}  // namespace stedi
