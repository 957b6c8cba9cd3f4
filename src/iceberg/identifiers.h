// Fresh identifiers: snapshot ids, UUIDs.
#pragma once

#include <cstdint>
#include <string>

namespace stedi {

int64_t NewSnapshotId();  // positive, 62 random bits
std::string NewUuid();    // version 4; used for tables and files
std::string NewUuidV7();  // sortable by time; used for runs

}  // namespace stedi
