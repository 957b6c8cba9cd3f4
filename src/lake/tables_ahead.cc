#include "lake/tables_ahead.h"

#include <exception>
#include <memory>
#include <utility>

namespace stedi {

void TablesAhead::BeginReading(const LakeSession& session, const std::string& name) {
  LakeTable table;
  try {
    table = OpenTable(session, name);
  } catch (const Error&) {  // Open() throws it again
    return;
  }
  if (!table.exists()) return;
  // Shared, because SideWork copies its tasks and a promise can only be moved.
  const auto promise = std::make_shared<std::promise<LakeTable>>();
  tables_.emplace(name, promise->get_future());
  side_work_.Submit([&database = session.database, promise, table](Connection& connection) mutable {
    try {
      LoadFiles(database, connection, table);
      promise->set_value(std::move(table));
    } catch (const std::exception&) {
      promise->set_exception(std::current_exception());
    }
  });
}

LakeTable TablesAhead::Open(const LakeSession& session, const std::string& name) {
  if (auto ahead = tables_.extract(name)) {
    try {
      return ahead.mapped().get();
    } catch (const std::exception&) {  // opened again below; a lasting error shows up later
    }
  }
  return OpenTable(session, name);
}

}  // namespace stedi
