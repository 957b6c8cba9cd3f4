// How landing files are read: sizes, where rejections go, and choices that only affect the speed.
#pragma once

#include <cstdint>
#include <filesystem>

#include "files/simd_level.h"

namespace stedi {

struct ScanOptions {
  // How many bytes of a plain file are one block. Tests use tiny blocks; an object store needs
  // large ones.
  uint64_t block_bytes = 1 << 20;
  uint64_t record_bytes_max = 16 << 20;  // longer records are rejected as too_large
  uint64_t raw_bytes_max = 64 << 10;     // of a rejection, kept in the spool
  // The file in which rejections wait for the quarantine table; its mode is 0600. Empty: rejections
  // are counted, but not kept.
  std::filesystem::path spool_path;
  // The file in which the rows of the table of rejected records wait, as encoded RejectedRows in
  // place of raw bytes. Empty: they are not kept.
  std::filesystem::path rejected_rows_path;
  bool fast_path = true;  // false: the full parser reads every record; the result is the same
  SimdLevel simd = DefaultSimdLevel();  // of the fast path; the result is the same
};

}  // namespace stedi
