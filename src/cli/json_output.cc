#include "cli/json_output.h"

#include <fmt/format.h>

#include "cli/exit_status.h"
#include "cli/human_text.h"

namespace stedi {

std::string JsonLine(const nlohmann::ordered_json& json) {
  constexpr int kNoIndent = -1;
  constexpr bool kEscapeNonAscii = false;
  return json.dump(kNoIndent, ' ', kEscapeNonAscii,
                   nlohmann::ordered_json::error_handler_t::replace);
}

void PrintJson(const nlohmann::ordered_json& json) { WriteData(JsonLine(json) + "\n"); }

nlohmann::ordered_json DiagnosticsJson(const std::vector<Diagnostic>& diagnostics) {
  auto json = nlohmann::ordered_json::array();
  for (const Diagnostic& diagnostic : diagnostics) {
    json.push_back({{"severity", diagnostic.severity == Severity::kError ? "error" : "warning"},
                    {"path", diagnostic.position.path},
                    {"line", diagnostic.position.line},
                    {"column", diagnostic.position.column},
                    {"message", diagnostic.message},
                    {"hint", diagnostic.hint},
                    {"text", diagnostic.line_text}});
  }
  return json;
}

nlohmann::ordered_json ErrorJson(ErrorCode code, std::string_view message) {
  return {{"error", {{"code", NameOf(code)}, {"message", message}}}};
}

}  // namespace stedi
