// How a rejection stands in the spool, before its raw bytes.
#pragma once

#include <cstdint>

namespace stedi {

struct SpoolHeader {
  uint64_t offset;
  uint64_t length;
  uint64_t fault_offset;
  uint32_t file_index;
  uint32_t raw_bytes;
  uint64_t reason;
};

}  // namespace stedi
