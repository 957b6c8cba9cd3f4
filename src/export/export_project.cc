#include "export/export_project.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "base/error.h"
#include "base/file.h"
#include "export/project_model.h"
#include "export/template_files.h"
#include "pipeline/project_file.h"

namespace stedi {
namespace {

namespace fs = std::filesystem;

constexpr std::array<ExportTarget, 2> kTargets = {{
    {"spark", "Apache Spark 4.1: the project, a landing reader, a runner", ""},
    {"aws", "AWS: Glue jobs, Athena statements, a CloudFormation template", "glue-6.0/"},
}};

constexpr std::string_view kSharedTemplates = "shared/";
constexpr std::string_view kTemplateSuffix = ".tmpl";
constexpr const char* kMarkerName = ".stedi-export";
constexpr const char* kMarkerHead = "Files written by stedi export; the next one replaces them.";
// A template with a placeholder in its path is rendered once for each element of a list.
struct Repetition {
  std::string_view placeholder;
  const char* list;  // key of the model
};
constexpr std::array<Repetition, 3> kRepetitions = {
    {{"@table@", "tables"}, {"@feed@", "feeds"}, {"@rejected@", "rejected"}}};

class ExportBuilder {
 public:
  // Adds `project` to the model, so that templates also find the project's name and parameters
  // where a table has values of the same names.
  explicit ExportBuilder(Json model) : model_(std::move(model)) {
    model_["project"] = {{"name", model_["name"]}, {"parameters", model_["parameters"]}};
  }

  void AddTemplate(std::string path, std::string_view text) {
    for (const Repetition& repetition : kRepetitions) {
      const size_t at = path.find(repetition.placeholder);
      if (at == std::string::npos) continue;
      for (const Json& element : model_.at(repetition.list)) {
        std::string own_path = path;
        own_path.replace(at, repetition.placeholder.size(), element.at("name").get<std::string>());
        Json context = model_;
        context.update(element);
        AddRendered(std::move(own_path), text, context);
      }
      return;
    }
    AddRendered(std::move(path), text, model_);
  }

  void AddFile(std::string path, std::string text) {
    ExportFile file{std::move(path), std::move(text), false};
    file.executable = file.path.ends_with(".sh");
    files_.push_back(std::move(file));
  }

  std::vector<ExportFile> Take() {
    std::ranges::sort(files_, {}, &ExportFile::path);
    return std::move(files_);
  }

 private:
  void AddRendered(std::string path, std::string_view text, const Json& context) {
    if (!path.ends_with(kTemplateSuffix)) return AddFile(std::move(path), std::string(text));
    path.resize(path.size() - kTemplateSuffix.size());
    std::string rendered = RenderTemplate(path, text, context);
    AddFile(std::move(path), std::move(rendered));
  }

  Json model_;
  std::vector<ExportFile> files_;
};

// Returns the relative paths of the files that make up the project, wherever its libraries are, and
// of its tests. Nothing else in its folder is copied.
std::set<std::string> ProjectFiles(const Project& project) {
  std::set<std::string> paths = {std::string(kProjectFileName)};
  for (const Feed& feed : project.feeds) paths.insert(feed.path);
  for (const View& view : project.views) paths.insert(view.path);
  const fs::path tests = project.folder / "tests";
  if (!fs::is_directory(tests)) return paths;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(tests)) {
    if (entry.is_regular_file() && entry.path().extension() == ".test") {
      paths.insert(entry.path().lexically_relative(project.folder).generic_string());
    }
  }
  return paths;
}

// Returns the files of an earlier export in `folder`. Throws kInvalid when the folder holds files
// but no earlier export.
std::set<std::string> EarlierFiles(const fs::path& folder) {
  std::set<std::string> paths;
  const fs::path marker = folder / kMarkerName;
  if (!StatFile(marker)) {
    if (const auto status = StatFile(folder); status && !status->is_folder) {
      throw Error(ErrorCode::kInvalid, fmt::format("{} is a file, not a folder", folder.string()));
    }
    if (fs::exists(folder) && !fs::is_empty(folder)) {
      throw Error(ErrorCode::kInvalid,
                  fmt::format("{} holds files that are no earlier export: name a new folder",
                              folder.string()));
    }
    return paths;
  }
  const std::string text = ReadWholeFile(marker);
  for (size_t begin = text.find('\n'); begin != std::string::npos;) {
    const size_t end = text.find('\n', begin + 1);
    const std::string path = text.substr(begin + 1, end - begin - 1);
    // Takes paths below the folder only, since anybody may have changed the marker file.
    if (!path.empty() && path.front() != '/' && path.find("..") == std::string::npos) {
      paths.insert(path);
    }
    begin = end;
  }
  return paths;
}

// Throws kInvalid, before anything is written, when a file would be overwritten that no earlier
// export wrote.
void CheckPlaces(const fs::path& folder, const std::vector<ExportFile>& files,
                 const std::set<std::string>& earlier) {
  for (const ExportFile& file : files) {
    if (earlier.contains(file.path) || !StatFile(folder / file.path)) continue;
    throw Error(ErrorCode::kInvalid,
                fmt::format("{} is in the way: the export writes a file of that name, but this one "
                            "is not an earlier export's",
                            (folder / file.path).string()));
  }
}

}  // namespace

std::span<const ExportTarget> ExportTargets() { return kTargets; }

std::vector<ExportFile> ExportFiles(const ExportTarget& target, const Project& checked,
                                    const std::vector<size_t>& order, std::string_view version) {
  Json model = ProjectModel(checked, order);
  model["stedi_version"] = version;
  const std::string own_prefix = fmt::format("{}/", target.name);
  ExportBuilder builder(model);
  for (const TemplateFile& file : TemplateFiles()) {
    for (const std::string_view prefix : {std::string_view(own_prefix), kSharedTemplates}) {
      if (!file.path.starts_with(prefix)) continue;
      builder.AddTemplate(std::string(file.path.substr(prefix.size())), file.text);
    }
  }
  builder.AddFile("pipeline.json", model.dump(2) + "\n");
  for (const std::string& path : ProjectFiles(checked)) {
    builder.AddFile(std::string(target.project_folder) + path,
                    ReadWholeFile(checked.folder / path));
  }
  return builder.Take();
}

void WriteExport(const fs::path& folder, const std::vector<ExportFile>& files) {
  const std::set<std::string> earlier = EarlierFiles(folder);
  CheckPlaces(folder, files, earlier);
  MakeFolders(folder);
  std::error_code ignored;  // a file may be gone already
  for (const std::string& path : earlier) fs::remove(folder / path, ignored);
  std::string marker = fmt::format("{}\n", kMarkerHead);
  for (const ExportFile& file : files) marker += file.path + "\n";
  fs::remove(folder / kMarkerName, ignored);
  WriteNewFile(folder / kMarkerName, marker);
  for (const ExportFile& file : files) {
    const fs::path path = folder / file.path;
    MakeFolders(path.parent_path());
    WriteNewFile(path, file.text);
    if (file.executable) fs::permissions(path, fs::perms::owner_all);
  }
  // Removes folders of the earlier export that are empty now.
  for (const std::string& path : earlier) {
    for (fs::path parent = (folder / path).parent_path();
         parent != folder && fs::exists(parent) && fs::is_empty(parent);
         parent = parent.parent_path()) {
      fs::remove(parent);
    }
  }
}

}  // namespace stedi
