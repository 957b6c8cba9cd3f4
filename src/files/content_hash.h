// The hash that identifies a landing file's stored bytes. It can be computed block by block in any
// order: it is the XXH3-128 of the XXH3-128 digests of all 1 MiB blocks and of the size.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_store.h"
#include "files/simd_level.h"

namespace stedi {

inline constexpr uint64_t kHashBlockBytes = 1 << 20;

struct BlockDigest {
  uint64_t low = 0;
  uint64_t high = 0;
};

// All levels give the same digest.
BlockDigest HashBlock(std::string_view bytes, SimdLevel level = DefaultSimdLevel());
BlockDigest HashBlockAvx2(std::string_view bytes);  // called by HashBlock

// Returns 32 hexadecimal digits. `blocks` are the digests in file order; every block but the last
// is kHashBlockBytes long.
std::string CombineDigests(const std::vector<BlockDigest>& blocks, uint64_t size_bytes);
// Returns the hash of the whole file. Throws kNotFound, kInvalid or kUnavailable.
std::string HashFile(const std::filesystem::path& path, const FileStore& store = LocalFiles());
// Returns the hash of the last 4 KiB only: if it differs between two files, the files differ.
// Throws as HashFile() does.
std::string HashEnd(const std::filesystem::path& path, const FileStore& store = LocalFiles());
// Returns the hash that HashFile() would give of the first `size_bytes` bytes of an open file, or
// of a whole file that is shorter. Reads `read_bytes` at a time, which is a multiple of
// kHashBlockBytes.
std::string HashStart(const ReadableFile& file, uint64_t size_bytes,
                      uint64_t read_bytes = kHashBlockBytes);
// Appends the digests of `bytes` to `blocks`. Each block is kHashBlockBytes long; only the last one
// of the file may be shorter.
void AppendDigests(std::string_view bytes, std::vector<BlockDigest>& blocks);

}  // namespace stedi
