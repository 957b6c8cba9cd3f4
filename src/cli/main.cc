// The main program: finds the command in kCommands, runs it, and reports its errors.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <exception>
#include <new>
#include <string>
#include <system_error>
#include <vector>

#include "base/error.h"
#include "cli/command.h"
#include "cli/command_line.h"
#include "cli/completion.h"
#include "cli/exit_status.h"
#include "cli/human_text.h"
#include "cli/json_output.h"
#include "cli/last_words.h"
#include "cli/signal_watch.h"
#include "select/check.h"

namespace stedi {
namespace {

int CompletionCommand(const Command& command, Args args);
int HelpCommand(const Command& command, Args args);

// In the order in which a new user needs them.
constexpr auto kCommands = std::to_array<Command>({
    {"sample", "write demo landing data",
     "  stedi sample landing --defects\n"
     "  stedi sample big --customers 20000 --readings 20000000 --layout concat\n",
     SampleCommand},
    {"check", "find the mistakes in a pipeline project, without data",
     "  stedi check pipelines/stedi\n", CheckCommand},
    {"plan", "tell what a run would do with each table, and why",
     "  stedi plan pipelines/stedi --landing landing --lake lake\n", PlanCommand},
    {"run", "load new landing files, build the tables, publish all or nothing",
     "  stedi run pipelines/stedi --landing landing --lake lake\n"
     "  stedi run pipelines/stedi --landing landing --lake lake --set stedi.max_age=110 --json\n",
     RunCommand},
    {"tables", "list the tables of a lake", "  stedi tables --lake lake\n", TablesCommand},
    {"show", "show a table: columns, rows, snapshots, size",
     "  stedi show machine_learning_curated\n", ShowCommand},
    {"query", "run a SELECT over the lake's tables",
     "  stedi query \"SELECT split, count(*) FROM machine_learning_curated GROUP BY split\"\n"
     "  stedi query \"SELECT * FROM ops.runs\" --format json\n",
     QueryCommand},
    {"files", "list the landing files and where every byte of them went", "  stedi files --json\n",
     FilesCommand},
    {"runs", "list the runs of a lake, or show one", "  stedi runs --limit 5\n", RunsCommand},
    {"quarantine", "list what was kept out, or show the bytes of one record",
     "  stedi quarantine\n  stedi quarantine show 1\n", QuarantineCommand},
    {"compare", "tell whether two lakes hold the same tables, and what differs",
     "  stedi compare lake other-lake\n"
     "  stedi compare lake other-lake --table customers_trusted --key customers_trusted=customer\n",
     CompareCommand},
    {"verify", "tell whether a lake is sound, and what its landing files and project give",
     "  stedi verify --lake lake\n"
     "  stedi verify pipelines/stedi --recompute\n",
     VerifyCommand},
    {"relocate", "make a lake whole that was moved or copied to another place",
     "  stedi relocate /mnt/new/lake\n"
     "  stedi relocate lake-copy --copy\n",
     RelocateCommand},
    {"export", "write the project for Spark, or for AWS Glue and Athena",
     "  stedi export spark spark-project pipelines/stedi\n"
     "  stedi export aws aws-project pipelines/stedi --set stedi.max_age=110\n",
     ExportCommand},
    {"completion", "print a script that makes a shell complete all this",
     "  source <(stedi completion bash)\n"
     "  stedi completion fish >~/.config/fish/completions/stedi.fish\n",
     CompletionCommand},
    {"version", "print the versions of the program and of its parts, or their licences",
     "  stedi version --licenses\n", VersionCommand},
    {"help", "show this, or the options of a command", "  stedi help run\n", HelpCommand},
});

std::vector<std::string> CommandNames() {
  std::vector<std::string> names;
  names.reserve(kCommands.size());
  for (const Command& command : kCommands) names.emplace_back(command.name);
  return names;
}

const Command& FindCommand(std::string_view name) {
  const auto* const found = std::ranges::find(kCommands, name, &Command::name);
  if (found != kCommands.end()) return *found;
  const std::string hint = DidYouMean(name, CommandNames());
  throw Error(ErrorCode::kInvalid,
              fmt::format("no command '{}'{} See stedi help", name, hint.empty() ? "." : hint));
}

void PrintHelp() {
  Print(
      "stedi: step trainer and phone JSON to tables for machine learning, in one transaction\n\n"
      "usage: stedi COMMAND [arguments]\n\n");
  for (const Command& command : kCommands) {
    Print("  {:<10}  {}\n", command.name, command.summary);
  }
  Print("\nstedi help COMMAND shows its options.\n\nexit status:\n");
  for (const ExitStatusRow& row : ExitStatusRows()) {
    Print("  {:>3}  {}\n", row.status, row.meaning);
  }
}

int HelpCommand(const Command& command, Args args) {
  CommandLine line(command);
  std::string name;
  line.Positional("COMMAND", CommandNames(), name, "the command to explain", false);
  if (!line.Parse(args)) return kStatusDone;
  if (name.empty()) {
    PrintHelp();
    return kStatusDone;
  }
  const Command& explained = FindCommand(name);
  constexpr std::array<std::string_view, 1> kHelp = {"--help"};
  return explained.run(explained, kHelp);
}

// Returns what `command` declares when it is called with `args`.
CompletedCommand Declared(const Command& command, Args args) {
  CompletedCommand completed{std::string(command.summary), {}};
  Command asked = command;
  asked.declared = &completed.arguments;
  asked.run(asked, args);
  return completed;
}

int CompletionCommand(const Command& command, Args args) {
  std::vector<std::string> names;
  for (const CompletionShell& shell : CompletionShells()) names.emplace_back(shell.name);
  CommandLine line(command);
  std::string shell;
  line.Positional("SHELL", names, shell, fmt::format("{}", fmt::join(names, ", ")), true);
  if (!line.Parse(args)) return kStatusDone;
  std::vector<CompletedCommand> commands;
  for (const Command& each : kCommands) {
    commands.push_back(Declared(each, {}));
    const std::vector<ArgumentRow> positionals = commands.back().arguments.positionals;
    if (positionals.empty()) continue;
    // A first word may change what follows, as that of `quarantine retry` does.
    for (const std::string& choice : positionals[0].choices) {
      const std::string_view word = choice;
      CompletedCommand after = Declared(each, {&word, 1});
      if (after.arguments.command != each.name) commands.push_back(std::move(after));
    }
  }
  WriteData(CompletionScript(shell, commands));
  return kStatusDone;
}

int Dispatch(Args args) {
  if (args.empty() || args[0] == "--help" || args[0] == "-h") {
    PrintHelp();
    return kStatusDone;
  }
  const Command& command = FindCommand(args[0] == "--version" ? "version" : args[0]);
  return command.run(command, args.subspan(1));
}

bool WantsJson(Args args) {
  for (size_t i = 0; i < args.size(); ++i) {
    const bool next_is_json = i + 1 < args.size() && args[i + 1] == "json";
    if (args[i] == "--json" || args[i] == "--format=json") return true;
    if (args[i] == "--format" && next_is_json) return true;
  }
  return false;
}

// Reports an error in one line on stderr and, with --json, as one object on stdout. Returns the
// exit status.
int Report(Args args, ErrorCode code, const std::string& message) {
  if (WantsJson(args)) PrintJson(ErrorJson(code, message));
  std::fflush(stdout);
  PrintError(message);
  const int by_signal = SignalWatch::ExitStatus();
  return code == ErrorCode::kCancelled && by_signal != 0 ? by_signal : ExitStatusOf(code);
}

int ReportProject(Args args, const ProjectError& error) {
  if (WantsJson(args)) {
    auto json = ErrorJson(error.code(), error.what());
    json["error"]["diagnostics"] = DiagnosticsJson(error.diagnostics());
    PrintJson(json);
  }
  std::fflush(stdout);
  for (const Diagnostic& diagnostic : error.diagnostics()) {
    std::fputs((Render(diagnostic, WantsColor(stderr)) + "\n").c_str(), stderr);
  }
  PrintError(error.what());
  return ExitStatusOf(error.code());
}

int RunProgram(Args args) {
  try {
    const int status = Dispatch(args);
    // A pipe that its reader closed early, as head does, is no error.
    const bool is_whole = std::fflush(stdout) == 0 && std::ferror(stdout) == 0;
    if (status == kStatusDone && !is_whole && !OutputIsClosed()) {
      throw Error(ErrorCode::kUnavailable, "cannot write to the standard output");
    }
    return status;
  } catch (const ProjectError& error) {
    return ReportProject(args, error);
  } catch (const Error& error) {
    return Report(args, error.code(), error.what());
  } catch (const std::system_error& error) {
    if (std::ferror(stdout) != 0 && OutputIsClosed()) return kStatusDone;
    return Report(args, ErrorCode::kUnavailable, error.what());
  } catch (const std::bad_alloc&) {
    return Report(args, ErrorCode::kUnavailable, "out of memory; try a smaller --memory");
  } catch (const std::exception& error) {
    return Report(args, ErrorCode::kInternal, fmt::format("internal error: {}", error.what()));
  }
}

}  // namespace
}  // namespace stedi

int main(int argc, char** argv) {
  // Makes writing to a pipe that nobody reads an ordinary error; the signal would kill a run.
  std::signal(SIGPIPE, SIG_IGN);
  // Does the same for a file that would become longer than `ulimit -f` allows.
  std::signal(SIGXFSZ, SIG_IGN);
  stedi::EndWithoutSignal();
  const std::vector<std::string_view> args(argv + 1, argv + argc);
  return stedi::RunProgram(args);
}
