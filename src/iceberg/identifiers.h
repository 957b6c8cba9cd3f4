// Fresh identifiers: snapshot ids, UUIDs.
#pragma once

#include <cstdint>
#include <string>

namespace stedi {

int64_t NewSnapshotId();  // positive, 62 random bits
std::string NewUuid();    // version 4: tables, files
std::string NewUuidV7();  // sortable by time: runs

}  // namespace stedi
