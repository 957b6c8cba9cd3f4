#include "files/file_format.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include "files/byte_scan.h"

namespace stedi {
namespace {

// NOLINTNEXTLINE(misc-unused-using-decls): the texts below use it.
using std::string_view_literals::operator""sv;

struct Magic {
  std::string_view bytes;
  std::string_view name;
  size_t offset = 0;
};

// The names have an article, as in "is a zip archive".
constexpr std::array kMagics = {
    Magic{"PK\x03\x04"sv, "a zip archive"},
    Magic{"PK\x05\x06"sv, "a zip archive"},
    Magic{"PK\x07\x08"sv, "a zip archive"},
    Magic{"PK00PK\x03\x04"sv, "a zip archive"},
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
    Magic{"!<arch>\n"sv, "an ar archive"},
    Magic{"!<thin>\n"sv, "an ar archive"},
    Magic{"\xC7q"sv, "a cpio archive"},
    Magic{"q\xC7"sv, "a cpio archive"},
    Magic{"MSCF\0\0\0\0"sv, "a cab archive"},
    Magic{"xar!"sv, "a xar archive"},
    Magic{"WARC/"sv, "a WARC archive"},
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

bool IsDigit(char c, bool is_hex) {
  return (c >= '0' && c <= '7') ||
         (is_hex && (c == '8' || c == '9' || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')));
}

// Recognizes the two cpio formats whose header is text: hexadecimal or octal digits.
bool IsCpio(std::string_view bytes) {
  constexpr size_t kHexHeader = 110;
  constexpr size_t kOctalHeader = 76;
  const bool is_hex = bytes.starts_with("070701") || bytes.starts_with("070702");
  if (!is_hex && !bytes.starts_with("070707")) return false;
  const size_t header = is_hex ? kHexHeader : kOctalHeader;
  if (bytes.size() < header) return false;
  return std::ranges::all_of(bytes.substr(0, header), [&](char c) { return IsDigit(c, is_hex); });
}

// Returns the octal number in a field of a tar header, or nothing when the field holds no such
// number.
std::optional<uint64_t> TarNumber(std::string_view field) {
  field.remove_prefix(std::min(field.find_first_not_of(' '), field.size()));
  uint64_t number = 0;
  size_t digits = 0;
  for (; digits < field.size() && IsDigit(field[digits], /*is_hex=*/false); ++digits) {
    number = number * 8 + static_cast<uint64_t>(field[digits] - '0');
  }
  const bool has_end = field.find_first_not_of(" \0"sv, digits) == std::string_view::npos;
  return digits > 0 && has_end ? std::optional(number) : std::nullopt;
}

// Tar archives older than "ustar" have no magic bytes. They are recognized by the checksum of their
// header, which is computed with spaces in the place of the checksum itself. Some programs summed
// signed bytes.
bool IsTar(std::string_view bytes) {
  constexpr size_t kHeader = 512;
  constexpr size_t kMode = 100;
  constexpr size_t kChecksum = 148;
  constexpr size_t kField = 8;
  if (bytes.size() < kHeader || bytes.front() == '\0') return false;
  const std::optional<uint64_t> stored = TarNumber(bytes.substr(kChecksum, kField));
  if (!stored || !TarNumber(bytes.substr(kMode, kField))) return false;
  uint64_t sum = 0;
  uint64_t high_bytes = 0;
  for (size_t i = 0; i < kHeader; ++i) {
    const bool is_checksum = i >= kChecksum && i < kChecksum + kField;
    const auto byte = static_cast<unsigned char>(is_checksum ? ' ' : bytes[i]);
    sum += byte;
    if (byte >= 0x80) ++high_bytes;
  }
  return *stored == sum || *stored + 256 * high_bytes == sum;
}

// Returns the name of the encoding if the bytes begin with its byte order mark or with two ASCII
// characters in it; otherwise returns "".
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

// A file is binary if it begins with no JSON value and has many control characters. One damaged
// byte is not enough.
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
  // The third byte is the compression method; gzip has none but deflate (8).
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
  if (IsCpio(first_bytes)) name = "a cpio archive";
  if (IsTar(first_bytes)) name = "a tar archive";
  if (name.empty() && IsBinary(first_bytes)) name = "a binary file";
  if (name.empty()) return {};
  return fmt::format("is {}: deliver JSON, as it is or as .gz or .zst", name);
}

}  // namespace stedi
