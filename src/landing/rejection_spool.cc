// The spool: one record a rejection, native byte order, read back by the same process.
#include <cstdio>
#include <string>

#include "base/error.h"
#include "landing/landing_scan.h"
#include "landing/spool_format.h"

namespace stedi {

struct RejectionSpoolReader::State {
  std::FILE* file = nullptr;
};

RejectionSpoolReader::RejectionSpoolReader(const std::filesystem::path& spool_path)
    : state_(std::make_unique<State>()) {
  state_->file = std::fopen(spool_path.c_str(), "rb");
  if (state_->file == nullptr) {
    throw Error(ErrorCode::kUnavailable,
                spool_path.string() + ": the rejected records cannot be read back");
  }
}

RejectionSpoolReader::~RejectionSpoolReader() { std::fclose(state_->file); }

bool RejectionSpoolReader::Next(SpooledRejection& out) {
  SpoolHeader header{};
  const size_t got = std::fread(&header, 1, sizeof(header), state_->file);
  if (got == 0) return false;
  out.file_index = header.file_index;
  out.rejection = {header.offset, header.length, header.fault_offset,
                   static_cast<RejectReason>(header.reason)};
  out.raw.resize(header.raw_bytes);
  if (got < sizeof(header) ||
      std::fread(out.raw.data(), 1, out.raw.size(), state_->file) < out.raw.size()) {
    throw Error(ErrorCode::kUnavailable, "the spool of rejected records is damaged");
  }
  return true;
}

}  // namespace stedi
