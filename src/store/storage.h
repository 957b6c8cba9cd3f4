// Gives the FileStore of a path: a disk, or S3, which is set up when it is first needed.
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

  // Returns the store of `path`; it lives as long as this object. Afterwards SQL statements can
  // read and write such paths, too. One thread at a time. Throws kInvalid for a path that is
  // neither on a disk nor on S3.
  const FileStore& StoreOf(const std::filesystem::path& path);
  const S3Files& S3();
  // Lists the files of a feed.
  FeedListing List(const std::filesystem::path& folder, const FileRule& rule);

 private:
  Database& database_;
  std::unique_ptr<S3Files> s3_;
};

// Throws kInvalid for a remote path that is not s3://bucket/.. or contains characters that DuckDB
// reads as a pattern.
void CheckLocation(const std::filesystem::path& path);

}  // namespace stedi
