#include "cli/json_output.h"

#include <gtest/gtest.h>

namespace stedi {
namespace {

TEST(JsonOutputTest, DiagnosticsHaveAllTheirParts) {
  EXPECT_EQ(JsonLine(DiagnosticsJson(
                {{Severity::kWarning, {"a.sql", 2, 3}, "odd", "mend it", "SELECT"}})),
            R"([{"severity":"warning","path":"a.sql","line":2,"column":3,"message":"odd",)"
            R"("hint":"mend it","text":"SELECT"}])");
  EXPECT_EQ(JsonLine(DiagnosticsJson({})), "[]");
}

TEST(JsonOutputTest, AnErrorIsOneObject) {
  EXPECT_EQ(JsonLine(ErrorJson(ErrorCode::kLocked, "held by \"7\"")),
            R"({"error":{"code":"locked","message":"held by \"7\""}})");
}

TEST(JsonOutputTest, ForeignBytesDoNotBreakIt) {
  EXPECT_EQ(JsonLine("a\xFF"
                     "b"),
            "\"a\xEF\xBF\xBD"
            "b\"");
}

}  // namespace
}  // namespace stedi
