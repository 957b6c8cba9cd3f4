// A mistake in a project, shown with its place, the line itself and a hint.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

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
  std::string line_text;  // the line as it stands in the file (parameters not replaced)
};

// As shown on a terminal, with a line end after each line, and nothing from the project that steers
// the terminal:
//   path:line:column: error: message
//     the line
//         ^
//     hint: what to do
std::string Render(const Diagnostic& diagnostic, bool color);

// Warnings alone never fail anything.
bool HasErrors(const std::vector<Diagnostic>& diagnostics);

}  // namespace stedi
