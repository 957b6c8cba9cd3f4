#include "pipeline/diagnostic.h"

#include <gtest/gtest.h>

#include <vector>

namespace stedi {
namespace {

TEST(Render, ShowsPlaceLineCaretAndHint) {
  const Diagnostic whole{Severity::kError, {"a/b.sql", 3, 5}, "wrong", "do this", "SELEC x"};
  EXPECT_EQ(Render(whole, false),
            "a/b.sql:3:5: error: wrong\n"
            "  SELEC x\n"
            "      ^\n"
            "  hint: do this\n");
  const Diagnostic warning{Severity::kWarning, {"a.sql", 1, 1}, "odd", "", "x"};
  EXPECT_EQ(Render(warning, false), "a.sql:1:1: warning: odd\n  x\n  ^\n");
  const Diagnostic placeless{Severity::kError, {"a.yml", 0, 0}, "empty", "", ""};
  EXPECT_EQ(Render(placeless, false), "a.yml: error: empty\n");
}

TEST(Render, CountsCharactersAndKeepsTabs) {
  const Diagnostic diagnostic{Severity::kError, {"a.sql", 1, 4}, "m", "", "\täö x"};
  EXPECT_EQ(Render(diagnostic, false), "a.sql:1:4: error: m\n  \täö x\n  \t  ^\n");
}

TEST(Render, LetsNothingSteerTheTerminal) {
  const Diagnostic diagnostic{
      Severity::kError, {"a\n.sql", 1, 3}, "no \u202E\x1b[2J", "\u2066", "\u202Exy"};
  EXPECT_EQ(Render(diagnostic, false),
            "a\\n.sql:1:3: error: no \\u202e\\x1b[2J\n"
            "  \\u202exy\n"
            "         ^\n"
            "  hint: \\u2066\n");
}

TEST(Render, CutsALongLineAroundTheMistake) {
  const std::string line = std::string(300, 'a') + "!" + std::string(300, 'b');
  const std::string shown = Render({Severity::kError, {"a.sql", 1, 301}, "m", "", line}, false);
  EXPECT_EQ(shown, "a.sql:1:301: error: m\n  " + std::string(80, 'a') + "!" + std::string(79, 'b') +
                       "\n  " + std::string(80, ' ') + "^\n");
}

TEST(Render, ColorsWhereAsked) {
  const std::string shown = Render({Severity::kError, {"a.sql", 1, 1}, "m", "", "x"}, true);
  EXPECT_EQ(shown,
            "\033[1ma.sql:1:1:\033[0m \033[1;31merror:\033[0m m\n  x\n  \033[1;32m^\033[0m\n");
}

TEST(HasErrors, CountsNoWarnings) {
  std::vector<Diagnostic> diagnostics;
  EXPECT_FALSE(HasErrors(diagnostics));
  diagnostics.push_back({Severity::kWarning, {}, "m", "", ""});
  EXPECT_FALSE(HasErrors(diagnostics));
  diagnostics.push_back({Severity::kError, {}, "m", "", ""});
  EXPECT_TRUE(HasErrors(diagnostics));
}

}  // namespace
}  // namespace stedi
