// Reads an object over an unreliable network: a read that fails is repeated on another handle, a
// bounded number of times. A short response is never taken for the end of the object.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/retries.h"

namespace stedi {

// An object that a client library has opened. It has state: one thread at a time may use it.
class ObjectHandle {
 public:
  virtual ~ObjectHandle() = default;
  virtual uint64_t size_bytes() = 0;
  // Reads up to out.size() bytes at `offset` and returns how many they are, or 0 when there are no
  // more. Throws Error.
  virtual size_t Read(uint64_t offset, std::span<char> out) = 0;
};

class RemoteFile final : public ReadableFile {
 public:
  // Opens the first handle. `open` returns a new handle or throws Error: kUnavailable is retried,
  // kNotFound and kInvalid are final. `wait` sleeps, and throws when the program must stop. Every
  // thread that calls ReadAt() may call both.
  using Open = std::function<std::unique_ptr<ObjectHandle>()>;
  using Wait = std::function<void(std::chrono::milliseconds)>;
  RemoteFile(std::string name, Open open, Wait wait, RetryLimits limits = {});

  // As ReadableFile::ReadAt(). Also throws kInvalid when another handle is opened and the object no
  // longer has the size that it had at first.
  size_t ReadAt(uint64_t offset, std::span<char> out) const override;
  const FileStatus& status() const override { return status_; }

 private:
  std::unique_ptr<ObjectHandle> TakeHandle() const;
  void ReadOnce(uint64_t offset, std::span<char> out) const;

  std::string name_;
  Open open_;
  Wait wait_;
  RetryLimits limits_;
  FileStatus status_;
  mutable std::mutex mutex_;
  mutable std::vector<std::unique_ptr<ObjectHandle>> idle_;  // guarded by mutex_
};

}  // namespace stedi
