#include "files/byte_window.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "files/byte_scan.h"

namespace stedi {
namespace {

// How many chunks are kept for the next block. Fresh memory costs as much as reading into it.
constexpr size_t kSpareChunksMax = 2;

}  // namespace

void ByteWindow::Open(ByteSource& source, uint64_t offset, size_t first_bytes, size_t more_bytes) {
  ReleaseRows();
  source_ = &source;
  first_bytes_ = first_bytes;
  more_bytes_ = more_bytes;
  Recycle(std::move(current_));
  current_ = TakeChunk(first_bytes);
  data_ = current_.bytes.get();
  size_ = 0;
  base_ = offset;
  exhausted_ = false;
}

bool ByteWindow::Extend(uint64_t keep, size_t rows) {
  if (exhausted_) return false;
  const size_t kept = static_cast<size_t>(end_offset() - keep);
  const bool is_first = base_ == keep && size_ == 0;
  // Doubling keeps the cost of a record that is read again after each extension linear.
  const size_t wanted = is_first ? first_bytes_ : std::max(more_bytes_, kept);
  // The analyzer loses sight of the unique_ptr when it moves through a vector.
  // NOLINTNEXTLINE(clang-analyzer-cplusplus.NewDeleteLeaks)
  Chunk next = TakeChunk(std::max(kept + wanted, first_bytes_));
  if (kept > 0) std::memcpy(next.bytes.get(), At(keep), kept);
  const size_t got = source_->Read(std::span(next.bytes.get() + kept, wanted));
  exhausted_ = got < wanted;
  std::memset(next.bytes.get() + kept + got, 0, kScanPadBytes);
  if (rows != rows_at_begin_) {
    pinned_.push_back(std::move(current_));
  } else {
    Recycle(std::move(current_));
  }
  rows_at_begin_ = rows;
  current_ = std::move(next);
  data_ = current_.bytes.get();
  size_ = kept + got;
  base_ = keep;
  return got > 0;
}

void ByteWindow::ReleaseRows() {
  for (Chunk& chunk : pinned_) Recycle(std::move(chunk));
  pinned_.clear();
  rows_at_begin_ = 0;
}

ByteWindow::Chunk ByteWindow::TakeChunk(size_t capacity) {
  const auto fits = [&](const Chunk& chunk) { return chunk.capacity >= capacity; };
  const auto found = std::find_if(spare_.begin(), spare_.end(), fits);
  if (found != spare_.end()) {
    Chunk chunk = std::move(*found);
    spare_.erase(found);
    return chunk;
  }
  // The bytes are not initialized: only bytes that were written are read, and writing zeros first
  // takes time.
  return {std::make_unique_for_overwrite<char[]>(capacity + kScanPadBytes), capacity};
}

void ByteWindow::Recycle(Chunk chunk) {
  const bool is_usual_size = chunk.capacity >= first_bytes_ && chunk.capacity <= 2 * first_bytes_;
  if (is_usual_size && spare_.size() < kSpareChunksMax) spare_.push_back(std::move(chunk));
}

}  // namespace stedi
