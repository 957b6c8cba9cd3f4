// Reading an object over a network that fails now and then: a block that fails is requested again,
// on a fresh handle, a bounded number of times. A short answer is never taken for the end of the
// object.
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

// An open object as a client library has it: stateful, one thread at a time.
class ObjectHandle {
 public:
  virtual ~ObjectHandle() = default;
  virtual uint64_t size_bytes() = 0;
  // Up to out.size() bytes at `offset`; returns 0 when there are no more. Throws Error.
  virtual size_t Read(uint64_t offset, std::span<char> out) = 0;
};

class RemoteFile final : public ReadableFile {
 public:
  // `open` gives a fresh handle or throws Error (kNotFound and kInvalid are final, kUnavailable is
  // tried again). `wait` sleeps, and throws when the program must stop. Opens the first handle.
  using Open = std::function<std::unique_ptr<ObjectHandle>()>;
  using Wait = std::function<void(std::chrono::milliseconds)>;
  RemoteFile(std::string name, Open open, Wait wait, RetryLimits limits = {});

  // As ReadableFile; throws kInvalid when the object no longer has the size that it had at first.
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
