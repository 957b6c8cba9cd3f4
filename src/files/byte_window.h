// A contiguous view of a file's decoded bytes that moves forward and can grow. Bytes that rows
// point into stay in place until ReleaseRows() or Open() is called.
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
  // Fills `out` and returns how many bytes it wrote: fewer than out.size() only at the end. Throws
  // Error when the file cannot be read or decoded.
  virtual size_t Read(std::span<char> out) = 0;
};

class ByteWindow {
 public:
  // Starts over with the bytes of `source`, the first of which is at `offset` in the file. The
  // first read takes `first_bytes`, later ones at least `more_bytes`. `source` must live until the
  // next Open() or the last Extend().
  void Open(ByteSource& source, uint64_t offset, size_t first_bytes, size_t more_bytes);

  // Reads more bytes; returns false at the end. The bytes from offset `keep` on are kept, but may
  // be moved. `rows` is the number of rows so far: the bytes that their cells point into are
  // neither freed nor moved.
  bool Extend(uint64_t keep, size_t rows);

  // Frees the bytes that are kept only because rows point into them. Call it when those rows are no
  // longer used.
  void ReleaseRows();

  // The bytes that are in memory, which kScanPadBytes zeros follow.
  const char* end() const { return data_ + size_; }
  const char* At(uint64_t offset) const { return data_ + (offset - base_); }
  uint64_t OffsetOf(const char* p) const { return base_ + static_cast<uint64_t>(p - data_); }
  uint64_t begin_offset() const { return base_; }
  uint64_t end_offset() const { return base_ + size_; }
  bool exhausted() const { return exhausted_; }  // the file ends where these bytes end

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
