#include "base/remote_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/error.h"

namespace stedi {

RemoteFile::RemoteFile(std::string name, Open open, Wait wait, RetryLimits limits)
    : name_(std::move(name)), open_(std::move(open)), wait_(std::move(wait)), limits_(limits) {
  std::unique_ptr<ObjectHandle> handle = WithRetries(limits_, wait_, open_);
  status_.size_bytes = handle->size_bytes();
  status_.is_regular = true;
  idle_.push_back(std::move(handle));
}

std::unique_ptr<ObjectHandle> RemoteFile::TakeHandle() const {
  {
    const std::scoped_lock lock(mutex_);
    if (!idle_.empty()) {
      std::unique_ptr<ObjectHandle> handle = std::move(idle_.back());
      idle_.pop_back();
      return handle;
    }
  }
  std::unique_ptr<ObjectHandle> handle = open_();
  if (handle->size_bytes() == status_.size_bytes) return handle;
  throw Error(
      ErrorCode::kInvalid,
      fmt::format("{} changed while it was read: run again when its writer is done", name_));
}

// Fills `out`. A handle that failed is not used again.
void RemoteFile::ReadOnce(uint64_t offset, std::span<char> out) const {
  std::unique_ptr<ObjectHandle> handle = TakeHandle();
  size_t filled = 0;
  while (filled < out.size()) {
    const size_t count = handle->Read(offset + filled, out.subspan(filled));
    if (count == 0) {
      throw Error(ErrorCode::kUnavailable, fmt::format("{}: {} of {} bytes came at byte {}", name_,
                                                       filled, out.size(), offset));
    }
    filled += count;
  }
  const std::scoped_lock lock(mutex_);
  idle_.push_back(std::move(handle));
}

size_t RemoteFile::ReadAt(uint64_t offset, std::span<char> out) const {
  if (offset >= status_.size_bytes) return 0;
  const std::span<char> wanted =
      out.first(static_cast<size_t>(std::min<uint64_t>(out.size(), status_.size_bytes - offset)));
  if (!wanted.empty()) WithRetries(limits_, wait_, [&] { ReadOnce(offset, wanted); });
  return wanted.size();
}

}  // namespace stedi
