#include "run/view_note.h"

#include <fmt/format.h>

#include <vector>

#include "pipeline/property_keys.h"

namespace stedi {

std::optional<std::string> NoteLine(const LakeSession& session, const View& view) {
  const std::string& note = view.properties.at(kNoteKey);
  Result result = session.connection.Query(
      fmt::format("SELECT CAST(({}) AS VARCHAR) FROM {}", note, QuoteIdentifier(view.name)));
  const std::vector<TextRow> rows = result.Rows();
  return rows.empty() ? std::nullopt : rows.front().front();
}

}  // namespace stedi
