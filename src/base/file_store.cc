#include "base/file_store.h"

#include <fmt/format.h>

#include <system_error>

#include "base/error.h"

namespace stedi {
namespace {

constexpr uint64_t kLocalReadBytes = 1 << 20;
constexpr uint64_t kLocalDataFileBytes = 512 << 20;

class LocalNewFile final : public NewFile {
 public:
  LocalNewFile(const FileStore& store, const std::filesystem::path& path)
      : store_(store), path_(path), file_(path) {}
  void Append(std::string_view bytes) override {
    file_.Append(bytes);
    bytes_ += bytes.size();
    constexpr uint64_t kSyncedBytes = 8 << 20;
    if (file_.waiting_bytes() >= kSyncedBytes) file_.StartSync();
  }
  void Finish() override { store_.ConfirmDurable(path_, bytes_); }

 private:
  const FileStore& store_;
  std::filesystem::path path_;
  OutputFile file_;
  uint64_t bytes_ = 0;
};

class LocalFileStore final : public FileStore {
 public:
  std::unique_ptr<const ReadableFile> Open(const std::filesystem::path& path) const override {
    return std::make_unique<InputFile>(path);
  }
  std::optional<FileStatus> Stat(const std::filesystem::path& path) const override {
    return StatFile(path);
  }
  void WriteNew(const std::filesystem::path& path, std::string_view bytes) const override {
    WriteNewFile(path, bytes);
  }
  std::unique_ptr<NewFile> Create(const std::filesystem::path& path) const override {
    return std::make_unique<LocalNewFile>(*this, path);
  }
  void ConfirmDurable(const std::filesystem::path& path, uint64_t size_bytes) const override {
    SyncFile(path);
    const std::optional<FileStatus> status = StatFile(path);
    if (status && status->size_bytes == size_bytes) return;
    throw Error(ErrorCode::kUnavailable,
                fmt::format("{}: {} bytes were written, but {} are there", path.string(),
                            size_bytes, status ? status->size_bytes : 0));
  }
  void MakeFolder(const std::filesystem::path& folder) const override { MakeFolders(folder); }
  void ConfirmFolderDurable(const std::filesystem::path& folder) const override {
    SyncFolder(folder);
  }
  void Remove(const std::filesystem::path& path) const override {
    std::error_code error;
    std::filesystem::remove(path, error);
    if (!error) return;
    throw Error(ErrorCode::kUnavailable,
                fmt::format("cannot remove {}: {}", path.string(), error.message()));
  }
  uint64_t read_bytes() const override { return kLocalReadBytes; }
  uint64_t data_file_bytes() const override { return kLocalDataFileBytes; }
};

}  // namespace

const FileStore& LocalFiles() {
  static const LocalFileStore files;
  return files;
}

bool IsRemote(const std::filesystem::path& path) {
  return path.native().find("://") != std::string::npos;
}

std::filesystem::path AbsoluteLocation(const std::filesystem::path& path) {
  if (!IsRemote(path)) return std::filesystem::absolute(path).lexically_normal();
  std::string location = path.string();
  while (location.ends_with('/') && !location.ends_with("//")) location.pop_back();
  return location;
}

}  // namespace stedi
