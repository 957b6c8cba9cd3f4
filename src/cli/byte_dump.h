// Bytes of damaged JSON for people: where the fault is, and a hexadecimal dump around it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stedi {

// The byte at which `raw` stops being a JSON value; nothing when it is one: then the fault is in
// what it says.
std::optional<size_t> FindJsonFault(std::string_view raw);

// Lines of 16 bytes of [begin, end): offset, hexadecimal, text. Offsets count from `first_offset` =
// the offset of raw[0]. The line of `fault` has a mark under the byte.
std::string ByteDump(std::string_view raw, uint64_t first_offset, size_t begin, size_t end,
                     std::optional<size_t> fault);

}  // namespace stedi
