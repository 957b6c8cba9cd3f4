// `stedi check`: all that can be known of a project without data.
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

// A project that cannot run; carries every mistake that was found.
class ProjectError : public Error {
 public:
  explicit ProjectError(std::vector<Diagnostic> diagnostics)
      : Error(ErrorCode::kInvalid, "the project has mistakes"),
        diagnostics_(std::move(diagnostics)) {}
  const std::vector<Diagnostic>& diagnostics() const { return diagnostics_; }

 private:
  std::vector<Diagnostic> diagnostics_;
};

// What stands in for the values that a run gives itself, where there is no run: any of the right
// shape will do.
ProjectOptions OptionsWithoutRun();

struct CheckedProject {
  Project project;            // with inputs filled
  std::vector<size_t> order;  // of project.views
  std::vector<Diagnostic> diagnostics;
  bool ok = false;  // no error among the diagnostics
};

// Reads and binds the project in `folder`. Parameters that only a run can give come in
// `options.built_in`. `connection`: one with the dialect and no tables, left as it was.
CheckedProject CheckProject(const std::filesystem::path& folder, const ProjectOptions& options,
                            Connection& connection);
// The same in a database of its own.
CheckedProject CheckProject(const std::filesystem::path& folder, const ProjectOptions& options);

}  // namespace stedi
