#include "select/check.h"

#include "database/dialect.h"
#include "select/select_check.h"

namespace stedi {

ProjectOptions OptionsWithoutRun() {
  ProjectOptions options;
  options.built_in = {{"stedi.as_of", "2000-01-01"}, {"stedi.pseudonym_key", "0"}};
  options.secrets = {"stedi.pseudonym_key"};
  return options;
}

CheckedProject CheckProject(const std::filesystem::path& folder, const ProjectOptions& options,
                            Connection& connection) {
  CheckedProject checked;
  checked.project = LoadProject(folder, options, checked.diagnostics);
  if (!checked.project.is_readable) return checked;
  CheckViews(connection, checked.project, checked.diagnostics);
  checked.order = OrderViews(checked.project, checked.diagnostics);
  checked.ok = !HasErrors(checked.diagnostics);
  return checked;
}

CheckedProject CheckProject(const std::filesystem::path& folder, const ProjectOptions& options) {
  DatabaseOptions database_options;
  database_options.threads = 1;
  Database database(database_options);
  Connection connection(database);
  CreateDialect(connection);
  return CheckProject(folder, options, connection);
}

}  // namespace stedi
