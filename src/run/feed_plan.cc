#include "run/feed_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "files/file_names.h"
#include "landing/contract.h"

namespace stedi {
namespace {

constexpr const char* kSkipHint = "--skip-bad-files leaves such files out";

std::string FolderOf(const Feed& feed) { return AbsoluteLocation(feed.folder).string(); }

std::string Replaced(std::string text, const std::string& what, const std::string& by) {
  if (what.empty()) return text;
  for (size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size()) {
    text.replace(at, what.size(), by);
  }
  return text;
}

// Throws kInvalid: the folder has files, but none with a name that is read.
[[noreturn]] void ThrowAllPassedOver(const Feed& feed, const FeedListing& listing) {
  throw Error(
      ErrorCode::kInvalid,
      fmt::format("{}: no file in {} has a name that is read, such as x.json ({} passed "
                  "over, the first is {}): name them in 'feed.files' of {}, or put the "
                  "landing files there",
                  feed.name, feed.folder.string(), listing.passed_over.size(),
                  ShownFile(listing.passed_over.front(), HasPersonalFileNames(feed)), feed.path));
}

void AddNotes(const Feed& feed, const FeedListing& listing,
              const std::optional<std::string>& folder_before, const std::vector<FileRecord>& known,
              std::vector<std::string>& notes) {
  if (folder_before.has_value()) {
    notes.push_back(fmt::format(
        "{}: its folder is {}, at the last run it was {}: rows of files that are not in the new "
        "folder stay; another --lake keeps them apart",
        feed.name, FolderOf(feed), *folder_before));
  }
  if (auto note = PassedOverNote(feed, listing)) notes.push_back(std::move(*note));
  const auto has_rows = std::ranges::count_if(known, [&](const FileRecord& record) {
    return record.records > 0 && std::ranges::binary_search(listing.passed_over, record.file);
  });
  if (has_rows > 0) {
    notes.push_back(fmt::format(
        "{}: {} of them {} loaded by an earlier run and {} rows (stedi run --rebuild {} drops "
        "them)",
        feed.name, has_rows, has_rows == 1 ? "was" : "were",
        has_rows == 1 ? "keeps its" : "keep their", feed.name));
  }
}

}  // namespace

FeedPlan PlanFeed(const LakeSession& session, const Feed& feed, FeedListing listing,
                  const RunOptions& options, std::vector<std::string>& notes) {
  FeedPlan plan;
  plan.feed = &feed;
  plan.rebuild = std::ranges::find(options.rebuild, feed.name) != options.rebuild.end();
  plan.skip_bad_files = options.skip_bad_files;
  plan.retry_quarantine =
      options.retry_quarantine.has_value() &&
      (options.retry_quarantine->empty() || *options.retry_quarantine == feed.name);
  plan.listing = std::move(listing);
  KnownFiles known;
  known.records = session.catalog.ListFiles(session.database_name, feed.name);
  if (plan.listing.files.empty() && plan.listing.bad_files.empty() &&
      !plan.listing.passed_over.empty() && (known.records.empty() || plan.rebuild)) {
    ThrowAllPassedOver(feed, plan.listing);
  }
  const auto folders = FoldersBefore(session.catalog, session.database_name);
  const auto before = folders.find(feed.name);
  known.is_same_folder = before == folders.end() || before->second == FolderOf(feed);
  AddNotes(feed, plan.listing,
           known.is_same_folder ? std::nullopt : std::optional<std::string>(before->second),
           known.records, notes);
  // If there is no table, no file has rows in it, whatever is known about the file.
  plan.forget =
      plan.rebuild || !session.catalog.FindTable({session.database_name, feed.name}).has_value();
  if (plan.forget) known.records.clear();
  plan.files = std::make_unique<FeedFiles>(feed.name, plan.listing.files, std::move(known));
  plan.bad_files = plan.listing.bad_files;
  std::set<std::string> unreadable;
  for (const BadFile& bad : plan.files->bad_files()) {
    plan.bad_files.push_back(bad);
    unreadable.insert(bad.file);
  }
  plan.news = plan.files->FindNews(unreadable);
  return plan;
}

std::optional<std::string> PassedOverNote(const Feed& feed, const FeedListing& listing) {
  const size_t count = listing.passed_over.size();
  if (count == 0) return std::nullopt;
  const std::string first = ShownFile(listing.passed_over.front(), HasPersonalFileNames(feed));
  return fmt::format("{}: {} file{} passed over for {} ({}): 'feed.files' says which are read",
                     feed.name, count, count == 1 ? "" : "s",
                     count == 1 ? "its name" : "their names",
                     count == 1 ? first : fmt::format("the first is {}", first));
}

bool HasPersonalFileNames(const TableDefinition& feed) {
  return std::ranges::find(feed.pii, kFileColumn) != feed.pii.end();
}

BadFileReport ReportBadFile(const Feed& feed, const BadFile& bad, bool is_skipped) {
  const std::string path = (feed.folder / bad.file).string();
  BadFileReport report;
  report.table = feed.name;
  report.file = ShownFile(bad.file, HasPersonalFileNames(feed));
  report.problem = Replaced(bad.problem, bad.file, report.file);
  report.is_skipped = is_skipped;
  // The system's own message may have the path already.
  report.line = bad.problem.find(path) != std::string::npos
                    ? fmt::format("{}: {}", feed.name, report.problem)
                    : fmt::format("{}: {}: {}", feed.name, (feed.folder / report.file).string(),
                                  report.problem);
  return report;
}

Error BadFilesError(const std::vector<BadFileReport>& bad_files, bool lists_all) {
  if (bad_files.size() == 1) {
    return Error(ErrorCode::kInvalid, fmt::format("{} ({})", bad_files.front().line, kSkipHint));
  }
  std::string lines;
  if (lists_all) {
    for (const BadFileReport& bad : bad_files) lines += (lines.empty() ? ": " : "; ") + bad.line;
  }
  return Error(ErrorCode::kInvalid, fmt::format("{} landing files cannot be read ({}){}",
                                                bad_files.size(), kSkipHint, lines));
}

std::string FoldersSetting(const std::string& database) { return "landing_folders." + database; }

std::map<std::string, std::string> FoldersBefore(const SqlCatalog& catalog,
                                                 const std::string& database) {
  std::map<std::string, std::string> folders;
  const std::string text = catalog.GetSetting(FoldersSetting(database)).value_or("{}");
  const nlohmann::json known = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!known.is_object()) return folders;
  for (const auto& [feed, folder] : known.items()) {
    if (folder.is_string()) folders.emplace(feed, folder.get<std::string>());
  }
  return folders;
}

std::string FoldersText(const Project& project) {
  nlohmann::json folders = nlohmann::json::object();
  for (const Feed& feed : project.feeds) folders[feed.name] = FolderOf(feed);
  return folders.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace stedi
