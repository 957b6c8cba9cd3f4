#include "run/feed_news.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <map>
#include <string>

#include "base/file.h"
#include "files/content_hash.h"

namespace stedi {
namespace {

namespace fs = std::filesystem;

class FeedNewsTest : public testing::Test {
 protected:
  FeedNewsTest() {
    std::string pattern = testing::TempDir() + "stedi-news-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
  }
  ~FeedNewsTest() override { fs::remove_all(folder_); }

  // Writes a file, or gives it a new time. Each call uses a time of its own.
  void Put(const std::string& name, const std::string& text) {
    fs::remove(folder_ / name);
    WriteNewFile(folder_ / name, text);
    Touch(name);
  }
  void Touch(const std::string& name) {
    fs::last_write_time(folder_ / name, fs::file_time_type(std::chrono::seconds(++seconds_)));
  }

  FeedFiles Files(bool is_same_folder = true) const {
    KnownFiles known;
    known.is_same_folder = is_same_folder;
    for (const auto& [file, record] : known_) known.records.push_back(record);
    return {"f", ListFeed(folder_).files, std::move(known)};
  }

  // Returns, in words, what a run finds if these files turn out to be unreadable. What it finds is
  // known from then on.
  std::string News(const std::set<std::string>& unreadable = {}) {
    const FeedNews news = Files().FindNews(unreadable);
    std::vector<std::string> to_load;
    for (const LandingFile& file : news.to_load) {
      to_load.push_back(file.file);
      FileRecord& record = known_[file.file] = {};
      record.file = file.file;
      record.status = LoadStatus::kLoaded;
      record.size_bytes = file.size_bytes;
      record.mtime_ns = file.mtime_ns;
      record.content_hash = HashFile(file.path, *file.store);
      record.decoding = DecodingOf(file);
    }
    std::vector<std::string> settled;
    for (const FileRecord& record : news.settled) {
      settled.push_back(fmt::format("{} {}", record.file, ToString(record.status)));
      known_[record.file] = record;
    }
    CheckInvariant();
    return fmt::format("load {}; settle {}; outdated {}", fmt::join(to_load, ","),
                       fmt::join(settled, ","), fmt::join(news.outdated, ","));
  }

  // A file may be a re-delivery only of a file whose rows are in the table, with the same decoding.
  void CheckInvariant() const {
    for (const auto& [file, copy] : known_) {
      if (copy.status != LoadStatus::kRedelivered) continue;
      bool has_original = false;
      for (const auto& [name, record] : known_) {
        has_original = has_original || (record.status == LoadStatus::kLoaded &&
                                        record.content_hash == copy.content_hash &&
                                        record.decoding == copy.decoding);
      }
      EXPECT_TRUE(has_original) << file;
    }
  }

  fs::path folder_;
  std::map<std::string, FileRecord> known_;
  int seconds_ = 0;
};

TEST_F(FeedNewsTest, KnowsCopiesByTheirContent) {
  Put("b.json", "same");
  Put("a.json", "same");
  EXPECT_EQ(News(), "load a.json; settle b.json redelivered; outdated ");
  EXPECT_EQ(News(), "load ; settle ; outdated ");
  Touch("a.json");
  EXPECT_EQ(News(), "load ; settle a.json loaded; outdated ");
  Put("c.json", "same");
  EXPECT_EQ(News(), "load ; settle c.json redelivered; outdated ");
  Put("a.json", "other");  // its old content is loaded from a copy
  EXPECT_EQ(News(), "load a.json,b.json; settle ; outdated a.json");
  Put("a.json", "same");  // its own rows are outdated; the rows of b.json have its new content
  EXPECT_EQ(News(), "load ; settle a.json redelivered; outdated a.json");
  fs::remove(folder_ / "b.json");  // gone: keeps its rows
  EXPECT_EQ(News(), "load ; settle ; outdated ");
}

TEST_F(FeedNewsTest, ATouchedCopyIsReadWhenItsOriginalChangesInTheSameRun) {
  Put("a.json", "same");
  Put("b.json", "same");
  News();
  Put("a.json", "other");
  Touch("b.json");
  EXPECT_EQ(News(), "load a.json,b.json; settle ; outdated a.json");
}

TEST_F(FeedNewsTest, TheSameBytesReadInAnotherWayAreOtherContent) {
  Put("a.json", "bytes");
  EXPECT_EQ(News(), "load a.json; settle ; outdated ");
  fs::rename(folder_ / "a.json", folder_ / "a.json.gz");
  EXPECT_EQ(News(), "load a.json.gz; settle ; outdated ");
}

TEST_F(FeedNewsTest, AnUnreadableFileIsNobodysOriginal) {
  Put("a.json", "same");
  Put("b.json", "same");
  EXPECT_EQ(News({"a.json"}), "load b.json; settle ; outdated ");
  EXPECT_EQ(News(), "load ; settle a.json redelivered; outdated ");
}

TEST_F(FeedNewsTest, AnUnreadableFileThatIsKnownKeepsItsRows) {
  Put("a.json", "same");
  Put("b.json", "same");
  News();
  Put("a.json", "cannot be read");
  // b.json has the content of rows that stay: loading it would duplicate them.
  EXPECT_EQ(News({"a.json"}), "load ; settle ; outdated ");
  EXPECT_EQ(News(), "load a.json,b.json; settle ; outdated a.json");
}

TEST_F(FeedNewsTest, InAnotherFolderEqualTimesMeanNothing) {
  Put("a.json", "one");
  Put("b.json", "two");
  News();
  known_["a.json"].content_hash = "of another file";
  const FeedNews news = Files(/*is_same_folder=*/false).FindNews({});
  ASSERT_EQ(news.to_load.size(), 1U);
  EXPECT_EQ(news.to_load[0].file, "a.json");
  EXPECT_EQ(news.outdated, std::set<std::string>{"a.json"});
}

TEST_F(FeedNewsTest, WhatAnEarlierStediReadIsLookedAtOnce) {
  Put("a.json", "text");
  News();
  known_["a.json"].decoding = kUncheckedDecoding;
  Put("b.json", "text");  // a copy: `unchecked` files were read as plain text
  EXPECT_EQ(News(), "load ; settle a.json loaded,b.json redelivered; outdated ");
  EXPECT_EQ(known_["a.json"].decoding, "plain");
  EXPECT_EQ(News(), "load ; settle ; outdated ");
}

}  // namespace
}  // namespace stedi
