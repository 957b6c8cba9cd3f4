// The file seam over DuckDB's C file system API: s3://.. through its httpfs extension. What that
// cannot do (remove, folders) is not done: an object that nothing names stays.
#pragma once

#include <string>

#include "base/file_store.h"
#include "database/database.h"
#include "files/landing_files.h"

namespace stedi {

class S3Files final : public FileStore {
 public:
  // `database` must outlive it and all files it opens. Throws as EnableS3.
  explicit S3Files(Database& database);

  // A failed or short read is tried again on a fresh handle (base/remote_file.h).
  std::unique_ptr<const ReadableFile> Open(const std::filesystem::path& path) const override;
  // Without a modification time.
  std::optional<FileStatus> Stat(const std::filesystem::path& path) const override;
  // Writes over what is there (S3 by httpfs has no other way); tried again until it is stored
  // whole.
  void WriteNew(const std::filesystem::path& path, std::string_view bytes) const override;
  // Kept in memory until it is finished, so that the upload can be tried again.
  std::unique_ptr<NewFile> Create(const std::filesystem::path& path) const override;
  void Settle(const std::filesystem::path& path, uint64_t size_bytes) const override;
  void MakeFolder(const std::filesystem::path& /*folder*/) const override {}
  void SettleFolder(const std::filesystem::path& /*folder*/) const override {}
  void Remove(const std::filesystem::path& /*path*/) const override {}
  uint64_t read_bytes() const override { return 16 << 20; }
  uint64_t data_file_bytes() const override { return 64 << 20; }

  // Lists all below `folder`, any number of objects, by their names alone. Throws kInvalid when
  // there is nothing.
  FeedListing List(const std::string& folder, const FileRule& rule) const;
  // Whether there is an object whose path begins so. Throws kNotFound when there is no such bucket.
  bool HasObjects(const std::string& path_prefix) const;

 private:
  Database& database_;
};

}  // namespace stedi
