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

TEST(BashCompletionTest, HasALineForEachPlace) {
  const std::string script = BashCompletion(Commands());
  for (const char* line : {
           R"(    ' 0') words='bake' ;;)",
           R"(    ' -') words='--help --version' ;;)",
           R"(    'bake -') words='--oven --recipe --loaves --seed --shape --crust --help' ;;)",
           R"(    'bake 0') words='show again' ;;)",
           R"(    'bake --oven') files=dirnames ;;)",
           R"(    'bake --recipe') files=default ;;)",
           R"(    'bake --loaves') ;;)",
           R"(    'bake --shape') words='round long' ;;)",
           R"(    'bake again -') words='--help' ;;)",
           R"(    'bake again 0') files=dirnames ;;)",
       }) {
    EXPECT_NE(script.find(std::string("\n") + line + "\n"), std::string::npos) << line << "\n"
                                                                               << script;
  }
}

}  // namespace
}  // namespace stedi
