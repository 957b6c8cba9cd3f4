// Copies a block of rows into a batch that outlives the block.
#pragma once

#include <memory>
#include <vector>

#include "files/landing_files.h"
#include "landing/contract.h"
#include "landing/row_block.h"
#include "reader/arrow_batch.h"

namespace stedi {

// The columns of a contract's rows.
std::vector<ArrowField> RowFields(const Contract& contract);

// The names of the files, which all columns of names of files share.
std::shared_ptr<const ArrowColumn> FileNames(const std::vector<LandingFile>& files);

// A column of `rows` rows, all of the same file.
ArrowColumn FileColumn(const std::shared_ptr<const ArrowColumn>& names, size_t file_index,
                       size_t rows);

// Sets `out` to the rows of a block. The text of a column is less than 2 GiB, since a block is at
// most 64 MiB and its last record 256 MiB long. Throws std::bad_alloc.
void ExportRows(const Contract& contract, const RowBlock& block,
                const std::shared_ptr<const ArrowColumn>& names, ArrowArray& out);

}  // namespace stedi
