// CRC-32 as Parquet's page headers, gzip and PNG have it: zlib's.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace stedi {

// Of the bytes before, whose checksum is `crc`, and of `bytes`.
uint32_t CrcOf(std::string_view bytes, uint32_t crc = 0);
std::string CrcText(uint32_t crc);  // eight digits in hexadecimal

}  // namespace stedi
