// The identity of a landing file's stored bytes, computable block by block and in any order:
// XXH3-128 of every 1 MiB block, then XXH3-128 of these digests and the size.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace stedi {

class InputFile;

inline constexpr uint64_t kHashBlockBytes = 1 << 20;

struct BlockDigest {
  uint64_t low = 0;
  uint64_t high = 0;
};

BlockDigest HashBlock(std::string_view bytes);
// 32 hex digits. `blocks` in file order; every block but the last is kHashBlockBytes long.
std::string CombineDigests(const std::vector<BlockDigest>& blocks, uint64_t size_bytes);
// Reads the whole file. Throws kNotFound or kUnavailable.
std::string HashFile(const std::filesystem::path& path);
// The same over the first `size_bytes` of an open file (of all of it when it is shorter).
std::string HashStart(const InputFile& file, uint64_t size_bytes);

}  // namespace stedi
