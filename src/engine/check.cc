#include "engine/check.h"

#include <algorithm>

#include "engine/database.h"
#include "engine/dialect.h"
#include "engine/select_check.h"

namespace stedi {

CheckedProject CheckProject(const std::filesystem::path& folder, const ProjectOptions& options) {
  CheckedProject checked;
  checked.project = LoadProject(folder, options, checked.diagnostics);
  DatabaseOptions database_options;
  database_options.threads = 1;
  Database database(database_options);
  Connection connection(database);
  CreateDialect(connection);
  CheckViews(connection, checked.project, checked.diagnostics);
  checked.order = OrderViews(checked.project, checked.diagnostics);
  checked.ok = std::ranges::none_of(checked.diagnostics, [](const Diagnostic& diagnostic) {
    return diagnostic.severity == Severity::kError;
  });
  return checked;
}

}  // namespace stedi
