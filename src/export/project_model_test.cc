#include "export/project_model.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "export/template_files.h"
#include "landing/rejection.h"
#include "pipeline/quarantine_table.h"

namespace stedi {
namespace {

namespace fs = std::filesystem;

// A project of one feed and one view, in a folder of its own.
class ProjectModelTest : public testing::Test {
 protected:
  void SetUp() override {
    fs::create_directories(folder_ / "landing");
    fs::create_directories(folder_ / "transformations");
    Write("spark-pipeline.yml",
          "name: p\ndatabase: d\nlibraries:\n  - glob:\n      include: transformations/**\n"
          "configuration:\n  stedi.landing: /l\n  stedi.max_age: \"120\"\n  stedi.unused: x\n");
    Write("landing/a.sql",
          "CREATE STREAMING TABLE a (email STRING COMMENT 'who', n BIGINT NOT NULL)\n"
          "TBLPROPERTIES ('feed.path' = '${stedi.landing}/a/landing', 'pii' = 'email');\n");
    Write("transformations/b.sql",
          "CREATE MATERIALIZED VIEW b (email STRING, n BIGINT) COMMENT 'plain'\n"
          "TBLPROPERTIES ('expect.age' = 'n < ${stedi.max_age}', 'unique.key' = 'email',\n"
          "  'references.email' = 'a.email', 'write.target-file-size-bytes' = '1000',\n"
          "  'note' = 'CASE WHEN max(n) > ${stedi.max_age} THEN ''old'' END')\n"
          "AS\nSELECT email, n  -- ${stedi.max_age} stays\nFROM a WHERE n < ${stedi.max_age};\n");
  }
  void TearDown() override { fs::remove_all(folder_); }
  void Write(const std::string& path, const std::string& text) {
    std::ofstream(folder_ / path) << text;
  }

  Json Model() {
    ProjectOptions options;
    options.built_in = {{"stedi.pseudonym_key", "hidden"}};
    options.secrets = {"stedi.pseudonym_key"};
    std::vector<Diagnostic> diagnostics;
    Project project = LoadProject(folder_, options, diagnostics);
    EXPECT_TRUE(diagnostics.empty()) << diagnostics.front().message;
    project.views.front().inputs = {"a"};
    return ProjectModel(project, {0});
  }

