// Decodes .gz files (RFC 1952, also of several members) and .zst files (RFC 8878, also of several
// frames) as a stream.
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

// The stored bytes of a file in order, hashed on their way.
class StoredBytes {
 public:
  // Opens the file; reads `size_bytes` of it. Throws as the store's Open().
  StoredBytes(const std::filesystem::path& path, uint64_t size_bytes,
              const FileStore& store = LocalFiles());

  // The next bytes, valid until the next call; empty at the end. Throws kUnavailable; kInvalid when
  // the file is shorter than `size_bytes`.
  std::string_view Next();
  // What the next call of Next() returns, too.
  std::string_view Peek();
  uint64_t bytes_read() const { return offset_; }
  std::string ContentHash() const { return CombineDigests(digests_, offset_); }

 private:
  std::unique_ptr<const ReadableFile> file_;
  uint64_t size_bytes_;
  uint64_t read_bytes_;
  uint64_t offset_ = 0;
  std::string buffer_;
  bool is_peeked_ = false;  // Next() returns the buffer as it is
  std::vector<BlockDigest> digests_;
};

// The decoded bytes; `compression` is not kNone, `stored` must outlive it. Read() throws kInvalid
// when the stored bytes are not of that format, are damaged or cut off. The message begins with a
// verb: "is ..".
// As gzip(1) does, zeros after the last member of a gzip file are passed over.
std::unique_ptr<ByteSource> MakeDecoder(Compression compression, StoredBytes& stored);

// What is said of a file that has fewer bytes than its listing promised.
inline constexpr std::string_view kBecameShorter =
    "became shorter while it was read: run again when its writer is done";

}  // namespace stedi
