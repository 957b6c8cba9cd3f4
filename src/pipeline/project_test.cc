#include "pipeline/project.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "base/error.h"

namespace stedi {
namespace {

namespace fs = std::filesystem;

constexpr const char* kSpec =
    "name: a\ndatabase: shop\nlibraries:\n  - glob: {include: transformations/**}\n"
    "configuration:\n  landing: in\n  day: \"\"\n";
constexpr const char* kFeed =
    "CREATE STREAMING TABLE orders (id BIGINT NOT NULL, buyer STRING)\n"
    "TBLPROPERTIES ('feed.path' = '${landing}/orders');\n";

class ProjectTest : public testing::Test {
 protected:
  ProjectTest()
      : folder_(fs::temp_directory_path() /
                fmt::format("stedi_project_{}_{}", getpid(),
                            testing::UnitTest::GetInstance()->current_test_info()->name())) {
    Write("spark-pipeline.yml", kSpec);
    Write("landing/orders.sql", kFeed);
  }
  ~ProjectTest() override { fs::remove_all(folder_); }

  void Write(const std::string& path, const std::string& text) {
    fs::create_directories((folder_ / path).parent_path());
    std::ofstream(folder_ / path) << text;
  }

  Project Load(const ProjectOptions& options = {}) {
    std::vector<Diagnostic> diagnostics;
    Project project = LoadProject(folder_, options, diagnostics);
    mistakes_.clear();
    for (const Diagnostic& d : diagnostics) {
      mistakes_ +=
          fmt::format("{}:{}:{} {}{}\n", d.position.path, d.position.line, d.position.column,
                      d.message, d.hint.empty() ? "" : " (" + d.hint + ")");
    }
    return project;
  }

