#include "store/storage.h"

#include <fmt/format.h>

namespace stedi {

void CheckLocation(const std::filesystem::path& path) {
  constexpr std::string_view kScheme = "s3://";
  if (!IsRemote(path)) return;
  const std::string& text = path.native();
  if (!text.starts_with(kScheme) || text.size() == kScheme.size() || text[kScheme.size()] == '/') {
    throw Error(ErrorCode::kInvalid,
                fmt::format("{}: a folder, or s3://bucket/prefix, is what can be read", text));
  }
  if (text.find_first_of("?*[]") != std::string::npos) {
    throw Error(ErrorCode::kInvalid,
                fmt::format("{}: a prefix on S3 must not have ?, *, [ or ]", text));
  }
}

const FileStore& Storage::StoreOf(const std::filesystem::path& path) {
  if (!IsRemote(path)) return LocalFiles();
  CheckLocation(path);
  return S3();
}

const S3Files& Storage::S3() {
  if (!s3_) s3_ = std::make_unique<S3Files>(database_);
  return *s3_;
}

FeedListing Storage::List(const std::filesystem::path& folder, const FileRule& rule) {
  if (!IsRemote(folder)) return ListFeed(folder, rule);
  CheckLocation(folder);
  return S3().List(folder.string(), rule);
}

}  // namespace stedi
