#include "landing/rejection_spool.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "base/error.h"

namespace stedi {
namespace {

constexpr std::string_view kMagic = "stedi rejections 2\n";
constexpr size_t kReadBytes = 64 << 10;

// The fields of a spooled rejection, which precede its raw bytes. They are in the byte order of the
// machine, because the process that reads the file has written it.
struct SpoolHeader {
  uint64_t offset = 0;
  uint64_t length = 0;
  uint64_t fault_offset = 0;
  uint64_t raw_length = 0;
  uint32_t file_index = 0;
  uint16_t column = 0;
  uint8_t reason = 0;
  uint8_t found = 0;
};
static_assert(sizeof(SpoolHeader) == 40);

}  // namespace

void RejectionBuffer::Clear() {
  entries_.clear();
  raw_.clear();
}

void RejectionBuffer::Add(const Rejection& rejection, std::string_view raw) {
  entries_.push_back({rejection, raw_.size(), raw.size()});
  raw_.append(raw);
}

RejectionSpool::RejectionSpool(const std::filesystem::path& path) {
  if (path.empty()) return;
  file_.emplace(path);
  file_->Append(kMagic);
}

void RejectionSpool::Append(uint32_t file_index, const RejectionBuffer& rejections) {
  if (!file_ || rejections.entries().empty()) return;
  std::string bytes;
  for (const RejectionBuffer::Entry& entry : rejections.entries()) {
    const Rejection& rejection = entry.rejection;
    const SpoolHeader header = {rejection.offset,
                                rejection.length,
                                rejection.fault_offset,
                                entry.raw_length,
                                file_index,
                                rejection.misfit.column,
                                static_cast<uint8_t>(rejection.reason),
                                static_cast<uint8_t>(rejection.misfit.found)};
    bytes.append(reinterpret_cast<const char*>(&header), sizeof(header));
    bytes.append(rejections.RawOf(entry));
  }
  const std::scoped_lock lock(mutex_);
  file_->Append(bytes);
}

struct RejectionSpoolReader::State {
  explicit State(const std::filesystem::path& spool_path)
      : path(spool_path), own_file(spool_path), file(*own_file) {}
  explicit State(const ReadableFile& spool) : file(spool) {}

  void CheckMagic() {
    std::array<char, kMagic.size()> magic;
    const bool is_spool = Read(magic) && std::string_view(magic.data(), magic.size()) == kMagic;
    if (!is_spool) ThrowDamaged();
  }

  // Fills `out` from the file. Returns false when the file ends before the first byte.
  bool Read(std::span<char> out) {
    size_t filled = 0;
    while (filled < out.size()) {
      if (begin == buffer.size() && !Refill()) break;
      const size_t count = std::min(out.size() - filled, buffer.size() - begin);
      std::memcpy(out.data() + filled, buffer.data() + begin, count);
      filled += count;
      begin += count;
    }
    if (filled == out.size()) return true;
    if (filled == 0) return false;
    ThrowDamaged();
  }

  bool Refill() {
    buffer.resize(kReadBytes);
    buffer.resize(file.ReadAt(offset, buffer));
    offset += buffer.size();
    begin = 0;
    return !buffer.empty();
  }

  [[noreturn]] void ThrowDamaged() const {
    throw Error(
        ErrorCode::kUnavailable,
        fmt::format("the file of rejected records {} is damaged: run again", path.string()));
  }

  std::filesystem::path path;  // empty when it is not known
  std::optional<InputFile> own_file;
  const ReadableFile& file;
  std::string buffer;
  size_t begin = 0;     // of the bytes of `buffer` that are not read yet
  uint64_t offset = 0;  // in the file, of the bytes after `buffer`
};

RejectionSpoolReader::RejectionSpoolReader(const std::filesystem::path& spool_path)
    : state_(std::make_unique<State>(spool_path)) {
  state_->CheckMagic();
}

RejectionSpoolReader::RejectionSpoolReader(const ReadableFile& spool)
    : state_(std::make_unique<State>(spool)) {
  state_->CheckMagic();
}

RejectionSpoolReader::~RejectionSpoolReader() = default;

bool RejectionSpoolReader::Next(SpooledRejection& out) {
  std::array<char, sizeof(SpoolHeader)> bytes;
  if (!state_->Read(bytes)) return false;
  SpoolHeader header;
  std::memcpy(&header, bytes.data(), sizeof(header));
  const bool is_sound = header.reason < kRejectReasons.size() && header.found < FoundKindCount();
  if (!is_sound) state_->ThrowDamaged();
  out.file_index = header.file_index;
  out.rejection = {header.offset,
                   header.length,
                   header.fault_offset,
                   static_cast<RejectReason>(header.reason),
                   {static_cast<FoundKind>(header.found), header.column}};
  out.raw.resize(header.raw_length);
  if (!out.raw.empty() && !state_->Read(out.raw)) state_->ThrowDamaged();
  return true;
}

}  // namespace stedi
