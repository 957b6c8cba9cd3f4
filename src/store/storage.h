// Where a path is: on a disk, or on S3, which is set up when it is first named.
#pragma once

#include <memory>

#include "base/file_store.h"
#include "database/database.h"
#include "files/landing_files.h"
#include "store/s3_files.h"

namespace stedi {

class Storage {
 public:
  // `database` must outlive it.
  explicit Storage(Database& database) : database_(database) {}

  // From now on statements, too, can read and write such paths. One thread at a time; what it
  // returns lives as long as this. Throws kInvalid for what is neither.
  const FileStore& Of(const std::filesystem::path& path);
  const S3Files& S3();
  // The files of a feed.
  FeedListing List(const std::filesystem::path& folder, const FileRule& rule);

 private:
  Database& database_;
  std::unique_ptr<S3Files> s3_;
};

// Throws kInvalid for a remote path that is not s3://bucket/.. or has signs that DuckDB reads as a
// pattern.
void CheckLocation(const std::filesystem::path& path);

}  // namespace stedi
