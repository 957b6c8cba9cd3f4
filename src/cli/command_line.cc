#include "cli/command_line.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <deque>
#include <functional>
#include <limits>

#include "base/ascii_case.h"
#include "base/error.h"
#include "cli/argument_table.h"
#include "cli/human_text.h"
#include "pipeline/nearest_name.h"

namespace stedi {

struct CommandLine::State {
  const Command& command;
  CLI::App app;
  std::string usage;
  ArgumentTable table;
  // CLI11 writes option values into `texts`; `after_parse` moves them to their targets. A deque
  // keeps the addresses of its elements when it grows.
  std::deque<std::string> texts;
  std::vector<std::function<void()>> after_parse;

  explicit State(const Command& of) : command(of) {
    table.command = of.name;
    app.set_help_flag();  // Parse handles --help itself
    app.allow_extras();   // so that an error can name the nearest option
  }

  ArgumentRow& Describe(std::string_view option, std::string_view value, std::string_view help) {
    table.options.push_back({std::string(option), std::string(value), {}, std::string(help)});
    return table.options.back();
  }
  void PrintHelp() const;
  void CheckExtras() const;
};

void CommandLine::State::PrintHelp() const {
  Print("stedi {}: {}\n\nusage: stedi {}{} [options]\n", command.name, command.summary,
        command.name, usage);
  const auto left = [](const ArgumentRow& row) {
    const bool has_value = row.name.starts_with("-") && !row.value.empty();
    return has_value ? fmt::format("{} {}", row.name, row.value) : row.name;
  };
  size_t width = 0;
  for (const auto* rows : {&table.positionals, &table.options}) {
    for (const ArgumentRow& row : *rows) width = std::max(width, left(row).size());
  }
  for (const auto* rows : {&table.positionals, &table.options}) {
    if (!rows->empty()) Print("\n");
    for (const ArgumentRow& row : *rows) {
      Print("  {:<{}}  {}{}\n", left(row), width, row.help,
            row.may_repeat ? " (may be repeated)" : "");
    }
  }
  if (!command.examples.empty())
    WriteText(stdout, fmt::format("\nexamples:\n{}", command.examples));
}

void CommandLine::State::CheckExtras() const {
  const std::vector<std::string> extras = app.remaining();
  if (extras.empty()) return;
  const std::string name = extras[0].substr(0, extras[0].find('='));
  const bool is_option = name.starts_with("-") && name != "-";
  std::vector<std::string> options;
  options.reserve(table.options.size());
  for (const ArgumentRow& row : table.options) options.push_back(row.name);
  const std::string hint = is_option ? DidYouMean(name, options) : "";
  throw Error(ErrorCode::kInvalid, fmt::format("{}: {} '{}'{} See stedi help {}", command.name,
                                               is_option ? "no option" : "no use for the argument",
                                               name, hint.empty() ? "." : hint, command.name));
}

CommandLine::CommandLine(const Command& command) : state_(std::make_unique<State>(command)) {}
CommandLine::~CommandLine() = default;

void CommandLine::Positional(std::string_view name, std::string& target, std::string_view help,
                             bool is_required) {
  Positional(name, {}, target, help, is_required);
}

void CommandLine::Positional(std::string_view name, std::vector<std::string> choices,
                             std::string& target, std::string_view help, bool is_required) {
  state_->app.add_option(std::string(name), target)->required(is_required);
  state_->usage += is_required ? fmt::format(" {}", name) : fmt::format(" [{}]", name);
  state_->table.positionals.push_back(
      {std::string(name), std::string(name), std::move(choices), std::string(help)});
}

void CommandLine::Flag(std::string_view option, bool& target, std::string_view help) {
  state_->app.add_flag(std::string(option), target);
  state_->Describe(option, "", help);
}

void CommandLine::Option(std::string_view option, std::string_view value, std::string& target,
                         std::string_view help) {
  state_->app.add_option(std::string(option), target);
  state_->Describe(option, value, help);
}

void CommandLine::Option(std::string_view option, std::string_view value,
                         std::filesystem::path& target, std::string_view help) {
  std::string& text = state_->texts.emplace_back(target.string());
  state_->app.add_option(std::string(option), text);
  state_->after_parse.emplace_back([&text, &target] { target = text; });
  state_->Describe(option, value, help);
}

void CommandLine::Option(std::string_view option, std::string_view value, uint64_t& target,
                         std::string_view help) {
  std::string& text = state_->texts.emplace_back();
  CLI::Option* given = state_->app.add_option(std::string(option), text);
  const std::string_view command = state_->command.name;
  state_->after_parse.emplace_back(
      [&text, &target, given, command, option_name = std::string(option)] {
        if (given->count() == 0) return;
        const char* const text_end = text.data() + text.size();
        const auto [end, error] = std::from_chars(text.data(), text_end, target);
        if (error == std::errc() && end == text_end) return;
        throw Error(ErrorCode::kInvalid,
                    fmt::format("{0}: {1} is a whole number from 0 on, not '{2}'. See stedi help "
                                "{0}",
                                command, option_name, PrintableText(text)));
      });
  state_->Describe(option, value, help);
}

void CommandLine::Bytes(std::string_view option, uint64_t& target, std::string_view help) {
  std::string& text = state_->texts.emplace_back();
  CLI::Option* given = state_->app.add_option(std::string(option), text);
  const std::string_view command = state_->command.name;
  state_->after_parse.emplace_back(
      [&text, &target, given, command, option_name = std::string(option)] {
        if (given->count() == 0) return;
        const std::optional<uint64_t> bytes = ParseBytes(text);
        if (!bytes.has_value()) {
          throw Error(ErrorCode::kInvalid,
                      fmt::format("{0}: {1} is a number of bytes above 0, such as 4GB, not '{2}'. "
                                  "See stedi help {0}",
                                  command, option_name, PrintableText(text)));
        }
        target = *bytes;
      });
  state_->Describe(option, "BYTES", help);
}

void CommandLine::Repeated(std::string_view option, std::string_view value,
                           std::vector<std::string>& target, std::string_view help) {
  constexpr int kOneValueEach = 1;
  state_->app.add_option(std::string(option), target)
      ->type_size(kOneValueEach)
      ->expected(1, CLI::detail::expected_max_vector_size)
      ->allow_extra_args(false);
  state_->Describe(option, value, help).may_repeat = true;
}

void CommandLine::Choice(std::string_view option, std::vector<std::string> choices, size_t& target,
                         std::string_view help) {
  std::string& text = state_->texts.emplace_back(choices[target]);
  state_->app.add_option(std::string(option), text);
  const std::string_view command = state_->command.name;
  state_->Describe(option, fmt::format("{}", fmt::join(choices, "|")), help).choices = choices;
  state_->after_parse.emplace_back(
      [&text, &target, choices, command, option_name = std::string(option)] {
        const auto found = std::ranges::find(choices, text);
        if (found == choices.end()) {
          throw Error(ErrorCode::kInvalid,
                      fmt::format("{}: {} is one of {}, not '{}'{}", command, option_name,
                                  fmt::join(choices, ", "), text, DidYouMean(text, choices)));
        }
        target = static_cast<size_t>(found - choices.begin());
      });
}

bool CommandLine::Parse(Args args) {
  if (state_->command.declared != nullptr) {
    *state_->command.declared = state_->table;
    return false;
  }
  if (std::ranges::find(args, "--help") != args.end() ||
      std::ranges::find(args, "-h") != args.end()) {
    state_->PrintHelp();
    return false;
  }
  std::vector<std::string> reversed(args.rbegin(), args.rend());  // the order CLI11 takes
  try {
    state_->app.parse(reversed);
  } catch (const CLI::ParseError& error) {
    state_->CheckExtras();
    throw Error(ErrorCode::kInvalid, fmt::format("{}: {}. See stedi help {}", state_->command.name,
                                                 error.what(), state_->command.name));
  }
  state_->CheckExtras();
  for (const std::function<void()>& finish : state_->after_parse) finish();
  return true;
}

void DeclareLakeOptions(CommandLine& line, LakeOptions& options) {
  line.Option("--lake", "DIR", options.lake, "the lake: a folder or s3://bucket/prefix (./lake)");
  line.Option("--catalog", "FILE", options.catalog, "its catalog, if not catalog.db in the folder");
  line.Option("--database", "NAME", options.database, "the database in it, if there are several");
  line.Flag("--json", options.json, "print JSON");
}

std::optional<uint64_t> ParseBytes(std::string_view text) {
  struct Unit {
    std::string_view name;
    uint64_t bytes;
  };
  constexpr uint64_t kKilo = 1000;
  constexpr uint64_t kKibi = 1024;
  constexpr Unit kUnits[] = {
      {"", 1},
      {"b", 1},
      {"k", kKilo},
      {"kb", kKilo},
      {"kib", kKibi},
      {"m", kKilo * kKilo},
      {"mb", kKilo * kKilo},
      {"mib", kKibi * kKibi},
      {"g", kKilo * kKilo * kKilo},
      {"gb", kKilo * kKilo * kKilo},
      {"gib", kKibi * kKibi * kKibi},
      {"t", kKilo * kKilo * kKilo * kKilo},
      {"tb", kKilo * kKilo * kKilo * kKilo},
      {"tib", kKibi * kKibi * kKibi * kKibi},
  };
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number == 0) return std::nullopt;
  const std::string_view name(end, static_cast<size_t>(text.data() + text.size() - end));
  for (const Unit& unit : kUnits) {
    if (!EqualIgnoringCase(unit.name, name)) continue;
    // SQL and the engine's settings take signed numbers of 64 bits.
    constexpr auto kMax = static_cast<uint64_t>(std::numeric_limits<int64_t>::max());
    return number <= kMax / unit.bytes ? std::optional(number * unit.bytes) : std::nullopt;
  }
  return std::nullopt;
}

std::pair<std::string, std::string> SplitSetting(std::string_view setting) {
  const size_t sign = setting.find('=');
  if (sign == std::string_view::npos || sign == 0) {
    throw Error(
        ErrorCode::kInvalid,
        fmt::format("--set needs name=value, such as stedi.max_age=110, not '{}'", setting));
  }
  return {std::string(setting.substr(0, sign)), std::string(setting.substr(sign + 1))};
}

std::string DidYouMean(std::string_view name, const std::vector<std::string>& candidates) {
  const std::string nearest = NearestName(name, candidates);
  return nearest.empty() ? "" : fmt::format("; did you mean '{}'?", nearest);
}

}  // namespace stedi
