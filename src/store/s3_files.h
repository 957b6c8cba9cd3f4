// The FileStore for s3://.., over DuckDB's C file system API and its httpfs extension. They cannot
// remove objects, so an object that nothing refers to stays. S3 has no folders.
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
  // The result has no modification time.
  std::optional<FileStatus> Stat(const std::filesystem::path& path) const override;
  // Overwrites an existing object (httpfs cannot do otherwise). If the object is not stored in its
  // full size, tries again, a bounded number of times.
  void WriteNew(const std::filesystem::path& path, std::string_view bytes) const override;
  // The file is kept in memory until it is finished, so that the upload can be tried again.
  std::unique_ptr<NewFile> Create(const std::filesystem::path& path) const override;
  void ConfirmDurable(const std::filesystem::path& path, uint64_t size_bytes) const override;
  void MakeFolder(const std::filesystem::path& /*folder*/) const override {}
  void ConfirmFolderDurable(const std::filesystem::path& /*folder*/) const override {}
  void Remove(const std::filesystem::path& /*path*/) const override {}
  uint64_t read_bytes() const override { return 16 << 20; }
  uint64_t data_file_bytes() const override { return 64 << 20; }

  // Lists all objects below `folder`, however many, without opening them. Throws kInvalid when
  // there are none.
  FeedListing List(const std::string& folder, const FileRule& rule) const;
  // Whether there is an object whose path begins with `path_prefix`. Throws kNotFound when there is
  // no such bucket.
  bool HasObjects(const std::string& path_prefix) const;

 private:
  Database& database_;
};

}  // namespace stedi
