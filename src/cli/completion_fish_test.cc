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

TEST(FishCompletionTest, HasALineForEachPlace) {
  const std::string script = FishCompletion(Commands());
  for (
      const char* line : {
          R"(    'bake --oven' \)",
          R"(set --global __stedi_subcommands 'bake again')",
          R"(complete --command stedi --condition '__stedi_at ""' --arguments 'bake' --description 'bake a loaf')",
          R"(complete --command stedi --condition '__stedi_at "bake" 0' --no-files --arguments 'show again' --description 'show|again')",
          R"(complete --command stedi --condition '__stedi_at "bake"' --long-option oven --require-parameter --no-files --arguments '(__fish_complete_directories)' --description 'the baker\'s: [hot]')",
          R"(complete --command stedi --condition '__stedi_at "bake"' --long-option recipe --require-parameter --force-files --description 'a \\file')",
          R"(complete --command stedi --condition '__stedi_at "bake"' --long-option loaves --require-parameter --no-files --description 'how many')",
          R"(complete --command stedi --condition '__stedi_at "bake"' --long-option crust --description 'with a crust')",
          R"(complete --command stedi --condition '__stedi_at "bake again" 0' --no-files --arguments '(__fish_complete_directories)' --description 'LAKE')",
      }) {
    EXPECT_NE(script.find(std::string("\n") + line + "\n"), std::string::npos) << line << "\n"
                                                                               << script;
  }
}

}  // namespace
}  // namespace stedi
