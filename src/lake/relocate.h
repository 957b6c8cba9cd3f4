// `stedi relocate`: makes a lake that was moved or copied whole at its new place. All that names
// files is written anew beside what is there, one transaction of the catalog makes it valid, and
// what it takes the place of is deleted. A crash at any moment leaves the lake as it was, or moved;
// the command run again ends it (docs/decisions/0027-a-lake-knows-its-folder.md).
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
  // The lake that it was copied from stays in use: this one gets an id, and its tables uuids, of
  // their own.
  bool is_copy = false;
  bool wait = true;  // for another writer
};

enum class RelocateStatus : uint8_t {
  kRelocated,
  kCleaned,  // an earlier relocation had moved it: the files it left are deleted
  kTaken,    // it was last written with another copy of the catalog: it belongs to this one now
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

// `on_wait` is told the pid of another process that holds the lake. Throws kNotFound when there is
// no lake; kInvalid when a file is missing, the catalog is damaged, or the lake that this is a copy
// of is still there and `is_copy` is not given.
RelocateReport RelocateLake(const RelocateOptions& options,
                            const std::function<void(int pid)>& on_wait);

}  // namespace stedi
