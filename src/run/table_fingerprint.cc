#include "run/table_fingerprint.h"

#include <fmt/format.h>

#include "base/sha256.h"

namespace stedi {

std::string Fingerprint(const TableDefinition& definition, const std::string& sql,
                        const std::vector<TableState>& inputs) {
  std::string text = fmt::format("rules {}\n{}\n", kRulesVersion, sql);
  for (const ColumnDefinition& column : definition.columns) {
    text += fmt::format("{} {} {}\n", column.name, ToString(column.type), column.not_null);
  }
  for (const auto& [key, value] : definition.properties) text += fmt::format("{}={}\n", key, value);
  std::string fingerprint = Sha256(text);
  for (const TableState& input : inputs) fingerprint += ";" + ToString(input);
  return fingerprint;
}

std::optional<std::map<std::string, TableState>> StatesOfSame(const std::string& last,
                                                              const std::string& now) {
  const auto hash = [](const std::string& text) { return text.substr(0, text.find(';')); };
  if (last.empty() || hash(last) != hash(now)) return std::nullopt;
  std::map<std::string, TableState> states;
  for (size_t at = last.find(';'); at != std::string::npos;) {
    const size_t end = last.find(';', at + 1);
    const auto state = ParseTableState(last.substr(at + 1, end - at - 1));
    if (!state.has_value()) return std::nullopt;
    states[state->table] = *state;
    at = end;
  }
  return states;
}

bool IsUpToDate(const LakeSession& session, const LakeTable& table,
                const std::string& fingerprint) {
  const Snapshot* snapshot = table.metadata.CurrentSnapshot();
  if (snapshot == nullptr) return false;
  const std::optional<StepRecord> last = session.catalog.LastStep(table.id.database, table.id.name);
  return last.has_value() && last->fingerprint == fingerprint &&
         last->snapshot_id == snapshot->snapshot_id;
}

}  // namespace stedi
