#include "cli/command_line.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <optional>

#include "base/error.h"

namespace stedi {
namespace {

constexpr Command kCommand = {"bake", "bake a loaf", "  stedi bake rye\n", nullptr};

struct Values {
  std::string flour;
  std::filesystem::path oven = "oven";
  uint64_t loaves = 1, butter_bytes = 0;
  std::vector<std::string> seeds;
  size_t shape = 0;
  bool crust = false;
};

// Returns the values that `args` set and, when they are refused, the message of the error.
std::pair<Values, std::optional<std::string>> Parse(const std::vector<std::string_view>& args) {
  Values values;
  CommandLine line(kCommand);
  line.Positional("FLOUR", values.flour, "what to take", true);
  line.Option("--oven", "DIR", values.oven, "where");
  line.Option("--loaves", "N", values.loaves, "how many");
  line.Bytes("--butter", values.butter_bytes, "how much");
  line.Repeated("--seed", "NAME", values.seeds, "on top");
  line.Choice("--shape", {"round", "long"}, values.shape, "its shape");
  line.Flag("--crust", values.crust, "with a crust");
  try {
    line.Parse(args);
    return {values, std::nullopt};
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInvalid);
    return {values, error.what()};
  }
}

TEST(CommandLineTest, FillsWhatIsGivenAndKeepsTheRest) {
  const auto [values, error] =
      Parse({"--seed", "a", "rye", "--seed=b", "--crust", "--butter", "2MB", "--shape", "long"});
  EXPECT_EQ(error, std::nullopt);
  EXPECT_EQ(values.flour, "rye");
  EXPECT_EQ(values.oven, "oven");
  EXPECT_EQ(values.loaves, 1U);
  EXPECT_EQ(values.butter_bytes, 2'000'000U);
  EXPECT_EQ(values.seeds, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(values.shape, 1U);
  EXPECT_TRUE(values.crust);
}

struct ErrorCase {
  const char* name;
  std::vector<std::string_view> args;
  const char* message;
};

class CommandLineErrorTest : public testing::TestWithParam<ErrorCase> {};

TEST_P(CommandLineErrorTest, SaysWhatToDo) {
  EXPECT_EQ(Parse(GetParam().args).second, GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(
    Cli, CommandLineErrorTest,
    testing::Values(
        ErrorCase{"Missing", {}, "bake: FLOUR is required. See stedi help bake"},
        ErrorCase{"NearOption",
                  {"rye", "--lovaes", "3"},
                  "bake: no option '--lovaes'; did you mean '--loaves'? See stedi help bake"},
        ErrorCase{"FarOption", {"rye", "--xyz=1"}, "bake: no option '--xyz'. See stedi help bake"},
        ErrorCase{
            "Argument", {"rye", "oat"}, "bake: no use for the argument 'oat'. See stedi help bake"},
        ErrorCase{"NotAChoice",
                  {"rye", "--shape", "rond"},
                  "bake: --shape is one of round, long, not 'rond'; did you mean 'round'?"}),
    [](const auto& test) { return test.param.name; });

TEST(CommandLineErrorTest, NumbersAreNumbers) {
  for (const char* text : {"many", "-1", "", "+1", "1.5", "0x10", "99999999999999999999", " 1"}) {
    EXPECT_EQ(Parse({"rye", "--loaves", text}).second,
              fmt::format("bake: --loaves is a whole number from 0 on, not '{}'. See stedi help "
                          "bake",
                          text));
  }
  EXPECT_NE(Parse({"rye", "--butter", "2XB"}).second, std::nullopt);
}

TEST(ParseBytesTest, TakesWholeNumbersAndUnits) {
  EXPECT_EQ(ParseBytes("1000"), 1000U);
  EXPECT_EQ(ParseBytes("4GB"), 4'000'000'000U);
  EXPECT_EQ(ParseBytes("2mib"), 2U << 20);
  EXPECT_EQ(ParseBytes("9223372036854775807"), 9'223'372'036'854'775'807U);
  for (const char* text :
       {"", "0", "0GB", "-5", "-5GB", "abc", "4 GB", " 4GB", "4GB ", "1.5GB", "1e9", "0x10", "+4",
        "4XB", "GB", "9223372036854775808", "99999999999999999999", "10000000000GB"}) {
    EXPECT_EQ(ParseBytes(text), std::nullopt) << text;
  }
}

TEST(SplitSettingTest, SplitsAtTheFirstSign) {
  EXPECT_EQ(SplitSetting("a.b=c=d"), (std::pair<std::string, std::string>{"a.b", "c=d"}));
  EXPECT_EQ(SplitSetting("a="), (std::pair<std::string, std::string>{"a", ""}));
  EXPECT_THROW(SplitSetting("a"), Error);
  EXPECT_THROW(SplitSetting("=a"), Error);
}

}  // namespace
}  // namespace stedi
