// The quarantine table as users see it: numbered records, and groups of records with one reason. Of
// landing records, raw bytes are only read for the one record that Get() returns.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "database/database.h"
#include "lake/lake_table.h"

namespace stedi {

struct QuarantinedRecord {
  int64_t id = 0;  // from 1, in the order of (table, file, offset, ..); for `quarantine show ID`
  std::string table;
  std::string reason;
  std::string column;  // this and the next two: empty if the fault is not about one value
  std::string found;
  std::string wanted;
  std::string file;
  std::optional<int64_t> offset;
  std::optional<int64_t> length;
  std::string run_id;
  std::string raw;  // only set by Get()
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

// A record passes if it is equal in each member that is not empty.
struct QuarantineFilter {
  std::string table;
  std::string reason;
  std::string file;
};

class QuarantineReader {
 public:
  // `select` reads the rows of `table` on `connection`, which must outlive this object.
  QuarantineReader(Connection& connection, const LakeTable& table, std::string select);

  // Returns at most `limit` of the records that pass the filter, in the order of their ids, after
  // the first `skip` of them.
  std::vector<QuarantinedRecord> List(const QuarantineFilter& filter, size_t limit, size_t skip);
  // Returns the groups of the records that pass the filter, the largest group first.
  std::vector<QuarantineGroup> Groups(const QuarantineFilter& filter);
  // Returns nothing if there is no such record.
  std::optional<QuarantinedRecord> Get(int64_t id);

 private:
  Connection& connection_;
  std::string rows_;      // a SELECT of all columns; those that an old lake lacks are NULL
  std::string numbered_;  // with their ids, without raw bytes of landing records
};

}  // namespace stedi
