#include "pipeline/project_file.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace stedi {
namespace {

std::string Mistakes(const std::string& text) {
  std::vector<Diagnostic> diagnostics;
  ParseProjectFile(text, diagnostics);
  std::string out;
  for (const Diagnostic& d : diagnostics) {
    out += fmt::format("{}{}:{} {}{}", out.empty() ? "" : "\n", d.position.line, d.position.column,
                       d.message, d.hint.empty() ? "" : " (" + d.hint + ")");
  }
  return out;
}

TEST(ParseProjectFile, ReadsSparksKeys) {
  std::vector<Diagnostic> diagnostics;
  const ProjectFile file = ParseProjectFile(
      "name: My project\ndatabase: shop\nstorage: file:///x\nlibraries:\n"
      "  - glob: {include: transformations/**}\n  - file: a.sql\n"
      "configuration:\n  a.b: \"120\"\n  empty: \"\"\n  flag: 'true'\n  day: \"2026-01-01\"\n  "
      "text: 12 Main\n  path: ../a:1\n",
      diagnostics);
  EXPECT_TRUE(diagnostics.empty());
  EXPECT_EQ(file.name, "My project");
  EXPECT_EQ(file.catalog, "lake");
  EXPECT_EQ(file.database, "shop");
  ASSERT_EQ(file.libraries.size(), 2U);
  EXPECT_EQ(file.libraries[0].value, "transformations/**");
  EXPECT_EQ(file.libraries[0].position.line, 5U);
  EXPECT_EQ(file.libraries[1].value, "a.sql");
  EXPECT_EQ(file.configuration.size(), 6U);
  EXPECT_EQ(file.configuration.at("a.b").value, "120");
  EXPECT_EQ(file.configuration.at("empty").value, "");
  EXPECT_EQ(file.configuration.at("flag").value, "true");
}

TEST(ParseProjectFile, TellsMistakesWithTheirPlace) {
  const std::string good = "name: a\ndatabase: b\nlibraries: [{glob: {include: t/**}}]\n";
  const std::pair<std::string, std::string> cases[] = {
      {good, ""},
      {"name: a\nschema: b\nlibraries: [{glob: {include: t/**}}]\n", ""},
      {good + "databse: c\n", "4:1 the key databse is not known (did you mean 'database'?)"},
      {good + "zzz: c\n",
       "4:1 the key zzz is not known (known are name, catalog, database, libraries, configuration, "
       "storage)"},
      {good + "name: c\n", "4:1 the key name stands here twice"},
      {good + "schema: c\n", "4:1 database: and schema: are the same (leave one out)"},
      {good + "catalog: My-lake\n",
       "4:10 catalog: My-lake has upper-case letters (use lower-case letters, digits and _)"},
      {good + "catalog:\n", "4:1 catalog: needs a value"},
      {good + "configuration: [a]\n",
       "4:16 configuration: does not hold names and values (write name: value, one a line)"},
      {good + "configuration:\n  a: [1]\n", "5:6 the parameter a is not one value"},
      {good + "configuration:\n  a: b\n  a: c\n", "6:3 the parameter a stands here twice"},
      {good + "configuration:\n  a: 120\n",
       "5:6 the parameter a is a number: Spark takes texts alone (write it in quotes: a: \"120\")"},
      {good + "configuration:\n  a: -1.5\n",
       "5:6 the parameter a is a number: Spark takes texts alone (write it in quotes: a: "
       "\"-1.5\")"},
      {good + "configuration:\n  a: 1_000\n",
       "5:6 the parameter a is a number: Spark takes texts alone (write it in quotes: a: "
       "\"1_000\")"},
      {good + "configuration:\n  a: no\n",
       "5:6 the parameter a is true or false: Spark takes texts alone (write it in quotes: a: "
       "\"no\")"},
      {good + "configuration:\n  a: 2026-01-01\n",
       "5:6 the parameter a is a date: Spark takes texts alone (write it in quotes: a: "
       "\"2026-01-01\")"},
      {good + "configuration:\n  a:\n",
       "5:3 the parameter a is empty: Spark takes texts alone (write it in quotes: a: \"\")"},
      {"name: a\ndatabase: b\nlibraries: [{glob: {include: t/*.sql}}]\n",
       "3:30 Spark does not take the pattern t/*.sql (name a file, or all files of a folder: "
       "folder/**)"},
      {"name: a\ndatabase: b\nlibraries: t/**\n",
       "3:12 libraries: is not a list (write - glob: {include: transformations/**})"},
      {"name: a\ndatabase: b\nlibraries: [t/**]\n",
       "3:13 a library that names no files (write - glob: {include: transformations/**})"},
      {"", "0:0 the file does not hold keys and values (begin with name: and database:)"},
      {"- a\n", "0:0 the file does not hold keys and values (begin with name: and database:)"},
      {"x: [1\n", "2:1 not YAML: end of sequence flow not found"},
      {"name: a\ndatabase: temp\nlibraries: [{file: a}]\n",
       "2:11 database: temp is a database that engines have for themselves (give it another name, "
       "such as stedi)"},
      {"name: a\nlibraries: [{file: a}]\n",
       "0:0 database: is missing (add a line such as database: stedi)"},
      {good + "[a]: b\n", "4:1 a key that is not a word"},
  };
  for (const auto& [text, mistakes] : cases) EXPECT_EQ(Mistakes(text), mistakes) << text;
}

TEST(MatchesPattern, KnowsStars) {
  struct Case {
    const char* path;
    const char* pattern;
    bool fits;
  };
  const Case cases[] = {
      {"t/a.sql", "t/**", true},       {"t/u/a.sql", "t/**", true},
      {"u/t/a.sql", "t/**", false},    {"ta.sql", "t/**", false},
      {"t/a.sql", "t/a.sql", true},    {"t/a.sql", "t/*.sql", true},
      {"t/u/a.sql", "t/*.sql", false}, {"t/a.sql", "**/a.sql", true},
      {"a.sql", "**/a.sql", true},     {"ba.sql", "**/a.sql", false},
      {"a.sql", "**", true},           {"t/u/v/a.sql", "t/**/*.sql", true},
      {"t/a.sql", "", false},          {"t/a.sql", "*", false},
  };
  for (const Case& row : cases) {
    EXPECT_EQ(MatchesPattern(row.path, row.pattern), row.fits) << row.path << " " << row.pattern;
  }
}

}  // namespace
}  // namespace stedi
