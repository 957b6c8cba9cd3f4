#include "parquet/crc32.h"

#include <fmt/format.h>
#include <zlib.h>

namespace stedi {

uint32_t CrcOf(std::string_view bytes, uint32_t crc) {
  return static_cast<uint32_t>(
      crc32_z(crc, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

std::string CrcText(uint32_t crc) { return fmt::format("{:08x}", crc); }

}  // namespace stedi
