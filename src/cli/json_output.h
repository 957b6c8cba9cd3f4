// JSON on stdout, by the same rules for all commands.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "pipeline/diagnostic.h"

namespace stedi {

// Returns `json` on one line, without a line end. Bytes that are not UTF-8 become U+FFFD.
std::string JsonLine(const nlohmann::ordered_json& json);
void PrintJson(const nlohmann::ordered_json& json);  // JsonLine on stdout, with a line end

// [{"severity","path","line","column","message","hint","text"}]; line 0 = the file as a whole.
nlohmann::ordered_json DiagnosticsJson(const std::vector<Diagnostic>& diagnostics);

// {"error":{"code","message"}}: what a command that fails prints with --json.
nlohmann::ordered_json ErrorJson(ErrorCode code, std::string_view message);

}  // namespace stedi
