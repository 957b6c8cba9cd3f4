#include "files/decoder.h"

#include <fmt/format.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>

#include "base/error.h"

namespace stedi {
namespace {

constexpr int kGzipWindowBits = MAX_WBITS + 16;  // makes zlib accept only the gzip format
constexpr char kGzipFirstByte = '\x1F';

[[noreturn]] void ThrowDamaged(std::string_view what) {
  throw Error(ErrorCode::kInvalid, fmt::format("{}: deliver it again", what));
}

class GzipSource : public ByteSource {
 public:
  explicit GzipSource(StoredBytes& stored) : stored_(stored) {
    if (inflateInit2(&stream_, kGzipWindowBits) != Z_OK) {
      throw Error(ErrorCode::kUnavailable, "cannot be decoded: no memory for zlib");
    }
  }
  ~GzipSource() override { inflateEnd(&stream_); }
  GzipSource(const GzipSource&) = delete;
  GzipSource& operator=(const GzipSource&) = delete;

  size_t Read(std::span<char> out) override {
    stream_.next_out = reinterpret_cast<Bytef*>(out.data());
    stream_.avail_out = static_cast<uInt>(out.size());
    while (stream_.avail_out > 0 && HasInput()) Inflate();
    return out.size() - stream_.avail_out;
  }

 private:
  // Makes sure that a byte of input is available. Returns false at the regular end of the stream.
  bool HasInput() {
    if (stream_.avail_in > 0) return true;
    input_ = stored_.Next();
    if (input_.empty()) {
      if (in_member_) ThrowDamaged("is a gzip stream that is cut off");
      if (members_ == 0) ThrowDamaged("is empty, which is not a gzip file");
      return false;
    }
    // zlib takes a non-const pointer but does not write there.
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input_.data()));
    stream_.avail_in = static_cast<uInt>(input_.size());
    return true;
  }

  void Inflate() {
    if (!in_member_ && members_ > 0 && SkipPadding()) return;
    if (!in_member_ && static_cast<char>(*stream_.next_in) != kGzipFirstByte) {
      ThrowDamaged(members_ == 0 ? "is not a gzip file" : "has other bytes after its gzip stream");
    }
    in_member_ = true;
    const int status = inflate(&stream_, Z_NO_FLUSH);
    if (status == Z_STREAM_END) {
      in_member_ = false;
      ++members_;
      inflateReset(&stream_);
    } else if (status != Z_OK) {
      const bool is_gzip = members_ > 0 || stream_.total_out > 0;
      ThrowDamaged(is_gzip ? "is a damaged gzip stream" : "is not a gzip file, or a damaged one");
    }
  }

  // Skips zeros, with which tapes pad files. Returns whether any have been found so far.
  bool SkipPadding() {
    const uInt before = stream_.avail_in;
    for (; stream_.avail_in > 0 && *stream_.next_in == 0; --stream_.avail_in) ++stream_.next_in;
    is_padded_ = is_padded_ || stream_.avail_in < before;
    if (is_padded_ && stream_.avail_in > 0) ThrowDamaged("has other bytes after its gzip stream");
    return is_padded_;
  }

  StoredBytes& stored_;
  std::string_view input_;
  z_stream stream_ = {};
  uint64_t members_ = 0;
  bool in_member_ = false;
  bool is_padded_ = false;
};

class ZstdSource : public ByteSource {
 public:
  explicit ZstdSource(StoredBytes& stored) : stored_(stored), stream_(ZSTD_createDStream()) {
    if (stream_ == nullptr) {
      throw Error(ErrorCode::kUnavailable, "cannot be decoded: no memory for zstd");
    }
  }
  ~ZstdSource() override { ZSTD_freeDStream(stream_); }
  ZstdSource(const ZstdSource&) = delete;
  ZstdSource& operator=(const ZstdSource&) = delete;

  size_t Read(std::span<char> out) override {
    ZSTD_outBuffer output = {out.data(), out.size(), 0};
    while (output.pos < output.size) {
      // While it is flushing, the decoder is called without new input: it may hold bytes that did
      // not fit into the output before.
      if (input_.pos == input_.size && !is_flushing_ && !Refill()) break;
      const size_t before = output.pos;
      const size_t left = ZSTD_decompressStream(stream_, &output, &input_);
      if (ZSTD_isError(left) != 0) ThrowFailed(left);
      at_frame_end_ = left == 0;
      is_flushing_ = !at_frame_end_ && output.pos == output.size && output.pos > before;
      has_decoded_ = true;
    }
    return output.pos;
  }

 private:
  bool Refill() {
    const std::string_view bytes = stored_.Next();
    if (bytes.empty()) {
      if (!has_decoded_) ThrowDamaged("is empty, which is not a zstd file");
      if (!at_frame_end_) ThrowDamaged("is a zstd stream that is cut off");
      return false;
    }
    input_ = {bytes.data(), bytes.size(), 0};
    return true;
  }

  [[noreturn]] void ThrowFailed(size_t code) const {
    if (!has_decoded_) ThrowDamaged("is not a zstd file, or a damaged one");
    ThrowDamaged(fmt::format("is a damaged zstd stream ({})", ZSTD_getErrorName(code)));
  }

  StoredBytes& stored_;
  ZSTD_DStream* stream_;
  ZSTD_inBuffer input_ = {nullptr, 0, 0};
  bool at_frame_end_ = false;
  bool is_flushing_ = false;
  bool has_decoded_ = false;
};

}  // namespace

StoredBytes::StoredBytes(const std::filesystem::path& path, uint64_t size_bytes,
                         const FileStore& store)
    : file_(store.Open(path)), size_bytes_(size_bytes), read_bytes_(store.read_bytes()) {}

std::string_view StoredBytes::Peek() {
  if (!is_peeked_) Next();
  is_peeked_ = true;
  return buffer_;
}

std::string_view StoredBytes::Next() {
  if (is_peeked_) {
    is_peeked_ = false;
    return buffer_;
  }
  buffer_.resize(std::min(read_bytes_, size_bytes_ - offset_));
  const size_t count = file_->ReadAt(offset_, buffer_);
  if (count < buffer_.size()) throw Error(ErrorCode::kInvalid, std::string(kBecameShorter));
  AppendDigests(buffer_, digests_);
  offset_ += count;
  return buffer_;
}

std::unique_ptr<ByteSource> MakeDecoder(Compression compression, StoredBytes& stored) {
  if (compression == Compression::kGzip) return std::make_unique<GzipSource>(stored);
  return std::make_unique<ZstdSource>(stored);
}

}  // namespace stedi
