// `stedi export` writes a project for another engine. Each target is a row of kTargets. Its files
// are the templates in its own folder and in shared/, rendered from the project's model, and
// unchanged copies of the project's files.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "export/template_text.h"
#include "pipeline/project.h"

namespace stedi {

struct ExportTarget {
  std::string_view name;            // on the command line, and of the folder of its templates
  std::string_view summary;         // for help
  std::string_view project_folder;  // where the project's files go, below the export
};
std::span<const ExportTarget> ExportTargets();

struct ExportFile {
  std::string path;  // below the export, '/'-separated
  std::string text;
  bool executable = false;
};

// Returns all files of an export, sorted by path. The same project gives the same bytes. `checked`
// and `order` are those of ProjectModel, `version` is that of stedi.
std::vector<ExportFile> ExportFiles(const ExportTarget& target, const Project& checked,
                                    const std::vector<size_t>& order, std::string_view version);

// Writes the files into `folder`, which is new, empty, or an earlier export. The files of an
// earlier export are replaced or removed; all others stay. Throws kInvalid, and writes nothing,
// when the folder holds files but no earlier export, or when a file that no export wrote has the
// path of one of `files`. Throws kUnavailable when the disk fails.
void WriteExport(const std::filesystem::path& folder, const std::vector<ExportFile>& files);

}  // namespace stedi
