#include "landing/file_format.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "landing/byte_scan.h"

namespace stedi {
namespace {

// NOLINTNEXTLINE(misc-unused-using-decls): the texts below use it.
using std::string_view_literals::operator""sv;

struct Magic {
  std::string_view bytes;
  std::string_view name;
  size_t offset = 0;
};

// With an article: "is a zip archive".
constexpr std::array kMagics = {
    Magic{"PK\x03\x04"sv, "a zip archive"},
    Magic{"PK\x05\x06"sv, "a zip archive"},
    Magic{"\x1F\x8B"sv, "a gzip stream inside of another stream"},
    Magic{"\x28\xB5\x2F\xFD"sv, "a zstd stream inside of another stream"},
    Magic{"\x1F\x9D"sv, "a compress (.Z) file"},
    Magic{"\xFD"
          "7zXZ\0"sv,
          "an xz file"},
    Magic{"7z\xBC\xAF\x27\x1C"sv, "a 7z archive"},
    Magic{"Rar!\x1A\x07"sv, "a rar archive"},
    Magic{"\x04\x22\x4D\x18"sv, "an lz4 file"},
    Magic{"\x02\x21\x4C\x18"sv, "an lz4 file"},
    Magic{"\xFF\x06\0\0sNaPpY"sv, "a snappy file"},
    Magic{"LZIP\x01"sv, "an lzip file"},
    Magic{"\x89LZO\0"sv, "an lzop file"},
    Magic{"PAR1"sv, "a Parquet file"},
    Magic{"PARE"sv, "an encrypted Parquet file"},
    Magic{"Obj\x01"sv, "an Avro file"},
    Magic{"ARROW1\0\0"sv, "an Arrow file"},
    Magic{"SEQ\x06"sv, "a Hadoop sequence file"},
    Magic{"SQLite format 3\0"sv, "an SQLite database"},
    Magic{"\x89HDF\r\n\x1A\n"sv, "an HDF5 file"},
    Magic{"%PDF-"sv, "a PDF document"},
    Magic{"\x89PNG\r\n\x1A\n"sv, "a PNG image"},
    Magic{"\xFF\xD8\xFF"sv, "a JPEG image"},
    Magic{"GIF87a"sv, "a GIF image"},
    Magic{"GIF89a"sv, "a GIF image"},
    Magic{"\x7F"
          "ELF"sv,
          "a program"},
    Magic{"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"sv, "an Office document"},
    Magic{"ustar"sv, "a tar archive", 257},
};

constexpr std::string_view kBzip2Block = "1AY&SY";  // after "BZh" and a digit
constexpr std::string_view kBzip2End = "\x17\x72\x45\x38\x50\x90";

bool IsBzip2(std::string_view bytes) {
  if (!bytes.starts_with("BZh") || bytes.size() < 10) return false;
  const std::string_view block = bytes.substr(4, 6);
  return block == kBzip2Block || block == kBzip2End;
}

bool IsOrc(std::string_view bytes) {
  return bytes.starts_with("ORC") && bytes.size() > 3 && IsControl(bytes[3]) &&
         !IsJsonSpace(bytes[3]);
}

// Two units of two bytes, or two of four, of which the first are plain ASCII.
std::string_view EncodingOf(std::string_view bytes) {
  const auto zeros = [&](std::string_view places) {
    if (bytes.size() < places.size()) return false;
    for (size_t i = 0; i < places.size(); ++i) {
      if ((bytes[i] == '\0') != (places[i] == '0')) return false;
    }
    return true;
  };
  if (bytes.starts_with("\xFF\xFE\0\0"sv) || zeros("x000x000")) return "UTF-32";
  if (bytes.starts_with("\0\0\xFE\xFF"sv) || zeros("000x000x")) return "UTF-32";
  if (bytes.starts_with("\xFF\xFE"sv) || zeros("x0x0")) return "UTF-16";
  if (bytes.starts_with("\xFE\xFF"sv) || zeros("0x0x")) return "UTF-16";
  return {};
}

// One byte of damage does not make a file binary: many control characters do, where no JSON begins.
bool IsBinary(std::string_view bytes) {
  const auto first = std::find_if_not(bytes.begin(), bytes.end(), IsJsonSpace);
  if (first == bytes.end()) return false;
  if ("{[\"-0123456789tfn\xEF"sv.find(*first) != std::string_view::npos) return false;
  const auto is_odd = [](char c) { return IsControl(c) && !IsJsonSpace(c); };
  const auto odd = static_cast<size_t>(std::count_if(bytes.begin(), bytes.end(), is_odd));
  return odd >= 4 && odd * 16 >= bytes.size();
}

}  // namespace

Compression CompressionOfBytes(std::string_view first_bytes) {
  // Only deflate was ever put into gzip.
  if (first_bytes.starts_with("\x1F\x8B\x08"sv)) return Compression::kGzip;
  if (first_bytes.starts_with("\x28\xB5\x2F\xFD"sv)) return Compression::kZstd;
  const bool is_skippable = first_bytes.size() >= 4 && (first_bytes[0] & '\xF0') == '\x50' &&
                            first_bytes.substr(1, 3) == "\x2A\x4D\x18"sv;
  return is_skippable ? Compression::kZstd : Compression::kNone;
}

std::string FormatProblem(std::string_view first_bytes) {
  const std::string_view encoding = EncodingOf(first_bytes);
  if (!encoding.empty()) {
    return fmt::format("is {} text: deliver it as UTF-8 (iconv -f {} -t UTF-8)", encoding,
                       encoding);
  }
  std::string_view name;
  for (const Magic& magic : kMagics) {
    const std::string_view there =
        first_bytes.substr(std::min(magic.offset, first_bytes.size()), magic.bytes.size());
    if (there == magic.bytes) name = magic.name;
  }
  if (IsBzip2(first_bytes)) name = "a bzip2 file";
  if (IsOrc(first_bytes)) name = "an ORC file";
  if (name.empty() && IsBinary(first_bytes)) name = "a binary file";
  if (name.empty()) return {};
  return fmt::format("is {}: deliver JSON, as it is or as .gz or .zst", name);
}

}  // namespace stedi
