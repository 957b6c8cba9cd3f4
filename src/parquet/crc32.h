// The CRC-32 that Parquet's page headers, gzip and PNG use, as zlib computes it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace stedi {

// Returns the checksum of the bytes whose checksum is `crc`, followed by `bytes`.
uint32_t CrcOf(std::string_view bytes, uint32_t crc = 0);
std::string CrcText(uint32_t crc);  // eight hexadecimal digits

}  // namespace stedi
