// The parts of a scan besides its rows, as batches: rejections and rejected rows from their spools,
// and the reports.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "base/file.h"
#include "landing/landing_scan.h"
#include "landing/rejection_spool.h"
#include "reader/arrow_batch.h"

namespace stedi {

std::vector<ArrowField> RejectionFields();
std::vector<ArrowField> RejectedRowFields(const Contract& contract);
std::vector<ArrowField> ReportFields();

// A batch has at most so many rows, and raw bytes until this many are exceeded.
inline constexpr size_t kPartBatchRows = 8192;
inline constexpr size_t kPartBatchTextBytes = 16 << 20;

// These return false when there are no more. `spool` is read where the last call ended. They throw
// kUnavailable as RejectionSpoolReader does, and std::bad_alloc.
bool ExportRejections(const LandingScan& scan, const std::shared_ptr<const ArrowColumn>& names,
                      RejectionSpoolReader& spool, ArrowArray& out);
bool ExportRejectedRows(const LandingScan& scan, const std::shared_ptr<const ArrowColumn>& names,
                        RejectionSpoolReader& spool, ArrowArray& out);

// Sets `out` to the reports of all files. REQUIRES: as LandingScan::reports().
void ExportReports(const LandingScan& scan, ArrowArray& out);

}  // namespace stedi
