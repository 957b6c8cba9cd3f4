// Decodes .gz files (RFC 1952) and .zst files (RFC 8878) as a stream; both may have several members
// or frames.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_store.h"
#include "files/byte_window.h"
#include "files/content_hash.h"
#include "files/landing_files.h"

namespace stedi {

// Reads the stored bytes of a file in order, and hashes them.
class StoredBytes {
 public:
  // Opens the file, of which the first `size_bytes` bytes will be read. Throws as the store's
  // Open() does.
  StoredBytes(const std::filesystem::path& path, uint64_t size_bytes,
              const FileStore& store = LocalFiles());

  // Returns the next bytes, which are valid until the next call; they are empty at the end. Throws
  // kUnavailable, or kInvalid when the file is shorter than `size_bytes`.
  std::string_view Next();
  // Returns what the next call of Next() will return, without moving on.
  std::string_view Peek();
  uint64_t bytes_read() const { return offset_; }
  std::string ContentHash() const { return CombineDigests(digests_, offset_); }

 private:
  std::unique_ptr<const ReadableFile> file_;
  uint64_t size_bytes_;
  uint64_t read_bytes_;
  uint64_t offset_ = 0;
  std::string buffer_;
  bool is_peeked_ = false;  // the next call of Next() returns the buffer as it is
  std::vector<BlockDigest> digests_;
};

// Returns a source of the decoded bytes. REQUIRES: `compression` is not kNone, and `stored`
// outlives the source. Its Read() throws kInvalid when the stored bytes are not in that format, are
// damaged or are cut off; the message begins with a verb ("is .."). Zeros after the last member of
// a gzip file are ignored, as gzip(1) does.
std::unique_ptr<ByteSource> MakeDecoder(Compression compression, StoredBytes& stored);

// The problem of a file that has fewer bytes than when it was listed.
inline constexpr std::string_view kBecameShorter =
    "became shorter while it was read: run again when its writer is done";

}  // namespace stedi
