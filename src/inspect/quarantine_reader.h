// The quarantine table as a user looks at it: records with a number each, and what they have in
// common. No memory is needed for raw bytes but those of one record that is asked for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "database/database.h"
#include "lake/lake_table.h"

namespace stedi {

struct QuarantinedRecord {
  int64_t id = 0;  // 1.. in the order of (table, file, offset): for `quarantine show ID`
  std::string table;
  std::string reason;
  std::string column;  // and the next two: empty where the fault is not about one value
  std::string found;
  std::string wanted;
  std::string file;
  std::optional<int64_t> offset;
  std::optional<int64_t> length;
  std::string run_id;
  std::string raw;  // of Get() only
};

// Records that were kept out for the same reason.
struct QuarantineGroup {
  std::string table;
  std::string reason;
  std::string column;
  std::string found;
  std::string wanted;
  int64_t records = 0;
  int64_t files = 0;
  int64_t bytes = 0;
};

// Each is compared as a whole; empty: any.
struct QuarantineFilter {
  std::string table;
  std::string reason;
  std::string file;
};

class QuarantineReader {
 public:
  // `select`: the rows of `table`, which the connection can read. Both must outlive it.
  QuarantineReader(Connection& connection, const LakeTable& table, std::string select);

  // Of those that pass the filter, in the order of their ids.
  std::vector<QuarantinedRecord> List(const QuarantineFilter& filter, size_t limit, size_t skip);
  // The largest first.
  std::vector<QuarantineGroup> Groups(const QuarantineFilter& filter);
  std::optional<QuarantinedRecord> Get(int64_t id);

 private:
  Connection& connection_;
  std::string rows_;      // a SELECT of all columns, those that an old lake lacks NULL
  std::string numbered_;  // with their ids, without raw bytes of landing records
};

}  // namespace stedi
