// A contiguous view of a file's decoded bytes that moves on and can grow. What rows point into
// stays where it is until the block is done.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace stedi {

// Bytes in file order.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // Fills `out`; gives fewer bytes only at the end. Throws Error when the file cannot be read or
  // decoded.
  virtual size_t Read(std::span<char> out) = 0;
};

class ByteWindow {
 public:
  // Starts anew: `source` (which must outlive its use here) gives the bytes from `offset` on, which
  // are read `first_bytes` at first and then at least `more_bytes` at a time.
  void Open(ByteSource& source, uint64_t offset, size_t first_bytes, size_t more_bytes);

  // Reads on. Keeps the bytes from `keep` on (and may move them), and, without moving it,
  // everything that was there when rows were `rows`: cells of these rows may point into it. False
  // at the end.
  bool Extend(uint64_t keep, size_t rows);

  // Forgets what only earlier rows point into; call when those are gone.
  void ReleaseRows();

  // [begin, end) of the bytes at hand; kScanPadBytes zeros follow them.
  const char* end() const { return data_ + size_; }
  const char* At(uint64_t offset) const { return data_ + (offset - base_); }
  uint64_t OffsetOf(const char* p) const { return base_ + static_cast<uint64_t>(p - data_); }
  uint64_t begin_offset() const { return base_; }
  uint64_t end_offset() const { return base_ + size_; }
  bool exhausted() const { return exhausted_; }  // the file ends where the bytes at hand end

 private:
  struct Chunk {
    std::unique_ptr<char[]> bytes;
    size_t capacity = 0;
  };
  Chunk TakeChunk(size_t capacity);
  void Recycle(Chunk chunk);

  ByteSource* source_ = nullptr;
  size_t first_bytes_ = 0;
  size_t more_bytes_ = 0;
  Chunk current_;
  std::vector<Chunk> pinned_;  // cells point into these
  std::vector<Chunk> spare_;
  const char* data_ = nullptr;
  size_t size_ = 0;
  uint64_t base_ = 0;
  size_t rows_at_begin_ = 0;  // how many rows there were when current_ began
  bool exhausted_ = false;
};

}  // namespace stedi
