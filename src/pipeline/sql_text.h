// SQL text in which ${..} are replaced, and in which every byte still has its position in the file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/diagnostic.h"

namespace stedi {

struct SqlText {
  std::string text;      // with parameters replaced; for a View only its SELECT
  std::string original;  // the whole file, unchanged
  std::string path;      // of the file, relative to the project folder
  struct Piece {
    size_t text_offset;      // where this piece begins in `text`
    size_t original_offset;  // where it begins in `original`
    bool replaced;           // true: the whole piece stands for one ${..}
    bool unset = false;      // true: that ${..} has no value, which was reported
  };
  std::vector<Piece> pieces;  // by offset; the first begins at 0
};

// Position in the file of byte `text_offset` of `text`; inside a replaced piece, the position of
// its ${.
SourcePosition PositionAt(const SqlText& sql, size_t text_offset);

// True when a parameter without a value is in bytes [begin, end] of `sql.text`. Any mistake found
// in such a text may only be a consequence.
bool HasUnsetParameter(const SqlText& sql, size_t begin, size_t end);

// Bytes [begin, end) of `sql.text`, with their positions in the file.
SqlText Slice(const SqlText& sql, size_t begin, size_t end);

// Line `line` (from 1) of `original` without its line end; empty when there is none.
std::string LineText(std::string_view original, uint32_t line);

// An error diagnostic at byte `text_offset` of `sql.text`.
Diagnostic ErrorAt(const SqlText& sql, size_t text_offset, std::string message, std::string hint);

// The value of a parameter; nothing when it is not set.
using ParameterLookup = std::function<std::optional<std::string>(std::string_view name)>;
// The hint for the name of a parameter that is not set.
using ParameterHint = std::function<std::string(std::string_view name)>;

// Replaces each ${name} in `original`, also inside literals but not in comments. A parameter that
// is not set, and a ${ that is not closed on its line, is appended to `diagnostics` and replaced by
// an empty string.
SqlText ReplaceParameters(std::string path, std::string original, const ParameterLookup& lookup,
                          const ParameterHint& hint, std::vector<Diagnostic>& diagnostics);

}  // namespace stedi
