#include "lake/snapshot_update.h"

#include <fmt/format.h>

#include "lake/manifest_crcs.h"
#include "lake/run_session_fixture.h"

namespace stedi {
namespace {

constexpr int64_t kSnapshot = 77;
constexpr int64_t kParent = 5;

// For example, file f3 has 3 rows and 30 bytes.
DataFile FileNumber(int number) {
  DataFile file;
  file.path = fmt::format("f{}", number);
  file.record_count = number;
  file.file_size_bytes = int64_t{10} * number;
  return file;
}

Schema TestSchema() { return {0, {{1, "n", {IcebergType::Kind::kLong}}}}; }

// A table whose manifest i has files_of_manifests[i] files. The files are numbered from 1.
LakeTable TableOf(const std::vector<int>& files_of_manifests) {
  LakeTable table;
  table.files_loaded = true;
  table.metadata.last_sequence_number = 4;
  int number = 0;
  for (size_t i = 0; i < files_of_manifests.size(); ++i) {
    table.manifests.emplace_back().path = fmt::format("m{}", i);
    for (int j = 0; j < files_of_manifests[i]; ++j) {
      table.files.push_back({{EntryStatus::kAdded, kParent, 3, 3, FileNumber(++number)}, i});
    }
  }
  return table;
}

std::string ToText(const ManifestEntry& entry) {
  constexpr std::string_view kStatus = "EAD";
  return fmt::format("{}{}", kStatus[static_cast<size_t>(entry.status)], entry.file.path);
}

std::string EntriesOf(const SnapshotPlan& plan) {
  std::string text;
  for (const ManifestEntry& entry : plan.entries) text += " " + ToText(entry);
  return text;
}

std::string KeptOf(const SnapshotPlan& plan) {
  std::string text;
  for (const ManifestFile& manifest : plan.kept_manifests) text += " " + manifest.path;
  return text;
}

std::string FilesOf(const SnapshotPlan& plan) {
  std::string text;
  for (const LiveFile& live : plan.files) text += " " + live.entry.file.path;
  return text;
}

struct PlanCase {
  std::string name;
  std::vector<int> manifests;  // the number of files of each
  std::vector<int> removed;
  std::vector<int> added;
  std::string entries;  // E(xisting), A(dded), D(eleted)
  std::string kept_manifests;
  std::string files;
};

const std::vector<PlanCase>& PlanCases() {
  static const std::vector<PlanCase> cases = {
      {"a new table", {}, {}, {1, 2}, " Af1 Af2", "", " f1 f2"},
      {"one without rows", {}, {}, {}, "", "", ""},
      {"few files have one manifest", {1, 2}, {}, {9}, " Ef1 Ef2 Ef3 Af9", "", " f1 f2 f3 f9"},
      {"a file leaves", {1, 2}, {2}, {}, " Ef1 Df2 Ef3", "", " f1 f3"},
      {"a file takes another's place", {2}, {1}, {8}, " Df1 Ef2 Af8", "", " f2 f8"},
      {"all leave", {1, 1}, {1, 2}, {}, " Df1 Df2", "", ""},
      {"nothing changes", {2}, {}, {}, " Ef1 Ef2", "", " f1 f2"},
  };
  return cases;
}

TEST(SnapshotPlan, HasTheFilesThatJoinLeaveAndStay) {
  for (const PlanCase& one : PlanCases()) {
    LakeTable table = TableOf(one.manifests);
    SnapshotUpdate update(table, TestSchema(), {}, "run");
    std::set<std::string> removed;
    for (const int number : one.removed) removed.insert(FileNumber(number).path);
    update.Remove(removed);
    for (const int number : one.added) update.Add({FileNumber(number)});
    EXPECT_EQ(update.ChangesFiles(), !one.removed.empty() || !one.added.empty()) << one.name;
    const SnapshotPlan plan = update.Plan(kSnapshot);
    EXPECT_EQ(EntriesOf(plan), one.entries) << one.name;
    EXPECT_EQ(KeptOf(plan), one.kept_manifests) << one.name;
    EXPECT_EQ(FilesOf(plan), one.files) << one.name;
    EXPECT_EQ(plan.summary.at("operation"), one.removed.empty() ? "append" : "overwrite")
        << one.name;
  }
}

TEST(SnapshotPlan, KeepsManifestsOfManyFilesThatLoseNone) {
  LakeTable table = TableOf({150, 40, 30});
  SnapshotUpdate update(table, TestSchema(), {}, "run");
  update.Remove({"f151"});
  update.Add({FileNumber(999)});
  const SnapshotPlan plan = update.Plan(kSnapshot);
  EXPECT_EQ(KeptOf(plan), " m0 m2");
  EXPECT_EQ(plan.entries.size(), 41U);
  EXPECT_EQ(plan.files.size(), 220U);
  // The files of kept manifests come last, with the index of their manifest.
  EXPECT_EQ(plan.files.front().entry.file.path, "f152");
  EXPECT_EQ(plan.files.back().entry.file.path, "f220");
  EXPECT_EQ(plan.files.back().manifest, 2U);
}

TEST(SnapshotPlan, AppendsToManyFilesWithoutTouchingTheirManifests) {
  LakeTable table = TableOf({201});
  SnapshotUpdate update(table, TestSchema(), {}, "run");
  update.Add({FileNumber(999)});
  const SnapshotPlan plan = update.Plan(kSnapshot);
  EXPECT_EQ(KeptOf(plan), " m0");
  EXPECT_EQ(EntriesOf(plan), " Af999");
}

TEST(SnapshotPlan, MakesOneOfManyManifests) {
  LakeTable table = TableOf(std::vector<int>(100, 3));
  SnapshotUpdate update(table, TestSchema(), {}, "run");
  update.Add({FileNumber(999)});
  const SnapshotPlan plan = update.Plan(kSnapshot);
  EXPECT_EQ(KeptOf(plan), "");
  EXPECT_EQ(plan.entries.size(), 301U);
}

TEST(SnapshotPlan, GivesEntriesTheirSnapshotsAndSequenceNumbers) {
  LakeTable table = TableOf({2});
  SnapshotUpdate update(table, TestSchema(), {}, "run");
  update.Remove({"f1"});
  update.Add({FileNumber(8)});
  const SnapshotPlan plan = update.Plan(kSnapshot);
  ASSERT_EQ(plan.entries.size(), 3U);
  EXPECT_EQ(plan.entries[0].snapshot_id, kSnapshot);  // the one that deleted it
  EXPECT_EQ(plan.entries[0].sequence_number, 3);
  EXPECT_EQ(plan.entries[1].snapshot_id, kParent);
  EXPECT_EQ(plan.entries[2].snapshot_id, kSnapshot);
  EXPECT_EQ(plan.entries[2].sequence_number, 0);  // inherited
  ASSERT_EQ(plan.files.size(), 2U);
  EXPECT_EQ(plan.files[0].entry.sequence_number, 3);
  EXPECT_EQ(plan.files[1].entry.sequence_number, 5);
}

TEST(SnapshotPlan, SumsUpInItsSummary) {
  LakeTable table = TableOf({3});
  SnapshotUpdate update(table, TestSchema(), {}, "run");
  update.Remove({"f2", "not there"});
  update.Add({FileNumber(10)});
  update.SetSummary(kChecksum, "sum");
  const std::map<std::string, std::string> expected = {{"operation", "overwrite"},
                                                       {"engine-name", "stedi"},
                                                       {kRunIdKey, "run"},
                                                       {kChecksum, "sum"},
                                                       {"added-data-files", "1"},
                                                       {"added-records", "10"},
                                                       {"added-files-size", "100"},
                                                       {"deleted-data-files", "1"},
                                                       {"deleted-records", "2"},
                                                       {"removed-files-size", "20"},
                                                       {"total-data-files", "3"},
                                                       {"total-records", "14"},
                                                       {"total-files-size", "140"},
                                                       {"total-delete-files", "0"},
                                                       {"total-position-deletes", "0"},
                                                       {"total-equality-deletes", "0"}};
  EXPECT_EQ(update.Plan(kSnapshot).summary, expected);
}

class SnapshotUpdateTest : public RunSessionFixture {
 protected:
  static LakeTable NewTable() {
    LakeTable table;
    table.id = {"stedi", "t"};
    return table;
  }

