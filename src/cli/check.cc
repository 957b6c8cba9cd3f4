#include "select/check.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/file_store.h"
#include "cli/command.h"
#include "cli/command_line.h"
#include "cli/exit_status.h"
#include "cli/human_text.h"
#include "cli/json_output.h"
#include "pipeline/built_in_parameters.h"

namespace stedi {
namespace {

void PrintText(const std::string& folder, const CheckedProject& checked) {
  size_t errors = 0;
  for (Diagnostic diagnostic : checked.diagnostics) {
    errors += diagnostic.severity == Severity::kError ? 1 : 0;
    // Prefixes the project folder, so that the caller's editor can open the path.
    if (diagnostic.position.path != kCommandLinePlace) {
      diagnostic.position.path =
          (std::filesystem::path(folder) / diagnostic.position.path).string();
    }
    WriteData(Render(diagnostic, WantsColor(stdout)) + "\n");
  }
  const size_t warnings = checked.diagnostics.size() - errors;
  Print("{}: {} feeds, {} tables: {} error{}, {} warning{}\n", folder, checked.project.feeds.size(),
        checked.project.views.size(), errors, errors == 1 ? "" : "s", warnings,
        warnings == 1 ? "" : "s");
}

void PrintAsJson(const CheckedProject& checked) {
  using Json = nlohmann::ordered_json;
  Json tables = Json::array();
  for (const Feed& feed : checked.project.feeds) {
    tables.push_back(
        {{"table", feed.name}, {"kind", ToString(feed.kind)}, {"inputs", Json::array()}});
    if (!feed.rejected.has_value()) continue;
    tables.push_back({{"table", feed.rejected->name},
                      {"kind", ToString(feed.rejected->kind)},
                      {"inputs", Json::array({feed.name})}});
  }
  for (const size_t i : checked.order) {
    const View& view = checked.project.views[i];
    tables.push_back(
        {{"table", view.name}, {"kind", ToString(view.kind)}, {"inputs", view.inputs}});
  }
  PrintJson({{"ok", checked.ok},
             {"tables", tables},
             {"diagnostics", DiagnosticsJson(checked.diagnostics)}});
}

}  // namespace

int CheckCommand(const Command& command, Args args) {
  std::string folder;
  std::string landing;
  std::vector<std::string> settings;
  bool json = false;
  CommandLine line(command);
  line.Positional("PROJECT", folder, "folder of the pipeline project", true);
  line.Option("--landing", "DIR", landing, "short for --set stedi.landing=DIR");
  line.Repeated("--set", "NAME=VALUE", settings, "a parameter of the project");
  line.Flag("--json", json, "print JSON");
  if (!line.Parse(args)) return kStatusDone;

  ProjectOptions options = OptionsWithoutRun();
  for (const std::string& setting : settings) options.set.insert(SplitSetting(setting));
  if (!landing.empty()) {
    options.set[kLandingParameter] = AbsoluteLocation(landing).string();
  }
  const CheckedProject checked = CheckProject(folder, options);
  if (json) {
    PrintAsJson(checked);
  } else {
    PrintText(folder, checked);
  }
  return checked.ok ? kStatusDone : kStatusInput;
}

}  // namespace stedi
