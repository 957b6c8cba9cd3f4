// Landing files whose bytes come from a function of the caller.
#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "base/file_store.h"
#include "reader/stedi_reader.h"

namespace stedi {

// A store of one file, which is known by its index. It can be read only.
class CallbackFile final : public FileStore {
 public:
  // When the caller's function fails, sets `has_failed`, which must outlive this.
  CallbackFile(const stedi_reader_source& source, size_t index, uint64_t size_bytes,
               std::atomic<bool>& has_failed)
      : source_(source), index_(index), size_bytes_(size_bytes), has_failed_(has_failed) {}

  // Never fails; the file is read at most to its listed size. ReadAt() throws kUnavailable when the
  // caller's function has failed, for this file or another one.
  std::unique_ptr<const ReadableFile> Open(const std::filesystem::path& path) const override;
  std::optional<FileStatus> Stat(const std::filesystem::path& path) const override;
  uint64_t read_bytes() const override;

  // These throw kInternal: nothing writes to landing files.
  void WriteNew(const std::filesystem::path& path, std::string_view bytes) const override;
  std::unique_ptr<NewFile> Create(const std::filesystem::path& path) const override;
  void ConfirmDurable(const std::filesystem::path& path, uint64_t size_bytes) const override;
  void MakeFolder(const std::filesystem::path& folder) const override;
  void ConfirmFolderDurable(const std::filesystem::path& folder) const override;
  void Remove(const std::filesystem::path& path) const override;
  uint64_t data_file_bytes() const override;

 private:
  class OpenFile;

  const stedi_reader_source source_;
  const size_t index_;
  const uint64_t size_bytes_;
  std::atomic<bool>& has_failed_;
  mutable std::atomic<int> open_count_{0};
};

}  // namespace stedi
