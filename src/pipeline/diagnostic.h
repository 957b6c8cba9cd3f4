// A mistake in a project, with its position, the source line and a hint.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace stedi {

struct SourcePosition {
  std::string path;     // relative to the project folder
  uint32_t line = 0;    // from 1; 0 = the file as a whole
  uint32_t column = 0;  // from 1, in characters (code points)
};

enum class Severity : uint8_t { kError, kWarning };

struct Diagnostic {
  Severity severity = Severity::kError;
  SourcePosition position;
  std::string message;    // what is wrong
  std::string hint;       // what to do; may be empty
  std::string line_text;  // the line as it is in the file, with parameters not replaced
};

// Formats `diagnostic` for a terminal, with a line end after each line. Characters of the project
// that would control the terminal are escaped:
//   path:line:column: error: message
//     the line
//         ^
//     hint: what to do
std::string Render(const Diagnostic& diagnostic, bool color);

// True when one of the diagnostics is an error. Warnings alone never make a command fail.
bool HasErrors(std::span<const Diagnostic> diagnostics);

}  // namespace stedi
