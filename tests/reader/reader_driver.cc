// Reads damaged files with the library of a wheel, for machines without Python: lines of
// damage_soak (tests/property) in, the same lines out, with what this library gives. Linked with
// the library.
//   reader_driver BLOCK_BYTES THREADS <lines
#include <cstring>
#include <iostream>
#include <string>

#include "reader/reader_transcript.h"

namespace stedi {
namespace {

constexpr stedi_reader_column kColumns[] = {{"user", STEDI_READER_STRING, 0, 0},
                                            {"t", STEDI_READER_BIGINT, 0, 0},
                                            {"x", STEDI_READER_DOUBLE, 0, 0},
                                            {"note", STEDI_READER_STRING, 0, 0}};

std::string FromHex(std::string_view hex) {
  std::string bytes;
  for (size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  }
  return bytes;
}

std::string ToHex(std::string_view bytes) {
  std::string hex;
  for (const char c : bytes) hex += fmt::format("{:02x}", static_cast<uint8_t>(c));
  return hex;
}

int64_t ReadBytes(void* context, size_t /*file*/, uint64_t offset, void* buffer, uint64_t length) {
  const auto& bytes = *static_cast<const std::string*>(context);
  const uint64_t count = std::min<uint64_t>(length, bytes.size() - offset);
  std::memcpy(buffer, bytes.data() + offset, count);
  return static_cast<int64_t>(count);
}

// Returns the line that damage_soak prints for a file.
std::string Read(std::string bytes, uint64_t record_bytes_max, uint64_t block_bytes,
                 uint32_t threads) {
  const stedi_reader_contract contract = {kColumns, std::size(kColumns), 0, nullptr, 0};
  const stedi_reader_file file = {"file", "file", bytes.size()};
  const stedi_reader_source source = {&bytes, ReadBytes, nullptr};
  stedi_reader_options options = {};
  options.threads = threads;
  options.block_bytes = block_bytes;
  options.record_bytes_max = record_bytes_max;
  options.source = &source;
  stedi_reader_scan* scan = nullptr;
  std::vector<ReaderRow> rows;
  std::vector<ReaderRow> rejections;
  const bool is_read =
      stedi_reader_open(&contract, &file, 1, &options, &scan, nullptr) == STEDI_READER_OK &&
      ReadReaderPart(scan, STEDI_READER_ROWS, rows) == STEDI_READER_OK &&
      ReadReaderPart(scan, STEDI_READER_REJECTIONS, rejections) == STEDI_READER_OK;
  stedi_reader_free(scan);
  if (!is_read) return "the file was not read";
  std::string line = fmt::format("{} {}", ToHex(bytes), record_bytes_max);
  for (const std::string& row : ReaderRowTexts(rows, {"user", "t", "x", "note", "_rescued"})) {
    line += " " + ToHex(row);
  }
  line += " -";
  for (const std::string& rejection : ReaderRejectionTexts(rejections))
    line += " " + ToHex(rejection);
  return line;
}

}  // namespace
}  // namespace stedi

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: reader_driver BLOCK_BYTES THREADS\n";
    return 2;
  }
  const uint64_t block_bytes = std::stoull(argv[1]);
  const auto threads = static_cast<uint32_t>(std::stoul(argv[2]));
  std::string line;
  while (std::getline(std::cin, line)) {
    const size_t first = line.find(' ');
    const uint64_t record_bytes_max = std::stoull(line.substr(first + 1));
    std::cout << stedi::Read(stedi::FromHex(line.substr(0, first)), record_bytes_max, block_bytes,
                             threads)
              << "\n";
  }
  return 0;
}
