// Decodes .gz (also of several members) and .zst (also of several frames) files as a stream.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "base/file.h"
#include "landing/content_hash.h"
#include "landing/landing_files.h"

namespace stedi {

// Reads the stored bytes of a file in order and hashes them on the way.
class StoredBytes {
 public:
  StoredBytes(const InputFile& file, uint64_t size_bytes) : file_(file), size_bytes_(size_bytes) {}
  // The next block, empty at the end. Throws kUnavailable; kInvalid when the file became shorter.
  std::string_view Next();
  uint64_t read_bytes() const { return offset_; }
  std::string ContentHash() const { return CombineDigests(digests_, size_bytes_); }

 private:
  const InputFile& file_;
  uint64_t size_bytes_;
  uint64_t offset_ = 0;
  std::string block_;
  std::vector<BlockDigest> digests_;
};

class Decoder {
 public:
  virtual ~Decoder() = default;
  // Decodes up to out.size() bytes; 0 only at the end. Throws kInvalid: not of this format,
  // damaged, cut off.
  virtual size_t Read(std::span<char> out) = 0;
};

std::unique_ptr<Decoder> MakeDecoder(Compression compression, StoredBytes& stored);

}  // namespace stedi
