#include "landing/decoder.h"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>

#include "base/error.h"

namespace stedi {
namespace {

constexpr int kGzipWindow = 15 + 16;  // zlib: the largest window, gzip framing only

class GzipDecoder : public Decoder {
 public:
  explicit GzipDecoder(StoredBytes& stored) : stored_(stored) {
    if (inflateInit2(&stream_, kGzipWindow) != Z_OK)
      throw Error(ErrorCode::kUnavailable, "zlib did not start");
  }
  ~GzipDecoder() override { inflateEnd(&stream_); }

  size_t Read(std::span<char> out) override {
    stream_.next_out = reinterpret_cast<Bytef*>(out.data());
    stream_.avail_out = static_cast<uInt>(out.size());
    while (stream_.avail_out == out.size()) {
      if (stream_.avail_in == 0 && !Refill()) break;
      const int status = inflate(&stream_, Z_NO_FLUSH);
      if (status == Z_STREAM_END) {
        inflateReset(&stream_);
        in_member_ = false;
      } else if (status != Z_OK && status != Z_BUF_ERROR) {
        throw Error(ErrorCode::kInvalid, any_ ? "the gzip stream is damaged" : "not a gzip file");
      } else {
        in_member_ = true;
      }
      any_ = true;
    }
    return out.size() - stream_.avail_out;
  }

 private:
  bool Refill() {
    const std::string_view block = stored_.Next();
    if (block.empty()) {
      if (in_member_ || !any_) throw Error(ErrorCode::kInvalid, "the gzip stream is cut off");
      return false;
    }
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(block.data()));
    stream_.avail_in = static_cast<uInt>(block.size());
    return true;
  }

  StoredBytes& stored_;
  z_stream stream_{};
  bool in_member_ = false;
  bool any_ = false;
};

class ZstdDecoder : public Decoder {
 public:
  explicit ZstdDecoder(StoredBytes& stored) : stored_(stored), stream_(ZSTD_createDStream()) {}
  ~ZstdDecoder() override { ZSTD_freeDStream(stream_); }

  size_t Read(std::span<char> out) override {
    ZSTD_outBuffer output{out.data(), out.size(), 0};
    while (output.pos == 0) {
      if (input_.pos == input_.size) {
        const std::string_view block = stored_.Next();
        if (block.empty()) {
          if (!at_frame_end_) throw Error(ErrorCode::kInvalid, "the zstd stream is cut off");
          break;
        }
        input_ = {block.data(), block.size(), 0};
      }
      const size_t left = ZSTD_decompressStream(stream_, &output, &input_);
      if (ZSTD_isError(left) != 0) {
        throw Error(ErrorCode::kInvalid, any_ ? "the zstd stream is damaged" : "not a zstd file");
      }
      at_frame_end_ = left == 0;
      any_ = true;
    }
    return output.pos;
  }

 private:
  StoredBytes& stored_;
  ZSTD_DStream* stream_;
  ZSTD_inBuffer input_{nullptr, 0, 0};
  bool at_frame_end_ = false;
  bool any_ = false;
};

}  // namespace

std::string_view StoredBytes::Next() {
  block_.resize(std::min<uint64_t>(kHashBlockBytes, size_bytes_ - offset_));
  if (block_.empty()) return {};
  if (file_.ReadAt(offset_, block_) < block_.size()) {
    throw Error(ErrorCode::kInvalid, "became shorter while it was read");
  }
  digests_.push_back(HashBlock(block_));
  offset_ += block_.size();
  return block_;
}

std::unique_ptr<Decoder> MakeDecoder(Compression compression, StoredBytes& stored) {
  if (compression == Compression::kGzip) return std::make_unique<GzipDecoder>(stored);
  return std::make_unique<ZstdDecoder>(stored);
}

}  // namespace stedi
