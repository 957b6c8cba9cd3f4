// What a file is, told from its first bytes: names lie (a gzip stream called a.json, b.json.GZ or
// c.json.gz.1; an archive among the landing files).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "files/compression.h"

namespace stedi {

// So many first bytes tell (or all, of a shorter file).
inline constexpr size_t kFormatBytes = 512;

// The compression that stored bytes begin as, or kNone.
Compression CompressionOfBytes(std::string_view first_bytes);

// Why decoded bytes cannot be landing data: they are text of another encoding, an archive, another
// program's file. Empty: they may be JSON, damaged or not. The text begins with a verb and names
// what to do.
std::string FormatProblem(std::string_view first_bytes);

}  // namespace stedi
