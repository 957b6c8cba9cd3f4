#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/command_line.h"
#include "cli/exit_status.h"
#include "cli/human_text.h"
#include "cli/json_output.h"
#include "export/export_project.h"
#include "select/check.h"

namespace stedi {
namespace {

const ExportTarget& FindTarget(const std::string& name) {
  std::vector<std::string> names;
  for (const ExportTarget& target : ExportTargets()) {
    if (target.name == name) return target;
    names.emplace_back(target.name);
  }
  const std::string hint = DidYouMean(name, names);
  throw Error(ErrorCode::kInvalid, fmt::format("export: no target '{}'{} The targets are {}", name,
                                               hint.empty() ? "." : hint, fmt::join(names, ", ")));
}

}  // namespace

int ExportCommand(const Command& command, Args args) {
  std::string target_name;
  std::string folder;
  std::string project = ".";
  std::vector<std::string> settings;
  bool json = false;
  std::string targets;
  std::vector<std::string> names;
  for (const ExportTarget& target : ExportTargets()) {
    names.emplace_back(target.name);
    targets +=
        fmt::format("{}{} ({})", targets.empty() ? "" : ", or ", target.name, target.summary);
  }
  CommandLine line(command);
  line.Positional("TARGET", names, target_name, targets, true);
  line.Positional("DIR", folder, "folder to write: new, or an earlier export", true);
  line.Positional("PROJECT", project, "folder of the pipeline project (.)", false);
  line.Repeated("--set", "NAME=VALUE", settings, "another default for a parameter");
  line.Flag("--json", json, "print JSON");
  if (!line.Parse(args)) return kStatusDone;

  const ExportTarget& target = FindTarget(target_name);
  ProjectOptions options = OptionsWithoutRun();
  for (const std::string& setting : settings) options.set.insert(SplitSetting(setting));
  CheckedProject checked = CheckProject(project, options);
  if (!checked.ok) throw ProjectError(std::move(checked.diagnostics));
  const std::vector<ExportFile> files =
      ExportFiles(target, checked.project, checked.order, STEDI_VERSION);
  WriteExport(folder, files);
  if (json) {
    auto paths = nlohmann::ordered_json::array();
    for (const ExportFile& file : files) paths.push_back(file.path);
    PrintJson({{"target", target.name}, {"folder", folder}, {"files", paths}});
  } else {
    Print("{}: {} files for {}; read {}/README.md first\n", folder, files.size(), target.name,
          folder);
  }
  return kStatusDone;
}

}  // namespace stedi