  fs::path folder_;
  std::string mistakes_;
};

TEST_F(ProjectTest, ReadsFeedsAndViews) {
  Write("transformations/b/big.sql",
        "-- ${not_replaced}\nCREATE MATERIALIZED VIEW big (id BIGINT) COMMENT 'c'\n"
        "AS SELECT o.id FROM orders o WHERE o.id > ${day}1;\n");
  Write("transformations/all.sql", "CREATE MATERIALIZED VIEW every (id BIGINT) AS SELECT 1");
  Write("transformations/notes.txt", "no SQL");
  Write("other/ignored.sql", "no SQL");
  const Project project = Load();
  EXPECT_EQ(mistakes_, "");
  EXPECT_EQ(project.catalog, "lake");
  EXPECT_EQ(project.database, "shop");
  ASSERT_EQ(project.feeds.size(), 1U);
  EXPECT_EQ(project.feeds[0].folder, folder_ / "in/orders");
  EXPECT_EQ(project.feeds[0].path, "landing/orders.sql");
  ASSERT_EQ(project.feeds[0].contract.columns.size(), 2U);
  EXPECT_EQ(project.feeds[0].contract.columns[0].type, ColumnType::kBigint);
  EXPECT_TRUE(project.feeds[0].contract.columns[0].not_null);
  ASSERT_EQ(project.views.size(), 2U);
  EXPECT_EQ(project.views[0].name, "big");
  EXPECT_EQ(project.views[0].select.text, "SELECT o.id FROM orders o WHERE o.id > 1");
  EXPECT_EQ(PositionAt(project.views[0].select, 0).line, 3U);
  EXPECT_EQ(PositionAt(project.views[0].select, 0).column, 4U);
  EXPECT_EQ(project.views[1].name, "every");
}

TEST_F(ProjectTest, KnowsWhoSetAParameter) {
  Write("transformations/a.sql", "CREATE MATERIALIZED VIEW a (id BIGINT) AS SELECT 1");
  ProjectOptions options;
  options.set = {{"landing", "/elsewhere"}, {"day", ""}};
  options.built_in = {{"day", "2026-01-02"}, {"key", "k"}};
  options.secrets = {"key"};
  const Project project = Load(options);
  EXPECT_EQ(mistakes_, "");
  EXPECT_EQ(project.feeds[0].folder, "/elsewhere/orders");
  EXPECT_EQ(project.parameters.at("landing").origin, Parameter::Origin::kCommandLine);
  // An empty value, in the file or on the command line, means the one that the run itself supplies.
  EXPECT_EQ(project.parameters.at("day").value, "2026-01-02");
  EXPECT_EQ(project.parameters.at("day").origin, Parameter::Origin::kBuiltIn);
  EXPECT_TRUE(project.parameters.at("key").secret);
  EXPECT_FALSE(project.parameters.at("landing").secret);
}

TEST_F(ProjectTest, LeavesAUrlAsItIs) {
  ProjectOptions options;
  options.set = {{"landing", "s3://bucket/raw"}};
  EXPECT_EQ(Load(options).feeds[0].folder, "s3://bucket/raw/orders");
}

TEST_F(ProjectTest, TellsMistakesOfParameters) {
  ProjectOptions options;
  options.set = {{"landin", "x"}};
  Write("transformations/a.sql",
        "CREATE MATERIALIZED VIEW a (id BIGINT) AS SELECT ${dya}, ${max_age}");
  Load(options);
  EXPECT_EQ(mistakes_,
            "transformations/a.sql:1:50 parameter \"dya\" is not set (did you mean 'day'?)\n"
            "transformations/a.sql:1:58 parameter \"max_age\" is not set (give it a value: --set "
            "max_age=.., or under configuration: in spark-pipeline.yml)\n"
            "--set:0:0 the project has no parameter landin (did you mean 'landing'?)\n");
  // Mistakes in the files that such a value causes are not reported.
  options.set = {{"landin", "x"}, {"day", "it's"}};
  EXPECT_FALSE(Load(options).is_readable);
  EXPECT_EQ(mistakes_,
            "--set:0:0 the value of parameter day holds a quote, a backslash or a line end "
            "(parameters are replaced as text, also between quotes: use a plain value)\n");
}

std::string ColumnsText(const std::vector<ColumnDefinition>& columns) {
  std::string text;
  for (const ColumnDefinition& column : columns) {
    text += fmt::format("{} {}{};", column.name, ToString(column.type),
                        column.not_null ? " NOT NULL" : "");
  }
  return text;
}

// A feed defines one or two tables, and a view must not have the name of either.
TEST_F(ProjectTest, AFeedDefinesTwoTables) {
  Write("transformations/a.sql", "CREATE MATERIALIZED VIEW a (id BIGINT) AS SELECT 1");
  const Project plain = Load();
  EXPECT_FALSE(plain.feeds[0].rejected.has_value());
  EXPECT_EQ(ColumnsText(AllColumns(plain.feeds[0])),
            "id BIGINT NOT NULL;buyer STRING;_source_file STRING;_offset BIGINT;_rescued STRING;");

  Write("landing/orders.sql",
        "CREATE STREAMING TABLE orders (id BIGINT NOT NULL, buyer STRING)\n"
        "TBLPROPERTIES ('feed.path' = 'orders', 'feed.keep_unfit' = 'true',\n"
        "  'feed.rejected' = 'buyer,id', 'empty_is_null' = 'id', 'pii' = 'buyer');\n");
  const Project project = Load();
  EXPECT_EQ(mistakes_, "");
  const Feed& feed = project.feeds[0];
  std::string kinds;
  for (const TableDefinition* table : TablesOf(project)) {
    kinds += fmt::format("{} {};", table->name, ToString(table->kind));
  }
  EXPECT_EQ(kinds, "orders feed;orders_rejected rejected;a view;");
  EXPECT_EQ(FindTable(project, "orders_rejected"), &*feed.rejected);
  EXPECT_EQ(FindFeedOf(project, "orders"), &feed);
  EXPECT_EQ(FindFeedOf(project, "orders_rejected"), &feed);
  EXPECT_EQ(FindFeedOf(project, "a"), nullptr);
  EXPECT_EQ(ColumnsText(feed.added_columns),
            "_source_file STRING;_offset BIGINT;_rescued STRING;_unfit STRING;");
  EXPECT_TRUE(feed.contract.keep_unfit);
  EXPECT_TRUE(feed.contract.columns[0].empty_is_null);
  EXPECT_FALSE(feed.contract.columns[1].empty_is_null);
  EXPECT_EQ(feed.contract.rejected_columns, (std::vector<size_t>{1, 0}));
  const TableDefinition* rejected = FindTable(project, "orders_rejected");
  ASSERT_EQ(rejected, &*feed.rejected);
  EXPECT_EQ(ColumnsText(AllColumns(*rejected)),
            "buyer STRING;id BIGINT;_source_file STRING;_offset BIGINT;reason STRING;");
  EXPECT_EQ(rejected->pii, std::vector<std::string>{"buyer"});
  std::string names;
  for (const TableDefinition* table : TablesOf(project)) names += table->name + ";";
  EXPECT_EQ(names, "orders;orders_rejected;a;");

  Write("transformations/b.sql",
        "CREATE MATERIALIZED VIEW orders_rejected (id BIGINT) AS SELECT 1");
  Load();
  EXPECT_EQ(mistakes_,
            "transformations/b.sql:1:26 table orders_rejected is defined twice (every table has "
            "one definition)\n");
}

TEST_F(ProjectTest, TellsMistakesBetweenTables) {
  Write("transformations/a.sql",
        "CREATE MATERIALIZED VIEW orders (id BIGINT) AS SELECT 1;\n"
        "CREATE MATERIALIZED VIEW a (id BIGINT, name STRING)\n"
        "TBLPROPERTIES ('references.id' = 'ordrs.id') AS SELECT 1;\n"
        "CREATE MATERIALIZED VIEW b (id BIGINT)\n"
        "TBLPROPERTIES ('references.id' = 'orders.ids') AS SELECT 1;\n"
        "CREATE MATERIALIZED VIEW c (id STRING)\n"
        "TBLPROPERTIES ('references.id' = 'orders.id') AS SELECT 1;\n"
        "CREATE MATERIALIZED VIEW d (id BIGINT)\n"
        "TBLPROPERTIES ('references.id' = 'broken.id') AS SELECT 1;\n"
        "CREATE MATERIALIZED VIEW broken (id BIGINT);\n");
  const Project project = Load();
  EXPECT_EQ(mistakes_,
            "transformations/a.sql:10:44 expected AS SELECT .., found the end of the statement "
            "(write CREATE MATERIALIZED VIEW name (columns) AS SELECT ..)\n"
            "transformations/a.sql:1:26 table orders is defined twice (every table has one "
            "definition)\n"
            "transformations/a.sql:3:16 there is no table ordrs to refer to (did you mean "
            "'orders'?)\n"
            "transformations/a.sql:5:16 orders has no column ids to refer to (did you mean 'id'?)\n"
            "transformations/a.sql:7:16 id is STRING, but orders.id is BIGINT\n");
  EXPECT_EQ(project.unfinished, std::vector<std::string>{"broken"});
}

TEST_F(ProjectTest, WarnsOfALibraryWithoutFiles) {
  Load();
  EXPECT_EQ(mistakes_,
            "spark-pipeline.yml:4:21 no *.sql file fits transformations/** (a folder's files are "
            "folder/**)\n");
}

TEST_F(ProjectTest, RefusesALibraryThatMissesTheFiles) {
  Write("transformation/a.sql", "CREATE MATERIALIZED VIEW a (id BIGINT) AS SELECT 1 AS id");
  std::vector<Diagnostic> diagnostics;
  LoadProject(folder_, {}, diagnostics);
  ASSERT_EQ(diagnostics.size(), 1U);
  EXPECT_EQ(diagnostics[0].severity, Severity::kError);
  EXPECT_EQ(diagnostics[0].message, "no *.sql file fits transformations/**");
  EXPECT_EQ(diagnostics[0].line_text, "  - glob: {include: transformations/**}");
}

TEST_F(ProjectTest, RefusesALibraryOfFeedsAlone) {
  Write("spark-pipeline.yml",
        "name: a\ndatabase: shop\nlibraries:\n  - glob: {include: landing/**}\n");
  Write("landing/orders.sql",
        "CREATE STREAMING TABLE orders (id BIGINT) TBLPROPERTIES ('feed.path' = '/x')");
  Write("transformations/a.sql", "CREATE MATERIALIZED VIEW a (id BIGINT) AS SELECT 1 AS id");
  Load();
  EXPECT_EQ(mistakes_,
            "spark-pipeline.yml:4:21 landing/** names feeds alone (feeds in landing/ are read by "
            "themselves: name the derived tables, such as transformations/**)\n");
}

TEST_F(ProjectTest, NothingIsReadWithAProjectFileThatIsNone) {
  Write("spark-pipeline.yml", "name: [a\ndatabase: shop\n");
  Write("landing/orders.sql",
        "CREATE STREAMING TABLE orders (id BIGINT) TBLPROPERTIES ('feed.path' = '${x}/o')");
  const Project project = Load();
  EXPECT_FALSE(project.is_readable);
  EXPECT_EQ(mistakes_, "spark-pipeline.yml:2:9 not YAML: end of sequence flow not found\n");
}

TEST_F(ProjectTest, NeedsAProject) {
  fs::remove(folder_ / "spark-pipeline.yml");
  try {
    Load();
    FAIL() << "loaded a folder without a project";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kNotFound);
    EXPECT_EQ(std::string(error.what()), "no pipeline project at " + folder_.string() +
                                             ": there is no spark-pipeline.yml in it");
  }
}

TEST_F(ProjectTest, NamesAFileThatCannotBeRead) {
  fs::create_symlink("nowhere", folder_ / "landing/lost.sql");
  EXPECT_THROW(Load(), Error);
}

}  // namespace
}  // namespace stedi
