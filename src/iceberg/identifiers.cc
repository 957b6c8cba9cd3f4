#include "iceberg/identifiers.h"

#include <fmt/format.h>
#include <sys/random.h>

#include <array>
#include <chrono>
#include <cstring>

#include "base/error.h"

namespace stedi {
namespace {

template <size_t kBytes>
std::array<uint8_t, kBytes> RandomBytes() {
  std::array<uint8_t, kBytes> bytes{};
  if (getentropy(bytes.data(), bytes.size()) != 0) {
    throw Error(ErrorCode::kUnavailable, "the system's random number source (getrandom) failed");
  }
  return bytes;
}

// RFC 9562: version in the high half of byte 6, variant 10 in the top bits of byte 8.
std::string FormatUuid(std::array<uint8_t, 16> bytes, unsigned version) {
  bytes[6] = static_cast<uint8_t>((bytes[6] & 0x0fU) | (version << 4U));
  bytes[8] = static_cast<uint8_t>((bytes[8] & 0x3fU) | 0x80U);
  std::string text;
  for (size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += fmt::format("{:02x}", bytes[i]);
  }
  return text;
}

}  // namespace

int64_t NewSnapshotId() {
  uint64_t id = 0;
  while (id == 0) {
    const auto bytes = RandomBytes<sizeof id>();
    std::memcpy(&id, bytes.data(), sizeof id);
    id >>= 2U;
  }
  return static_cast<int64_t>(id);
}

std::string NewUuid() { return FormatUuid(RandomBytes<16>(), 4); }

std::string NewUuidV7() {
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  const auto now_ms = static_cast<uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(since_epoch).count());
  auto bytes = RandomBytes<16>();
  for (size_t i = 0; i < 6; ++i) bytes[i] = static_cast<uint8_t>(now_ms >> (8 * (5 - i)));
  return FormatUuid(bytes, 7);
}

}  // namespace stedi
