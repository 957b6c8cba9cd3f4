// `stedi check`: finds the mistakes in a project that can be found without its data.
#pragma once

#include <filesystem>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/error.h"
#include "database/database.h"
#include "pipeline/project.h"

namespace stedi {

// Thrown for a project that cannot run; holds every diagnostic that was found.
class ProjectError : public Error {
 public:
  explicit ProjectError(std::vector<Diagnostic> diagnostics)
      : Error(ErrorCode::kInvalid, "the project has mistakes"),
        diagnostics_(std::move(diagnostics)) {}
  const std::vector<Diagnostic>& diagnostics() const { return diagnostics_; }

 private:
  std::vector<Diagnostic> diagnostics_;
};

// Placeholders for the values that a run supplies itself (stedi.as_of, stedi.pseudonym_key), for
// commands that read a project without running it. Only the format of the values matters.
ProjectOptions OptionsWithoutRun();

struct CheckedProject {
  Project project;            // with View::inputs filled in
  std::vector<size_t> order;  // indices into project.views, see OrderViews()
  std::vector<Diagnostic> diagnostics;
  bool ok = false;  // no error among the diagnostics
};

// Reads the project in `folder` and binds its SELECTs. Mistakes are not thrown but returned in
// `diagnostics`. `options.built_in` holds the values of the parameters that only a run can supply.
// `connection` must have the dialect (CreateDialect()) and no tables; it is left as it was. Throws
// what LoadProject() throws.
CheckedProject CheckProject(const std::filesystem::path& folder, const ProjectOptions& options,
                            Connection& connection);
// The same, with a temporary database.
CheckedProject CheckProject(const std::filesystem::path& folder, const ProjectOptions& options);

}  // namespace stedi
