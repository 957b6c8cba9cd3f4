// The arguments of one command. Each is declared once; parsing, help and shell completion use the
// declaration.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command.h"

namespace stedi {

// Each declaring function takes a `target`, which must outlive Parse. Parse sets it to the value of
// the argument, and leaves it as it is when the argument is absent. `value` is what help shows in
// place of the value, such as "DIR" or "N".
class CommandLine {
 public:
  explicit CommandLine(const Command& command);
  ~CommandLine();
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  void Positional(std::string_view name, std::string& target, std::string_view help,
                  bool is_required);
  // A positional argument whose value is one of `choices`. The command itself refuses others.
  void Positional(std::string_view name, std::vector<std::string> choices, std::string& target,
                  std::string_view help, bool is_required);
  void Flag(std::string_view option, bool& target, std::string_view help);
  void Option(std::string_view option, std::string_view value, std::string& target,
              std::string_view help);
  void Option(std::string_view option, std::string_view value, std::filesystem::path& target,
              std::string_view help);
  void Option(std::string_view option, std::string_view value, uint64_t& target,
              std::string_view help);
  // An option whose value may have a unit, such as 512MB or 4GiB (see ParseBytes).
  void Bytes(std::string_view option, uint64_t& target, std::string_view help);
  // An option that may be given several times; `target` gets all its values.
  void Repeated(std::string_view option, std::string_view value, std::vector<std::string>& target,
                std::string_view help);
  // An option whose value is one of `choices`; `target` gets its index. REQUIRES: `target` is the
  // index of the default.
  void Choice(std::string_view option, std::vector<std::string> choices, size_t& target,
              std::string_view help);

  // Returns false when `args` ask for help, which has been printed, or when the command is only
  // asked for its declarations (Command::declared). Then no target was set. Throws kInvalid when
  // `args` do not fit the declarations; for an unknown option the message names the nearest one.
  bool Parse(Args args);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// The options that the commands which read a lake share.
struct LakeOptions {
  std::filesystem::path lake = "lake";
  std::filesystem::path catalog;  // empty: catalog.db in the lake
  std::string database;           // empty: the lake's default database
  bool json = false;
};
void DeclareLakeOptions(CommandLine& line, LakeOptions& options);

// Parses a number of bytes: "4GB", "512MiB", "1000". Units are powers of 1000, with an i powers of
// 1024, in upper or lower case. Returns nothing for any other text, for 0, and for a number that a
// signed integer of 64 bits cannot hold.
std::optional<uint64_t> ParseBytes(std::string_view text);

// Splits a value of --set, name=value, at its first '='. Throws kInvalid when there is no '=' or no
// name.
std::pair<std::string, std::string> SplitSetting(std::string_view setting);

// Returns "; did you mean 'x'?" for the candidate nearest to `name`, or "" when none is near.
std::string DidYouMean(std::string_view name, const std::vector<std::string>& candidates);

}  // namespace stedi
