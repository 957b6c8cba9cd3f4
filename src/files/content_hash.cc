#include "files/content_hash.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "base/file.h"

// Compiles the whole algorithm into this file, so that no library has to be linked.
#define XXH_INLINE_ALL
#include <xxhash.h>

namespace stedi {
namespace {

BlockDigest Digest(std::string_view bytes) {
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  return {hash.low64, hash.high64};
}

// The bytes are little endian on every machine.
void AppendUint64(std::string& out, uint64_t value) {
  for (int i = 0; i < 8; ++i) out.push_back(static_cast<char>(value >> (8 * i)));
}

}  // namespace

BlockDigest HashBlock(std::string_view bytes, [[maybe_unused]] SimdLevel level) {
#ifdef __x86_64__
  if (level != SimdLevel::kPortable) return HashBlockAvx2(bytes);
#endif
  return Digest(bytes);
}

std::string CombineDigests(const std::vector<BlockDigest>& blocks, uint64_t size_bytes) {
  std::string joined;
  joined.reserve(blocks.size() * 16 + 8);
  for (const BlockDigest& block : blocks) {
    AppendUint64(joined, block.low);
    AppendUint64(joined, block.high);
  }
  AppendUint64(joined, size_bytes);
  const BlockDigest all = Digest(joined);
  return fmt::format("{:016x}{:016x}", all.high, all.low);
}

void AppendDigests(std::string_view bytes, std::vector<BlockDigest>& blocks) {
  while (!bytes.empty()) {
    const std::string_view block = bytes.substr(0, kHashBlockBytes);
    blocks.push_back(HashBlock(block));
    bytes.remove_prefix(block.size());
  }
}

std::string HashFile(const std::filesystem::path& path, const FileStore& store) {
  const std::unique_ptr<const ReadableFile> file = store.Open(path);
  return HashStart(*file, file->status().size_bytes, store.read_bytes());
}

std::string HashEnd(const std::filesystem::path& path, const FileStore& store) {
  constexpr uint64_t kEndBytes = 4096;
  const std::unique_ptr<const ReadableFile> file = store.Open(path);
  const uint64_t size = file->status().size_bytes;
  std::string end(std::min(size, kEndBytes), '\0');
  end.resize(file->ReadAt(size - end.size(), {end.data(), end.size()}));
  return CombineDigests({HashBlock(end)}, end.size());
}

std::string HashStart(const ReadableFile& file, uint64_t size_bytes, uint64_t read_bytes) {
  std::vector<BlockDigest> blocks;
  std::string buffer(std::min(size_bytes, read_bytes), '\0');
  uint64_t offset = 0;
  while (offset < size_bytes) {
    const std::span<char> wanted(buffer.data(), std::min(size_bytes - offset, read_bytes));
    const size_t count = file.ReadAt(offset, wanted);
    AppendDigests({buffer.data(), count}, blocks);
    offset += count;
    if (count < wanted.size()) break;
  }
  return CombineDigests(blocks, offset);
}

}  // namespace stedi
