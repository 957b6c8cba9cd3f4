#include "catalog/run_record.h"

#include <gtest/gtest.h>

namespace stedi {
namespace {

// The catalogs of existing lakes contain these words, so they must not change.
TEST(RunRecord, WordsAreReadAsTheyAreWritten) {
  const std::string_view runs[] = {"running",   "ok",          "no_news", "failed",
                                   "cancelled", "interrupted", "unknown"};
  for (size_t i = 0; i < std::size(runs); ++i) {
    EXPECT_EQ(ToString(static_cast<RunStatus>(i)), runs[i]);
    EXPECT_EQ(ParseRunStatus(runs[i]), static_cast<RunStatus>(i));
  }
  const std::string_view actions[] = {"unchanged", "appended", "updated", "replaced", "failed"};
  for (size_t i = 0; i < std::size(actions); ++i) {
    EXPECT_EQ(ToString(static_cast<TableAction>(i)), actions[i]);
    EXPECT_EQ(ParseTableAction(actions[i]), static_cast<TableAction>(i));
  }
  const std::string_view files[] = {"loaded", "replaced", "redelivered", "kept"};
  for (size_t i = 0; i < std::size(files); ++i) {
    EXPECT_EQ(ToString(static_cast<LoadStatus>(i)), files[i]);
    EXPECT_EQ(ParseLoadStatus(files[i]), static_cast<LoadStatus>(i));
  }
  EXPECT_EQ(ToString(RunStatus::kUnknown), "unknown");
  EXPECT_EQ(ToString(TableAction::kFailed), "failed");
  EXPECT_EQ(ToString(LoadStatus::kKept), "kept");
}

TEST(RunRecord, OtherWordsAreNone) {
  for (const std::string_view text : {"", "OK", "ok ", "kept!"}) {
    EXPECT_EQ(ParseRunStatus(text), std::nullopt);
    EXPECT_EQ(ParseTableAction(text), std::nullopt);
    EXPECT_EQ(ParseLoadStatus(text), std::nullopt);
  }
}

}  // namespace
}  // namespace stedi
