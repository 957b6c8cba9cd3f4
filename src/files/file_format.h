// What a file is, told from its first bytes: names lie (a gzip stream called a.json, b.json.GZ or
// c.json.gz.1; an archive among the landing files).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "files/compression.h"

namespace stedi {

// How many of the first bytes the functions below need; of a shorter file, all of them.
inline constexpr size_t kFormatBytes = 512;

// The compression whose signature the stored bytes begin with, or kNone.
Compression CompressionOfBytes(std::string_view first_bytes);

// Says why decoded bytes cannot be landing data: they are text in another encoding, an archive, or
// a file of another program. Empty when they may be JSON, damaged or not. The text begins with a
// verb and names what to do.
std::string FormatProblem(std::string_view first_bytes);

}  // namespace stedi
