// The arguments of one command: declared once, parsed, and shown by its help.
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

// Values given to the declaring functions keep what they hold when the option is not given, and
// must outlive Parse. `value` names the value in help: "DIR", "N".
class CommandLine {
 public:
  explicit CommandLine(const Command& command);
  ~CommandLine();
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  void Positional(std::string_view name, std::string& target, std::string_view help,
                  bool is_required);
  void Flag(std::string_view option, bool& target, std::string_view help);
  void Option(std::string_view option, std::string_view value, std::string& target,
              std::string_view help);
  void Option(std::string_view option, std::string_view value, std::filesystem::path& target,
              std::string_view help);
  void Option(std::string_view option, std::string_view value, uint64_t& target,
              std::string_view help);
  // Takes units: 512MB, 4GiB.
  void Bytes(std::string_view option, uint64_t& target, std::string_view help);
  // May be given several times.
  void Repeated(std::string_view option, std::string_view value, std::vector<std::string>& target,
                std::string_view help);
  // One of `choices`, an index into which is put into `target`.
  void Choice(std::string_view option, std::vector<std::string> choices, size_t& target,
              std::string_view help);

  // False: --help was among `args` and the help is printed. Throws kInvalid, naming the nearest
  // option.
  bool Parse(Args args);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Options of all commands that read a lake.
struct LakeOptions {
  std::filesystem::path lake = "lake";
  std::filesystem::path catalog;  // empty: the lake's own
  std::string database;           // empty: the lake's own choice
  bool json = false;
};
void DeclareLakeOptions(CommandLine& line, LakeOptions& options);

// "4GB", "512MiB", "1000": powers of 1000, or of 1024 with an i. Nothing of any other text, of 0
// and of what a signed number of 64 bits cannot hold.
std::optional<uint64_t> ParseBytes(std::string_view text);

// The values of --set: name=value. Throws kInvalid.
std::pair<std::string, std::string> SplitSetting(std::string_view setting);

// "; did you mean 'x'?" or nothing.
std::string DidYouMean(std::string_view name, const std::vector<std::string>& candidates);

}  // namespace stedi
