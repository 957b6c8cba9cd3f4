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

// The same by every level.
BlockDigest HashBlock(std::string_view bytes, SimdLevel level = DefaultSimdLevel());
BlockDigest HashBlockAvx2(std::string_view bytes);  // for HashBlock

// 32 hex digits. `blocks` in file order; every block but the last is kHashBlockBytes long.
std::string CombineDigests(const std::vector<BlockDigest>& blocks, uint64_t size_bytes);
// Reads the whole file. Throws kNotFound or kUnavailable.
std::string HashFile(const std::filesystem::path& path, const FileStore& store = LocalFiles());
// Of its last 4 KiB: files that differ in it differ. Throws as HashFile.
std::string HashEnd(const std::filesystem::path& path, const FileStore& store = LocalFiles());
// What HashFile gives, over the first `size_bytes` of an open file (of all of it when it is
// shorter), read `read_bytes` (a multiple of kHashBlockBytes) at a time.
std::string HashStart(const ReadableFile& file, uint64_t size_bytes,
                      uint64_t read_bytes = kHashBlockBytes);
// Adds the digests of `bytes`: kHashBlockBytes a block, fewer only at the end of the file.
void AppendDigests(std::string_view bytes, std::vector<BlockDigest>& blocks);

}  // namespace stedi
