#include "pipeline/sql_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "pipeline/sql_tokens.h"

namespace stedi {
namespace {

size_t OriginalOffset(const SqlText& sql, size_t text_offset) {
  const auto after = std::upper_bound(
      sql.pieces.begin(), sql.pieces.end(), text_offset,
      [](size_t offset, const SqlText::Piece& piece) { return offset < piece.text_offset; });
  if (after == sql.pieces.begin()) return 0;
  const SqlText::Piece& piece = *std::prev(after);
  if (piece.replaced) return piece.original_offset;
  return piece.original_offset + (text_offset - piece.text_offset);
}

bool IsContinuationByte(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

struct Reference {
  std::string_view name;
  size_t end;  // one past its }
  bool closed;
};

// The ${..} that begins at `at`.
Reference ReadReference(std::string_view text, size_t at) {
  const size_t begin = at + 2;
  const size_t end = text.find_first_of("}'\"\r\n{", begin);
  if (end == std::string_view::npos || text[end] != '}') return {{}, begin, false};
  return {text.substr(begin, end - begin), end + 1, true};
}

}  // namespace

SourcePosition PositionAt(const SqlText& sql, size_t text_offset) {
  const size_t offset = std::min(OriginalOffset(sql, text_offset), sql.original.size());
  SourcePosition position{sql.path, 1, 1};
  for (size_t i = 0; i < offset; ++i) {
    if (sql.original[i] == '\n') {
      ++position.line;
      position.column = 1;
    } else if (!IsContinuationByte(sql.original[i])) {
      ++position.column;
    }
  }
  return position;
}

bool HasUnsetParameter(const SqlText& sql, size_t begin, size_t end) {
  return std::any_of(sql.pieces.begin(), sql.pieces.end(), [&](const SqlText::Piece& piece) {
    return piece.unset && piece.text_offset >= begin && piece.text_offset <= end;
  });
}

SqlText Slice(const SqlText& sql, size_t begin, size_t end) {
  SqlText slice{sql.text.substr(begin, end - begin), sql.original, sql.path, {}};
  slice.pieces.push_back({0, OriginalOffset(sql, begin), false});
  for (const SqlText::Piece& piece : sql.pieces) {
    if (piece.text_offset <= begin) {
      slice.pieces.front().replaced = piece.replaced;
      slice.pieces.front().unset = piece.unset && piece.text_offset == begin;
    } else if (piece.text_offset < end) {
      slice.pieces.push_back(
          {piece.text_offset - begin, piece.original_offset, piece.replaced, piece.unset});
    }
  }
  return slice;
}

std::string LineText(std::string_view original, uint32_t line) {
  size_t begin = 0;
  for (uint32_t at = 1; at < line; ++at) {
    const size_t line_end = original.find('\n', begin);
    if (line_end == std::string_view::npos) return {};
    begin = line_end + 1;
  }
  if (line == 0) return {};
  std::string_view text = original.substr(begin, original.find('\n', begin) - begin);
  if (!text.empty() && text.back() == '\r') text.remove_suffix(1);
  return std::string(text);
}

Diagnostic ErrorAt(const SqlText& sql, size_t text_offset, std::string message, std::string hint) {
  Diagnostic diagnostic{
      Severity::kError, PositionAt(sql, text_offset), std::move(message), std::move(hint), {}};
  diagnostic.line_text = LineText(sql.original, diagnostic.position.line);
  return diagnostic;
}

SqlText ReplaceParameters(std::string path, std::string original, const ParameterLookup& lookup,
                          const ParameterHint& hint, std::vector<Diagnostic>& diagnostics) {
  SqlText sql{{}, std::move(original), std::move(path), {}};
  const std::string_view whole = sql.original;
  char quote = '\0';  // of the literal that `at` is in
  size_t copied = 0;  // number of bytes of `whole` that were copied to `text`
  const auto copy_up_to = [&](size_t end) {
    sql.pieces.push_back({sql.text.size(), copied, false});
    sql.text.append(whole.substr(copied, end - copied));
  };
  for (size_t at = 0; at < whole.size();) {
    if (quote == '\0' && SkipComment(whole, at) != at) {
      at = SkipComment(whole, at);
      continue;
    }
    const char c = whole[at];
    if (c == '\'' || c == '"' || c == '`') quote = quote == '\0' ? c : (quote == c ? '\0' : quote);
    if (!whole.substr(at).starts_with("${")) {
      ++at;
      continue;
    }
    copy_up_to(at);
    const Reference reference = ReadReference(whole, at);
    const std::optional<std::string> value =
        reference.closed ? lookup(reference.name) : std::nullopt;
    sql.pieces.push_back({sql.text.size(), at, true, !value});
    if (value) {
      sql.text += *value;
    } else if (!reference.closed) {
      diagnostics.push_back(
          ErrorAt(sql, sql.text.size(), "${ is not closed", "write ${name}, all on one line"));
    } else {
      diagnostics.push_back(ErrorAt(sql, sql.text.size(),
                                    fmt::format("parameter \"{}\" is not set", reference.name),
                                    hint(reference.name)));
    }
    at = copied = reference.end;
  }
  copy_up_to(whole.size());
  return sql;
}

}  // namespace stedi
