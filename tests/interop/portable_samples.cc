// Prints the sample of every allowed SQL construct as one JSON object per line, for
// test_portable_sql.py.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "pipeline/portable_sql.h"

int main() {
  for (const stedi::SqlConstruct& row : stedi::SqlConstructs()) {
    if (!row.allowed) continue;
    const nlohmann::json sample = {{"name", std::string(row.name)},
                                   {"statement", stedi::SampleStatement(row)},
                                   {"macro", std::string(row.macro)}};
    fmt::print("{}\n", sample.dump());
  }
}
