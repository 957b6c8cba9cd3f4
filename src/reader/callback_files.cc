#include "reader/callback_files.h"

#include <algorithm>

#include "base/error.h"

namespace stedi {
namespace {

constexpr uint64_t kReadBytes = 1 << 20;

[[noreturn]] void RefuseWriting() {
  throw Error(ErrorCode::kInternal, "landing files of a callback cannot be written");
}

}  // namespace

class CallbackFile::OpenFile final : public ReadableFile {
 public:
  explicit OpenFile(const CallbackFile& file) : file_(file) {
    status_.size_bytes = file.size_bytes_;
    status_.is_regular = true;
    ++file_.open_count_;
  }
  ~OpenFile() override {
    const bool is_last = --file_.open_count_ == 0;
    if (is_last && file_.source_.close_file != nullptr) {
      file_.source_.close_file(file_.source_.context, file_.index_);
    }
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  size_t ReadAt(uint64_t offset, std::span<char> out) const override {
    if (offset >= status_.size_bytes) return 0;
    const auto wanted =
        static_cast<size_t>(std::min<uint64_t>(out.size(), status_.size_bytes - offset));
    size_t filled = 0;
    while (filled < wanted) {
      if (file_.has_failed_) ThrowFailed();
      const int64_t count =
          file_.source_.read_range(file_.source_.context, file_.index_, offset + filled,
                                   out.data() + filled, wanted - filled);
      if (count < 0 || static_cast<uint64_t>(count) > wanted - filled) {
        file_.has_failed_ = true;
        ThrowFailed();
      }
      if (count == 0) break;
      filled += static_cast<size_t>(count);
    }
    return filled;
  }
  const FileStatus& status() const override { return status_; }

 private:
  [[noreturn]] static void ThrowFailed() {
    throw Error(ErrorCode::kUnavailable, "was not read: the function that reads it failed");
  }

  const CallbackFile& file_;
  FileStatus status_;
};

std::unique_ptr<const ReadableFile> CallbackFile::Open(
    const std::filesystem::path& /*path*/) const {
  return std::make_unique<OpenFile>(*this);
}

std::optional<FileStatus> CallbackFile::Stat(const std::filesystem::path& /*path*/) const {
  FileStatus status;
  status.size_bytes = size_bytes_;
  status.is_regular = true;
  return status;
}

uint64_t CallbackFile::read_bytes() const { return kReadBytes; }
uint64_t CallbackFile::data_file_bytes() const { RefuseWriting(); }
void CallbackFile::WriteNew(const std::filesystem::path& /*path*/,
                            std::string_view /*bytes*/) const {
  RefuseWriting();
}
std::unique_ptr<NewFile> CallbackFile::Create(const std::filesystem::path& /*path*/) const {
  RefuseWriting();
}
void CallbackFile::ConfirmDurable(const std::filesystem::path& /*path*/,
                                  uint64_t /*size_bytes*/) const {
  RefuseWriting();
}
void CallbackFile::MakeFolder(const std::filesystem::path& /*folder*/) const { RefuseWriting(); }
void CallbackFile::ConfirmFolderDurable(const std::filesystem::path& /*folder*/) const {
  RefuseWriting();
}
void CallbackFile::Remove(const std::filesystem::path& /*path*/) const { RefuseWriting(); }

}  // namespace stedi
