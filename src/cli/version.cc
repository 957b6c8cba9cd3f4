#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/program_folder.h"
#include "catalog/sql_catalog.h"
#include "cli/command.h"
#include "cli/command_line.h"
#include "cli/exit_status.h"
#include "cli/human_text.h"
#include "cli/json_output.h"
#include "cli/license_index.h"
#include "cli/program_parts.h"
#include "cli/text_table.h"
#include "database/database.h"

namespace stedi {
namespace {

void PrintParts(bool json) {
  const std::vector<ProgramPart> parts = ProgramParts();
  if (json) {
    auto rows = nlohmann::ordered_json::array();
    for (const ProgramPart& part : parts) {
      rows.push_back({{"name", part.name}, {"version", part.version}});
    }
    PrintJson({{"stedi", STEDI_VERSION}, {"lake_format", kLakeFormat}, {"parts", rows}});
    return;
  }
  Print("stedi {} (DuckDB {}, lake format {})\n\n", STEDI_VERSION, DuckdbVersion(), kLakeFormat);
  TextTable table({{"part"}, {"version"}});
  for (const ProgramPart& part : parts) {
    table.AddRow({PrintableText(part.name), PrintableText(part.version)});
  }
  table.Print();
}

void PrintLicenses(bool json) {
  const std::filesystem::path folder = ProgramFolder() / "licenses";
  const std::vector<LicenseRow> licenses = ReadLicenseIndex(folder);
  if (json) {
    auto rows = nlohmann::ordered_json::array();
    for (const LicenseRow& row : licenses) {
      rows.push_back({{"component", row.component},
                      {"version", row.version},
                      {"license", row.license},
                      {"text", row.text.string()}});
    }
    PrintJson(rows);
    return;
  }
  TextTable table({{"component"}, {"version"}, {"licence"}});
  for (const LicenseRow& row : licenses) {
    table.AddRow(
        {PrintableText(row.component), PrintableText(row.version), PrintableText(row.license)});
  }
  table.Print();
  Print("\nTheir texts: {}\n", folder.string());
}

}  // namespace

int VersionCommand(const Command& command, Args args) {
  bool licenses = false;
  bool json = false;
  CommandLine line(command);
  line.Flag("--licenses", licenses, "list the licence of each part, and where its text is");
  line.Flag("--json", json, "print JSON");
  if (!line.Parse(args)) return kStatusDone;
  if (licenses) {
    PrintLicenses(json);
  } else {
    PrintParts(json);
  }
  return kStatusDone;
}

}  // namespace stedi
