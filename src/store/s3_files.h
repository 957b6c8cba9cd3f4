// The file seam for s3://.., over DuckDB's C file system API and its httpfs extension. These cannot
// remove objects, and there are no folders: an object that nothing names stays.
#pragma once

#include <string>

#include "base/file_store.h"
#include "database/database.h"
#include "files/landing_files.h"

namespace stedi {

class S3Files final : public FileStore {
 public:
  // `database` must outlive it and all files it opens. Throws as EnableS3 does.
  explicit S3Files(Database& database);

  // A failed or short read is tried again on a fresh handle (base/remote_file.h).
  std::unique_ptr<const ReadableFile> Open(const std::filesystem::path& path) const override;
  // Without a modification time.
  std::optional<FileStatus> Stat(const std::filesystem::path& path) const override;
  // Overwrites an existing object (httpfs cannot do otherwise). Tries again until the object is
  // stored whole.
  void WriteNew(const std::filesystem::path& path, std::string_view bytes) const override;
  // The file is kept in memory until it is finished, so that the upload can be tried again.
  std::unique_ptr<NewFile> Create(const std::filesystem::path& path) const override;
  void Settle(const std::filesystem::path& path, uint64_t size_bytes) const override;
  void MakeFolder(const std::filesystem::path& /*folder*/) const override {}
  void SettleFolder(const std::filesystem::path& /*folder*/) const override {}
  void Remove(const std::filesystem::path& /*path*/) const override {}
  uint64_t read_bytes() const override { return 16 << 20; }
  uint64_t data_file_bytes() const override { return 64 << 20; }

  // Lists all objects below `folder`, however many, by their names alone. Throws kInvalid when
  // there are none.
  FeedListing List(const std::string& folder, const FileRule& rule) const;
  // Whether there is an object whose path begins with `path_prefix`. Throws kNotFound when there is
  // no such bucket.
  bool HasObjects(const std::string& path_prefix) const;

 private:
  Database& database_;
};

}  // namespace stedi
