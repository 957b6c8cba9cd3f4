// The quarantine table: every landing record and every derived row that was kept out, and why.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "engine/database.h"
#include "iceberg/schema.h"
#include "landing/landing_scan.h"

namespace stedi {

inline constexpr const char* kQuarantineTable = "quarantine";

// Its columns, ids unset: table_name, reason, file, byte_offset, byte_length, raw, run_id.
std::vector<Field> QuarantineFields();
// Columns without bounds in manifests: raw bytes are personal data, file names may be.
std::set<std::string> QuarantinePii();

// Rows of this run wait in a temporary table of the connection until the quarantine table is
// staged.
class QuarantineNews {
 public:
  QuarantineNews(Connection& connection, std::string run_id);
  // All rejections of a finished scan of `feed`.
  void AddRejections(const std::string& feed, const LandingScan& scan,
                     const std::filesystem::path& spool_path);
  // The rows of `select` as JSON, with the names of an expectation as the reason. Returns how many.
  int64_t AddRows(const std::string& table, const std::string& reason, const std::string& select);
  int64_t count();
  // The temporary table's rows in the quarantine's columns.
  std::string Select() const;

 private:
  Connection& connection_;
  std::string run_id_;
};

}  // namespace stedi
