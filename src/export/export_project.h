// `stedi export`: the same project written for another engine. A target is a row of kTargets: its
// files are the templates of its folder and of shared/, filled from the project's model, and the
// project itself where the target runs it as it is.
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
  std::string_view name;            // on the command line, and folder of the templates
  std::string_view summary;         // for help
  std::string_view project_folder;  // below the export: where the project goes as it is
};
std::span<const ExportTarget> ExportTargets();

struct ExportFile {
  std::string path;  // below the export, '/'-separated
  std::string text;
  bool executable = false;
};

// All files of an export, by path: the same project gives the same bytes. `checked` and `order` as
// of ProjectModel.
std::vector<ExportFile> ExportFiles(const ExportTarget& target, const Project& checked,
                                    const std::vector<size_t>& order, std::string_view version);

// Writes the files into `folder`, which is new, empty, or an earlier export: of that the files it
// wrote are replaced and those it no longer has are removed; other people's files stay. Throws
// kInvalid when the folder holds something else, kUnavailable when the disk fails.
void WriteExport(const std::filesystem::path& folder, const std::vector<ExportFile>& files);

}  // namespace stedi
