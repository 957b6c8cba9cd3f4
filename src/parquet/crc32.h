// The CRC-32 of Parquet's page headers, gzip and PNG, as zlib computes it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace stedi {

// The checksum of `bytes` after the bytes whose checksum is `crc`.
uint32_t CrcOf(std::string_view bytes, uint32_t crc = 0);
std::string CrcText(uint32_t crc);  // eight digits in hexadecimal

}  // namespace stedi
