// Recognizes the format of a file by its first bytes, because names can be wrong: a gzip stream may
// be called a.json, b.json.GZ or c.json.gz.1, and an archive may be among the landing files.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "files/compression.h"

namespace stedi {

// How many bytes from the beginning of a file the functions below need; of a shorter file they need
// all.
inline constexpr size_t kFormatBytes = 512;

// Returns the compression whose signature the stored bytes begin with, or kNone.
Compression CompressionOfBytes(std::string_view first_bytes);

// Returns why decoded bytes cannot be landing data: they are text in another encoding, an archive,
// or a file in another format. Returns "" when they may be JSON, damaged or not. The text begins
// with a verb and says what to do.
std::string FormatProblem(std::string_view first_bytes);

}  // namespace stedi
