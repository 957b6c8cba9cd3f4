// Shows people the bytes of damaged JSON: finds the fault and dumps the bytes around it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stedi {

// Returns the offset of the byte at which `raw` stops being valid JSON. Returns nothing when all of
// `raw` is one JSON value; a record of that kind was rejected for its content, not for its syntax.
std::optional<size_t> FindJsonFault(std::string_view raw);

// Dumps the bytes [begin, end) of `raw`, 16 per line: offset, hexadecimal digits, text. `fault` is
// an index into `raw`; a mark under its line points at that byte. The printed offsets are those of
// the file: raw[0] is at `first_offset`.
std::string ByteDump(std::string_view raw, uint64_t first_offset, size_t begin, size_t end,
                     std::optional<size_t> fault);

}  // namespace stedi
