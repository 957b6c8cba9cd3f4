#include "cli/completion.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace stedi {
namespace {

TEST(CompletionTest, ValuesThatArePlaces) {
  struct Case {
    const char* value;
    ValueKind kind;
  };
  for (const Case& each : {Case{"DIR", ValueKind::kFolder}, Case{"PROJECT", ValueKind::kFolder},
                           Case{"LAKE_B", ValueKind::kFolder}, Case{"FILE", ValueKind::kFile},
                           Case{"N", ValueKind::kAnything}, Case{"", ValueKind::kAnything}}) {
    EXPECT_EQ(KindOf(each.value), each.kind) << each.value;
  }
}

TEST(CompletionTest, UnknownShell) {
  struct Case {
    const char* shell;
    const char* message;
  };
  for (const Case& each :
       {Case{"bsh",
             "completion: no shell 'bsh'; did you mean 'bash'? The shells are bash, zsh, "
             "fish"},
        Case{"powershell", "completion: no shell 'powershell'. The shells are bash, zsh, fish"}}) {
    try {
      CompletionScript(each.shell, {});
      ADD_FAILURE() << each.shell;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kInvalid);
      EXPECT_STREQ(error.what(), each.message);
    }
  }
}

TEST(CompletionTest, ReplacesEachOccurrenceOnce) {
  EXPECT_EQ(ReplaceAll("a'b'", "'", "''"), "a''b''");
  EXPECT_EQ(ReplaceAll("", "'", "x"), "");
}

}  // namespace
}  // namespace stedi
