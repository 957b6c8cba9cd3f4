#include <gtest/gtest.h>

#include "cli/completion.h"

namespace stedi {
namespace {

// A command with every kind of argument, and help with signs that mean something to the shell.
std::vector<CompletedCommand> Commands() {
  ArgumentTable bake{"bake",
                     {{"show|again", "show|again", {"show", "again"}, "what to do"}},
                     {{"--oven", "DIR", {}, "the baker's: [hot]"},
                      {"--recipe", "FILE", {}, "a \\file"},
                      {"--loaves", "N", {}, "how many"},
                      {"--seed", "NAME", {}, "on top", true},
                      {"--shape", "round|long", {"round", "long"}, "its shape"},
                      {"--crust", "", {}, "with a crust"}}};
  ArgumentTable again{"bake again", {{"LAKE", "LAKE", {}, "where"}}, {}};
  return {{"bake a loaf", bake}, {"bake another", again}};
}

TEST(ZshCompletionTest, HasALineForEachPlace) {
  const std::string script = ZshCompletion(Commands());
  for (const char* line : {
           R"(    'bake:bake a loaf')",
           R"(  subcommands=('bake again'))",
           R"(    'bake') _arguments \)",
           R"(      ':show|again:(show again)' \)",
           R"(      '--oven=[the baker'\''s\: \[hot\]]:DIR:_files -/' \)",
           R"(      '--recipe=[a \\file]:FILE:_files' \)",
           R"(      '--loaves=[how many]:N: ' \)",
           R"(      '*--seed=[on top]:NAME: ' \)",
           R"(      '--shape=[its shape]:round|long:(round long)' \)",
           R"(      '--crust[with a crust]' \)",
           R"(    'bake again') _arguments \)",
           R"(      ':LAKE:_files -/' \)",
       }) {
    EXPECT_NE(script.find(std::string("\n") + line + "\n"), std::string::npos) << line << "\n"
                                                                               << script;
  }
}

}  // namespace
}  // namespace stedi
