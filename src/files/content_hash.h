// The identity of a landing file's stored bytes, computable block by block and in any order:
// XXH3-128 of every 1 MiB block, then XXH3-128 of these digests and the size.
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

// Returns 32 hexadecimal digits. `blocks` are in file order; every block but the last is
// kHashBlockBytes long.
std::string CombineDigests(const std::vector<BlockDigest>& blocks, uint64_t size_bytes);
// Reads the whole file. Throws kNotFound or kUnavailable.
std::string HashFile(const std::filesystem::path& path, const FileStore& store = LocalFiles());
// Hashes only the last 4 KiB: where these hashes differ, the files differ. Throws as HashFile does.
std::string HashEnd(const std::filesystem::path& path, const FileStore& store = LocalFiles());
// The hash, as HashFile gives it, of the first `size_bytes` of an open file, or of all of a shorter
// one. Reads `read_bytes` at a time, a multiple of kHashBlockBytes.
std::string HashStart(const ReadableFile& file, uint64_t size_bytes,
                      uint64_t read_bytes = kHashBlockBytes);
// Appends the digests of `bytes` to `blocks`. Each block has kHashBlockBytes; only the last one of
// the file may have fewer.
void AppendDigests(std::string_view bytes, std::vector<BlockDigest>& blocks);

}  // namespace stedi
