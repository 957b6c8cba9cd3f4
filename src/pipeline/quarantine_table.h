// The quarantine table, which every lake has: what was kept out of the other tables, and why. The
// run, the exports and the parser use the same column definitions.
#pragma once

#include <array>
#include <string_view>

#include "pipeline/sql_type.h"

namespace stedi {

inline constexpr const char* kQuarantineTable = "quarantine";
inline constexpr const char* kQuarantineComment =
    "Every landing record and derived row that was kept out, and why.";

struct QuarantineColumn {
  const char* name;
  SqlType::Kind type;
  // Every row has a value. The column is optional in the lake nevertheless, like the columns of all
  // its tables (run/table_contract.h, FieldsOf); exports say NOT NULL.
  bool is_always_set;
  bool is_personal;  // masked in output
  bool has_bounds;   // in manifests and in the footers of files
  const char* comment;
};

// In the order in which rows are written.
inline constexpr std::array<QuarantineColumn, 10> kQuarantineColumns = {{
    {"table_name", SqlType::Kind::kString, true, false, true,
     "the landing or derived table it was kept out of"},
    {"reason", SqlType::Kind::kString, true, false, true,
     "reject reason, or name of the expectation"},
    {"column_name", SqlType::Kind::kString, false, false, true,
     "the column that its value does not fit"},
    {"found", SqlType::Kind::kString, false, false, true,
     "what kind of value the record has there"},
    {"wanted", SqlType::Kind::kString, false, false, true, "what the contract wants there"},
    // The name of a file may contain personal data, such as an e-mail address, so it has no bounds.
    {"file", SqlType::Kind::kString, false, false, false,
     "landing file, relative to the feed's folder"},
    {"byte_offset", SqlType::Kind::kBigint, false, false, true,
     "decoded bytes from the start of the file"},
    {"byte_length", SqlType::Kind::kBigint, false, false, true, "decoded bytes"},
    {"raw", SqlType::Kind::kBinary, true, true, false,
     "the bytes (the first 64 KiB), or the row as JSON"},
    {"run_id", SqlType::Kind::kString, true, false, true, "the run that put it here"},
}};

}  // namespace stedi
