#include "select/check.h"

#include "database/dialect.h"
#include "pipeline/built_in_parameters.h"
#include "select/select_check.h"

namespace stedi {

ProjectOptions OptionsWithoutRun() {
  ProjectOptions options;
  options.built_in = {{kAsOfParameter, "2000-01-01"}, {kKeyParameter, "0"}};
  options.secrets = {kKeyParameter};
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
