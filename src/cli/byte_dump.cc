#include "cli/byte_dump.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace stedi {
namespace {

constexpr size_t kLineBytes = 16;

// Accepts every event of the parser and keeps the position of the error.
struct FaultFinder : nlohmann::json::json_sax_t {
  std::optional<size_t> fault;

  bool null() override { return true; }
  bool boolean(bool /*value*/) override { return true; }
  bool number_integer(number_integer_t /*value*/) override { return true; }
  bool number_unsigned(number_unsigned_t /*value*/) override { return true; }
  bool number_float(number_float_t /*value*/, const string_t& /*text*/) override { return true; }
  bool string(string_t& /*value*/) override { return true; }
  bool binary(binary_t& /*value*/) override { return true; }
  bool start_object(size_t /*elements*/) override { return true; }
  bool key(string_t& /*value*/) override { return true; }
  bool end_object() override { return true; }
  bool start_array(size_t /*elements*/) override { return true; }
  bool end_array() override { return true; }
  bool parse_error(size_t position, const std::string& /*last_token*/,
                   const nlohmann::json::exception& /*error*/) override {
    fault = position == 0 ? 0 : position - 1;  // the parser counts from 1
    return false;
  }
};

}  // namespace

std::optional<size_t> FindJsonFault(std::string_view raw) {
  FaultFinder finder;
  nlohmann::json::sax_parse(raw.begin(), raw.end(), &finder);
  return finder.fault;
}

std::string ByteDump(std::string_view raw, uint64_t first_offset, size_t begin, size_t end,
                     std::optional<size_t> fault) {
  std::string out;
  for (size_t line = begin; line < std::min(end, raw.size()); line += kLineBytes) {
    const std::string_view bytes = raw.substr(line, std::min(kLineBytes, end - line));
    const std::string offset = fmt::format("{:>12}  ", first_offset + line);
    std::string hex;
    std::string text;
    for (const char c : bytes) {
      const auto byte = static_cast<unsigned char>(c);
      hex += fmt::format("{:02x} ", byte);
      text += byte >= 0x20 && byte < 0x7F ? c : '.';
    }
    out += fmt::format("{}{:<{}} {}\n", offset, hex, kLineBytes * 3, text);
    if (fault && *fault >= line && *fault < line + kLineBytes) {
      out += fmt::format("{}^^\n", std::string(offset.size() + (*fault - line) * 3, ' '));
    }
  }
  return out;
}

}  // namespace stedi
