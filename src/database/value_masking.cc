#include "database/value_masking.h"

#include <fmt/format.h>

#include <cctype>

#include "base/mask.h"
#include "database/sql_error.h"

namespace stedi {

std::string ShownMessage(const std::exception& error) {
  const auto* from_duckdb = dynamic_cast<const SqlError*>(&error);
  const bool quotes_values = from_duckdb != nullptr && QuotesValues(from_duckdb->fault());
  return quotes_values ? MaskValues(error.what()) : error.what();
}

std::string MaskValues(std::string_view message) {
  std::string masked;
  for (size_t i = 0; i < message.size() && message[i] != '\n'; ++i) {
    const char c = message[i];
    if (c == '\'' || c == '"') {
      const size_t end = message.find(c, i + 1);
      masked += fmt::format("{0}{1}{0}", c, kMask);
      if (end == std::string_view::npos) break;
      i = end;
    } else if (c >= '0' && c <= '9' &&
               (i == 0 || std::isalnum(static_cast<unsigned char>(message[i - 1])) == 0)) {
      masked += kMask;
      while (i + 1 < message.size() && message[i + 1] >= '0' && message[i + 1] <= '9') ++i;
    } else {
      masked += c;
    }
  }
  return masked;
}

}  // namespace stedi
