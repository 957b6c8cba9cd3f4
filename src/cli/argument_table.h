// What a command takes, as it was declared through CommandLine. Help and shell completion read it.
#pragma once

#include <string>
#include <vector>

namespace stedi {

struct ArgumentRow {
  std::string name;                  // "--lake", or of a positional argument "PROJECT"
  std::string value;                 // what help shows in place of the value: "DIR"; "": a flag
  std::vector<std::string> choices;  // the only values, if they are few
  std::string help;
  bool may_repeat = false;
};

struct ArgumentTable {
  std::string command;  // "run"; of a command of a command "quarantine retry"
  std::vector<ArgumentRow> positionals;
  std::vector<ArgumentRow> options;
};

}  // namespace stedi
