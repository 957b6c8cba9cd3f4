// One file of a sample, written as a stream: plain, gzip or Zstandard.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "sample/sample_options.h"

namespace stedi {

std::string_view SuffixOf(SampleCompression compression);  // "", ".gz", ".zst"

class SampleFile {
 public:
  // Creates `path`, which must not exist. Throws kUnavailable.
  SampleFile(std::filesystem::path path, SampleCompression compression);
  ~SampleFile();
  SampleFile(const SampleFile&) = delete;
  SampleFile& operator=(const SampleFile&) = delete;

  void Write(std::string_view bytes);        // best in large pieces; throws kUnavailable
  void Finish();                             // no more bytes follow; throws kUnavailable
  uint64_t bytes() const { return bytes_; }  // given to Write
  uint64_t stored_bytes() const { return stored_bytes_; }  // on disk

 private:
  struct Encoder;
  void Encode(std::string_view bytes, bool is_last);
  void Store(std::string_view bytes);

  std::filesystem::path path_;
  int fd_;
  std::unique_ptr<Encoder> encoder_;  // nullptr: plain
  uint64_t bytes_ = 0;
  uint64_t stored_bytes_ = 0;
};

}  // namespace stedi