  LakeTable PublishNew() {
    LakeTable table = NewTable();
    SnapshotUpdate update(table, TestSchema(), {{"comment", "first"}}, "run-1");
    update.Add({FileNumber(1), FileNumber(2)});
    update.Stage(session_);
    return Publish(table);
  }
};

TEST_F(SnapshotUpdateTest, StagesWhatANextRunReads) {
  LakeTable table = NewTable();
  EXPECT_FALSE(table.exists());
  SnapshotUpdate first(table, TestSchema(), {{"comment", "first"}}, "run-1");
  first.Add({FileNumber(1), FileNumber(2)});
  first.Stage(session_);
  EXPECT_TRUE(table.exists());
  EXPECT_EQ(table.files.size(), 2U);
  EXPECT_EQ(RowsOf(table), 3);

  const LakeTable found = Publish(table);
  EXPECT_EQ(found.committed_location, table.staged_location);
  EXPECT_EQ(found.metadata.properties.at("comment"), "first");
  EXPECT_EQ(found.metadata.CurrentSchema().fields, TestSchema().fields);
  EXPECT_EQ(SummaryText(found, kRunIdKey), "run-1");
  EXPECT_EQ(CrcOfList(*found.metadata.CurrentSnapshot()),
            CrcOfFile(LocalFiles(), found.metadata.CurrentSnapshot()->manifest_list));
  ASSERT_EQ(found.files.size(), 2U);
  EXPECT_EQ(found.files[1].entry.file.path, "f2");
  EXPECT_EQ(found.files[1].entry.sequence_number, 1);
  EXPECT_EQ(found.files[1].entry.file.schema_id, 0);
}

TEST_F(SnapshotUpdateTest, StagesOnTopOfTheSnapshotThatIsThere) {
  LakeTable table = PublishNew();
  const int64_t parent = table.metadata.CurrentSnapshot()->snapshot_id;
  SnapshotUpdate second(table, TestSchema(), {{"comment", "second"}}, "run-2");
  EXPECT_FALSE(second.KeepsDefinition());
  second.Remove({"f1"});
  second.Add({FileNumber(3)});
  second.Stage(session_);
  const LakeTable found = Publish(table);
  EXPECT_EQ(found.metadata.CurrentSnapshot()->parent_snapshot_id, parent);
  EXPECT_EQ(found.metadata.CurrentSnapshot()->sequence_number, 2);
  EXPECT_EQ(found.metadata.properties.at("comment"), "second");
  EXPECT_EQ(SummaryText(found, "operation"), "overwrite");
  ASSERT_EQ(found.files.size(), 2U);
  EXPECT_EQ(found.files[0].entry.file.path, "f2");
  EXPECT_EQ(found.files[0].entry.snapshot_id, parent);
  EXPECT_EQ(found.files[1].entry.file.path, "f3");
}

TEST_F(SnapshotUpdateTest, KnowsWhetherItKeepsTheDefinition) {
  LakeTable table = PublishNew();
  const std::map<std::string, std::string> properties = table.metadata.properties;
  EXPECT_TRUE(SnapshotUpdate(table, TestSchema(), properties, "r").KeepsDefinition());
  EXPECT_FALSE(SnapshotUpdate(table, TestSchema(), {}, "r").KeepsDefinition());
  EXPECT_FALSE(SnapshotUpdate(table, {1, {}}, properties, "r").KeepsDefinition());
}

TEST_F(SnapshotUpdateTest, StagesATableOnce) {
  LakeTable table = NewTable();
  SnapshotUpdate(table, TestSchema(), {}, "run-1").Stage(session_);
  SnapshotUpdate again(table, TestSchema(), {}, "run-1");
  EXPECT_EQ(ErrorOf([&] { again.Stage(session_); }), "table t: staged twice");
}

TEST_F(SnapshotUpdateTest, BringsNoDeletedRowsBack) {
  LakeTable table = PublishNew();
  table.has_deletes = true;
  SnapshotUpdate some(table, TestSchema(), {}, "run-2");
  some.Remove({"f1"});
  EXPECT_EQ(ErrorOf([&] { some.Stage(session_); }),
            "table t: a snapshot without its delete files would bring rows back");
  SnapshotUpdate all(table, TestSchema(), {}, "run-2");
  all.RemoveAll();
  all.Stage(session_);
  EXPECT_FALSE(table.has_deletes);
  EXPECT_TRUE(table.files.empty());
}

}  // namespace
}  // namespace stedi