  fs::path folder_ = fs::temp_directory_path() / ("stedi-model-" + std::to_string(::getpid()));
};

TEST_F(ProjectModelTest, KeepsTextsAsWritten) {
  const Json model = Model();
  const Json& table = model["tables"][0];
  EXPECT_EQ(table["select"],
            "SELECT email, n  -- ${stedi.max_age} stays\nFROM a WHERE n < ${stedi.max_age}");
  EXPECT_EQ(table["comment"], "plain");
  EXPECT_EQ(table["inputs"], Json({"a"}));
  EXPECT_EQ(table["depends_on"], Json({"a"}));
  EXPECT_EQ(table["parameters"], Json({"stedi.max_age"}));
  EXPECT_EQ(table["note"], "CASE WHEN max(n) > ${stedi.max_age} THEN 'old' END");
  EXPECT_EQ(table["properties"], Json({{"write.target-file-size-bytes", "1000"}}));
  EXPECT_EQ(table["expectations"][0]["condition"], "n < ${stedi.max_age}");
  EXPECT_EQ(table["expectations"][0]["sql"], "SELECT * FROM b WHERE NOT (n < ${stedi.max_age})");
  const Json& feed = model["feeds"][0];
  EXPECT_EQ(feed["folder"], "a/landing");
  EXPECT_EQ(feed["feed_path"], "${stedi.landing}/a/landing");
  EXPECT_EQ(feed["columns"].size(), 2U);
  EXPECT_EQ(feed["all_columns"].size(), 5U);
  EXPECT_EQ(feed["columns"][0],
            Json::parse(R"({"name": "email", "type": "STRING", "iceberg_type": "string",
              "athena_type": "string", "not_null": false, "pii": true, "comment": "who",
              "empty_is_null": false})"));
  EXPECT_EQ(feed["columns"][1]["not_null"], true);
}

TEST_F(ProjectModelTest, ListsTheParametersInUse) {
  Write("transformations/c.sql",
        "CREATE MATERIALIZED VIEW c (k STRING) AS SELECT '${stedi.pseudonym_key}' AS k FROM a;\n");
  ProjectOptions options;
  options.built_in = {{"stedi.pseudonym_key", "hidden"}};
  options.secrets = {"stedi.pseudonym_key"};
  std::vector<Diagnostic> diagnostics;
  const Project project = LoadProject(folder_, options, diagnostics);
  const Json model = ProjectModel(project, {0, 1});
  EXPECT_EQ(model["parameters"], Json::parse(R"([
    {"name": "stedi.landing", "argument": "landing", "value": "/l", "built_in": false,
     "secret": false, "rules": {"types": [], "ranges": []}, "setting": false},
    {"name": "stedi.max_age", "argument": "max_age", "value": "120", "built_in": false,
     "secret": false, "rules": {"types": [], "ranges": []}, "setting": true},
    {"name": "stedi.pseudonym_key", "argument": "pseudonym_key", "value": "", "built_in": true,
     "secret": true, "rules": {"types": [], "ranges": []}, "setting": false}])"));
  EXPECT_EQ(model.dump().find("hidden"), std::string::npos);
}

// Exports promise NOT NULL where the lake's own columns are optional (pipeline/quarantine_table.h).
TEST_F(ProjectModelTest, TheQuarantineIsThatOfTheRun) {
  const Json quarantine = Model()["quarantine"];
  std::string columns;
  for (const Json& column : quarantine["columns"]) {
    columns += fmt::format(
        "{} {}{}{};", column["name"].get<std::string>(), column["iceberg_type"].get<std::string>(),
        column["not_null"] == true ? " not_null" : "", column["pii"] == true ? " pii" : "");
  }
  EXPECT_EQ(columns,
            "table_name string not_null;reason string not_null;column_name string;found string;"
            "wanted string;file string;byte_offset long;byte_length long;raw binary not_null pii;"
            "run_id string not_null;");
  EXPECT_EQ(quarantine["name"], "quarantine");
  EXPECT_EQ(quarantine["pii"], Json::array({"raw"}));
  EXPECT_EQ(quarantine["columns"], quarantine["all_columns"]);
}

// The runtime of exports repeats the columns of the quarantine, since it is copied unchanged.
TEST(QuarantineTable, IsTheSameInTheRuntimeOfExports) {
  std::string expected = fmt::format(
      "QUARANTINE = {{\n    \"name\": \"{}\", \"comment\": \"{}\",\n"
      "    \"without_bounds\": [\"file\"],\n    \"columns\": [",
      kQuarantineTable, kQuarantineComment);
  for (const QuarantineColumn& column : kQuarantineColumns) {
    expected +=
        fmt::format("{}\n        {{\"name\": \"{}\", \"type\": \"{}\", {}\"comment\": \"{}\"}}",
                    expected.ends_with("[") ? "" : ",", column.name, ToString(SqlType{column.type}),
                    column.is_personal ? "\"pii\": True, " : "", column.comment);
  }
  expected += "]}\n";
  const auto lake =
      std::ranges::find(TemplateFiles(), "shared/stedi_runtime/lake.py", &TemplateFile::path);
  ASSERT_NE(lake, TemplateFiles().end());
  EXPECT_NE(lake->text.find(expected), std::string_view::npos) << expected;
}

// The runtime of exports repeats which reject reasons apply to one well-formed record.
TEST(RejectReasons, OfOneRecordAreTheSameInTheRuntimeOfExports) {
  std::string expected;
  for (const RejectReasonRow& row : kRejectReasons) {
    if (row.is_one_record) expected += fmt::format("\"{}\",", row.name);
  }
  const auto module = std::ranges::find(TemplateFiles(), "shared/stedi_runtime/record_parser.py",
                                        &TemplateFile::path);
  ASSERT_NE(module, TemplateFiles().end());
  constexpr std::string_view kBegin = "\nONE_RECORD = (";
  const size_t begin = module->text.find(kBegin);
  ASSERT_NE(begin, std::string_view::npos);
  std::string found(module->text.substr(begin + kBegin.size()));
  found.resize(found.find(')'));
  std::erase_if(found, [](char c) { return c == ' ' || c == '\n'; });
  if (!found.ends_with(',')) found += ',';
  EXPECT_EQ(found, expected);
}

}  // namespace
}  // namespace stedi
