// The report of a scan about a file that it has read.
#pragma once

#include <cstdint>
#include <string>

#include "files/compression.h"

namespace stedi {

// The parts of one file: accepted + quarantined + whitespace + framing bytes == decoded_bytes.
struct FileReport {
  uint64_t size_bytes = 0;     // as stored
  uint64_t decoded_bytes = 0;  // = size_bytes when not compressed
  uint64_t accepted_bytes = 0;
  uint64_t quarantined_bytes = 0;
  uint64_t whitespace_bytes = 0;
  uint64_t framing_bytes = 0;  // byte order mark and the brackets and commas of a top-level array
  uint64_t records = 0;        // accepted
  uint64_t rejected = 0;
  Compression compression = Compression::kNone;  // that was decoded
  std::string content_hash;                      // of the stored bytes (files/content_hash.h)
  std::string problem;  // not empty: the file could not be read or decoded; its rows do not count
};

}  // namespace stedi
