#include "sample/sample_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <cerrno>
#include <system_error>
#include <vector>

#include "base/error.h"

namespace stedi {
namespace {

constexpr size_t kEncodedBytes = 256 << 10;
// The fastest levels, so that compression does not slow a sample down.
constexpr int kGzipLevel = 1;
constexpr int kZstdLevel = 1;

[[noreturn]] void ThrowOnDisk(const std::filesystem::path& path, int code) {
  throw Error(ErrorCode::kUnavailable, fmt::format("cannot write {}: {}", path.string(),
                                                   std::generic_category().message(code)));
}

struct ZstdFree {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
};

}  // namespace

struct SampleFile::Encoder {
  std::vector<char> out = std::vector<char>(kEncodedBytes);
  std::unique_ptr<ZSTD_CCtx, ZstdFree> zstd;  // set: Zstandard, else gzip
  z_stream gzip = {};

  explicit Encoder(SampleCompression compression) {
    if (compression == SampleCompression::kZstd) {
      zstd.reset(ZSTD_createCCtx());
      ZSTD_CCtx_setParameter(zstd.get(), ZSTD_c_compressionLevel, kZstdLevel);
      return;
    }
    constexpr int kGzipWindow = 15 + 16;
    constexpr int kMemoryLevel = 8;
    if (deflateInit2(&gzip, kGzipLevel, Z_DEFLATED, kGzipWindow, kMemoryLevel,
                     Z_DEFAULT_STRATEGY) != Z_OK) {
      throw Error(ErrorCode::kInternal, "zlib cannot be set up");
    }
  }
  ~Encoder() {
    if (!zstd) deflateEnd(&gzip);
  }
  Encoder(const Encoder&) = delete;
  Encoder& operator=(const Encoder&) = delete;
};

std::string_view SuffixOf(SampleCompression compression) {
  switch (compression) {
    case SampleCompression::kNone:
      return "";
    case SampleCompression::kGzip:
      return ".gz";
    case SampleCompression::kZstd:
      return ".zst";
  }
  return "";
}

SampleFile::SampleFile(std::filesystem::path path, SampleCompression compression)
    : path_(std::move(path)),
      fd_(open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)) {
  if (fd_ < 0) ThrowOnDisk(path_, errno);
  if (compression != SampleCompression::kNone) encoder_ = std::make_unique<Encoder>(compression);
}

SampleFile::~SampleFile() {
  if (fd_ >= 0) close(fd_);
}

void SampleFile::Write(std::string_view bytes) {
  bytes_ += bytes.size();
  if (encoder_) {
    Encode(bytes, false);
  } else {
    Store(bytes);
  }
}

void SampleFile::Finish() {
  if (encoder_) Encode({}, true);
  const int fd = fd_;
  fd_ = -1;
  if (close(fd) != 0) ThrowOnDisk(path_, errno);
}

void SampleFile::Encode(std::string_view bytes, bool is_last) {
  std::vector<char>& out = encoder_->out;
  if (encoder_->zstd) {
    ZSTD_inBuffer input = {bytes.data(), bytes.size(), 0};
    bool is_done = false;
    while (!is_done) {
      ZSTD_outBuffer output = {out.data(), out.size(), 0};
      const size_t rest = ZSTD_compressStream2(encoder_->zstd.get(), &output, &input,
                                               is_last ? ZSTD_e_end : ZSTD_e_continue);
      if (ZSTD_isError(rest) != 0) throw Error(ErrorCode::kInternal, ZSTD_getErrorName(rest));
      Store({out.data(), output.pos});
      is_done = is_last ? rest == 0 : input.pos == input.size;
    }
    return;
  }
  z_stream& gzip = encoder_->gzip;
  std::string input(bytes);  // zlib takes a pointer to bytes that are not const
  gzip.next_in = reinterpret_cast<Bytef*>(input.data());
  gzip.avail_in = static_cast<uInt>(input.size());
  do {
    gzip.next_out = reinterpret_cast<Bytef*>(out.data());
    gzip.avail_out = static_cast<uInt>(out.size());
    deflate(&gzip, is_last ? Z_FINISH : Z_NO_FLUSH);
    Store({out.data(), out.size() - gzip.avail_out});
  } while (gzip.avail_out == 0);
}

void SampleFile::Store(std::string_view bytes) {
  stored_bytes_ += bytes.size();
  while (!bytes.empty()) {
    const ssize_t written = write(fd_, bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      ThrowOnDisk(path_, errno);
    }
    bytes.remove_prefix(static_cast<size_t>(written));
  }
}

}  // namespace stedi
