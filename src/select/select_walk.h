// Walks a parsed SELECT to find the tables of the project that it reads, and what in it is not
// portable.
#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "database/database.h"
#include "pipeline/project.h"
#include "select/select_mistake.h"

namespace stedi {

struct SelectFindings {
  std::vector<std::string> inputs;      // names of feeds and views, sorted, each once
  std::vector<SelectMistake> mistakes;  // in order of their offsets, one per offset
};

// `tree` is the result of ParseSelect() for `text`, which may also be `SELECT (condition)`. A table
// that the project does not have is a mistake; one whose definition could not be read is not.
SelectFindings WalkSelect(const nlohmann::json& tree, std::string_view text,
                          const Project& project);

}  // namespace stedi
