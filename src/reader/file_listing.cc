#include "reader/file_listing.h"

#include <string_view>
#include <utility>

namespace stedi {

std::vector<ArrowField> ListingFields() {
  return {{"kind", kUtf8Format},        {"file", kUtf8Format},      {"path", kBinaryFormat},
          {"size_bytes", kInt64Format}, {"mtime_ns", kInt64Format}, {"problem", kUtf8Format, true}};
}

void ExportFiles(const FeedListing& listing, ArrowArray& out) {
  TextColumnBuilder kinds;
  TextColumnBuilder names;
  TextColumnBuilder paths;
  TextColumnBuilder problems;
  NumberColumnBuilder sizes;
  NumberColumnBuilder times;
  const auto add = [&](std::string_view kind, const LandingFile& file, std::string_view problem) {
    kinds.Add(kind);
    names.Add(file.file);
    paths.Add(file.path.native());
    sizes.Add(static_cast<int64_t>(file.size_bytes));
    times.Add(file.mtime_ns);
    problems.AddOrNull(problem);
  };
  for (const LandingFile& file : listing.files) add("file", file, "");
  for (const BadFile& bad : listing.bad_files) add("bad", {bad.file, {}}, bad.problem);
  for (const std::string& name : listing.passed_over) add("passed_over", {name, {}}, "");
  const auto rows = static_cast<int64_t>(listing.files.size() + listing.bad_files.size() +
                                         listing.passed_over.size());
  std::vector<ArrowColumn> columns;
  columns.reserve(ListingFields().size());
  columns.push_back(kinds.Finish());
  columns.push_back(names.Finish());
  columns.push_back(paths.Finish());
  columns.push_back(sizes.Finish());
  columns.push_back(times.Finish());
  columns.push_back(problems.Finish());
  ExportBatch(std::move(columns), rows, out);
}

}  // namespace stedi
