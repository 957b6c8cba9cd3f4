#include "files/file_names.h"

#include <gtest/gtest.h>

namespace stedi {
namespace {

TEST(MatchesNameTest, KnowsTwoWildcards) {
  const struct {
    const char* name;
    const char* pattern;
    bool expected;
  } cases[] = {
      {"a.json", "*.json", true},
      {"A.JSON", "*.json", true},
      {"a.json", "*.JSON", true},
      {"a.json.gz", "*.json", false},
      {"a.json.json", "*.json", true},
      {".json", "*.json", true},
      {"a.json", "a.json", true},
      {"a.json", "?.json", true},
      {"ab.json", "?.json", false},
      {"\xC3\xA4.json", "?.json", true},  // one character of two bytes
      {"\xC3\xA4.json", "??.json", false},
      {"abcabc", "*abc", true},
      {"abcab", "*abc", false},
      {"part-00000-x.json", "part-*-?.json", true},
      {"anything", "*", true},
      {"", "*", true},
      {"", "?", false},
      {"a", "", false},
      {"a[1].json", "a[1].json", true},  // nothing else is special
      {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", "*a*a*a*a*a*a*a*a*a*a*c", false},
  };
  for (const auto& test : cases) {
    EXPECT_EQ(MatchesName(test.name, test.pattern), test.expected)
        << test.name << " " << test.pattern;
  }
}

TEST(IsLandingNameTest, TakesWhatProducersWrite) {
  for (const char* const name :
       {"a.json",
        "a.JSON",
        "a.jsonl",
        "a.ndjson",
        "a.json.gz",
        "a.JSON.GZ",
        "a.json.gzip",
        "a.json.zst",
        "a.json.zstd",
        "a.json.1",
        "a.json.gz.1",
        "a.json.1.gz",
        "a.json-20260301",
        "a.json-20260301.gz",
        "part-00000",
        "part-00000.gz",
        "part-00000-6a0f-c000.json",
        "part-00000-6a0f.c000.json.gz",
        "run-1655564397564-part-r-00000",
        "stream-1-2026-03-01-00-00-00-3f2b6c1e-7f1e-4a51-9d0e-1d2b3c4d5e6f",
        "stream-1-2026-03-01-00-00-00-3f2b6c1e-7f1e-4a51-9d0e-1d2b3c4d5e6f.gz",
        "z.zst",
        "data.gz",
        "a.json.zip",
        "a.zip",
        "a.json.bz2",
        "a.json.xz",
        "backup.tar.gz",
        "backup.tgz"}) {
    EXPECT_TRUE(IsLandingName(name)) << name;
  }
}

TEST(IsLandingNameTest, PassesOverWhatIsNoData) {
  for (const char* const name : {"README.md",
                                 "README",
                                 "LICENSE",
                                 "Makefile",
                                 "a.json.tmp",
                                 "y.json.part",
                                 "a.json.crdownload",
                                 "a.json.filepart",
                                 "a.json.swp",
                                 "a.json.crc",
                                 "a.json.bak",
                                 "a.json.md5",
                                 "a.json~",
                                 "part-00000~",
                                 "#a.json#",
                                 "#part-00000#",
                                 "a.csv",
                                 "a.csv.gz",
                                 "a.parquet",
                                 "README.md.gz",
                                 "Thumbs.db",
                                 "desktop.ini",
                                 "manifest.txt",
                                 "a.log.1",
                                 "catalog.db",
                                 ""}) {
    EXPECT_FALSE(IsLandingName(name)) << name;
  }
}

TEST(IsLandingNameTest, PatternsReplaceTheRule) {
  const std::vector<std::string> patterns = {"*.txt", "readings-*"};
  EXPECT_TRUE(IsLandingName("a.TXT", patterns));
  EXPECT_TRUE(IsLandingName("readings-x", patterns));
  EXPECT_FALSE(IsLandingName("a.json", patterns));
  EXPECT_TRUE(IsLandingName("README.md", {"*"}));
}

TEST(ShownFileTest, MasksWhatMayBePersonal) {
  const struct {
    const char* file;
    bool is_personal;
    const char* expected;
  } cases[] = {
      {"2026/01.json", false, "2026/01.json"},
      {"user=ann@example.com/a.json", false, "user=***/a.json"},
      {"ann%40example.com.json", false, "***"},
      {"in/ann@example.com=x/a.json", false, "in/***/a.json"},
      {"in/k=1/ann@example.com", false, "in/k=1/***"},
      {"2026/01.json", true, "***"},
      {"", false, ""},
      {"a//b/", false, "a//b/"},
  };
  for (const auto& test : cases) {
    EXPECT_EQ(ShownFile(test.file, test.is_personal), test.expected) << test.file;
  }
}

}  // namespace
}  // namespace stedi
