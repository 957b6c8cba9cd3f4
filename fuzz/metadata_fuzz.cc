// Fuzz target: ParseTableMetadata either throws an Error or returns a table whose JSON is unchanged
// when it is parsed and written again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/error.h"
#include "iceberg/table_metadata.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  stedi::TableMetadata table;
  try {
    table = stedi::ParseTableMetadata(text);
  } catch (const stedi::Error&) {
    return 0;
  }
  const std::string written = stedi::ToJson(table);
  if (stedi::ToJson(stedi::ParseTableMetadata(written)) != written) std::abort();

  // A snapshot can be added to any accepted table.
  if (table.last_sequence_number == INT64_MAX) return 0;
  stedi::Snapshot snapshot;
  snapshot.snapshot_id = 1;
  for (const stedi::Snapshot& known : table.snapshots) {
    if (known.snapshot_id == snapshot.snapshot_id) return 0;
  }
  snapshot.sequence_number = table.last_sequence_number + 1;
  snapshot.manifest_list = "list";
  stedi::AddSnapshot(table, table.CurrentSchema(), snapshot, "/t/metadata/00001-x.metadata.json");
  stedi::ParseTableMetadata(stedi::ToJson(table));
  return 0;
}
