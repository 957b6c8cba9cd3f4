// Fuzz target: compares the landing scan with itself and with simdjson. It checks that the full
// parser and each SIMD level of the fast path, with several block sizes and numbers of threads,
// give the same result; that every byte is accounted for; and that simdjson accepts every record
// that the scan accepts.
#include <simdjson.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "files/file_format.h"
#include "landing/scan_transcript.h"

namespace stedi {
namespace {

// Returns a contract of fixed columns; the low 4 bits of `choice` set its properties.
Contract FuzzContract(uint8_t choice) {
  const bool empty_is_null = (choice & 1U) != 0;
  Contract contract = {{{"a", ColumnType::kBigint, false, empty_is_null},
                        {"b", ColumnType::kString, false, empty_is_null},
                        {"c", ColumnType::kDouble, false, empty_is_null},
                        {"d", ColumnType::kBoolean, false, empty_is_null},
                        {"e", ColumnType::kInt, (choice & 2U) != 0, empty_is_null},
                        {"user", ColumnType::kString, false}}};
  contract.keep_unfit = (choice & 4U) != 0;
  if ((choice & 8U) != 0) contract.rejected_columns = {1, 0, 2};
  return contract;
}

[[noreturn]] void Fail(std::string_view what, const Transcript& one, const Transcript& other) {
  std::fprintf(stderr, "%.*s\n-- one\n%s\n-- other\n%s\n", static_cast<int>(what.size()),
               what.data(), one.ToText().c_str(), other.ToText().c_str());
  std::abort();
}

// Returns the offset after the JSON object that begins at `begin`. REQUIRES: the object is
// well-formed, since only brackets and quotes are looked at.
size_t EndOfObject(std::string_view text, size_t begin) {
  int depth = 0;
  bool in_string = false;
  for (size_t i = begin; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if ((c == '}' || c == ']') && --depth == 0) {
      return i + 1;
    }
  }
  return text.size();
}

void CheckAccounting(std::string_view input, const Transcript& transcript) {
  const FileReport& report = transcript.report;
  // A file of another format or encoding: the problem names it and no bytes are counted.
  if (report.problem.starts_with("is ")) return;
  const uint64_t bytes = report.accepted_bytes + report.quarantined_bytes +
                         report.whitespace_bytes + report.framing_bytes;
  if (bytes != input.size() || !report.problem.empty() ||
      report.records != transcript.rows.size() || report.rejected != transcript.rejections.size()) {
    Fail("bytes or records are not accounted for", transcript, transcript);
  }
}

// RFC 8259 allows numbers of any size and lone surrogates, which simdjson refuses. The scan accepts
// them in values that no column takes. These functions tell whether a record may contain such a
// number or surrogate.
bool HasLargeNumber(std::string_view record) {
  size_t digits = 0;
  for (const char c : record) {
    digits = c >= '0' && c <= '9' ? digits + 1 : 0;
    if (digits >= 18 || c == 'e' || c == 'E') return true;
  }
  return false;
}

bool HasSurrogate(std::string_view record) {
  return record.find("\\ud") != std::string_view::npos ||
         record.find("\\uD") != std::string_view::npos;
}

void CheckAcceptedRecords(std::string_view input, const Transcript& transcript) {
  if (!transcript.report.problem.empty()) return;
  simdjson::dom::parser parser;
  uint64_t accepted = 0;
  for (const std::string& row : transcript.rows) {
    const size_t begin = std::stoull(row);
    const size_t end = EndOfObject(input, begin);
    accepted += end - begin;
    simdjson::dom::element element;
    const simdjson::padded_string record(input.substr(begin, end - begin));
    const simdjson::error_code error = parser.parse(record).get(element);
    const bool is_json = error == simdjson::SUCCESS ||
                         (error == simdjson::NUMBER_ERROR && HasLargeNumber(record)) ||
                         (error == simdjson::STRING_ERROR && HasSurrogate(record));
    if (!is_json) Fail("an accepted record is not JSON", transcript, transcript);
  }
  if (accepted != transcript.report.accepted_bytes) {
    Fail("accepted records do not add up", transcript, transcript);
  }
}

// Returns the text of an input. With `in_pieces`, which is set for half of the inputs, a small byte
// stands for a piece of JSON, so that the fuzzer finds valid structure quickly.
std::string SpellOut(const uint8_t* data, size_t size, bool in_pieces) {
  std::string text;
  for (size_t i = 0; i < size; ++i) {
    if (in_pieces && data[i] < kLandingPieces.size()) {
      text += kLandingPieces[data[i]];
    } else {
      text += static_cast<char>(data[i]);
    }
  }
  return text;
}

}  // namespace
}  // namespace stedi

// The first bytes choose the limits and the contract; the rest is the file.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 3) return 0;
  stedi::TranscriptOptions options;
  options.fast_path = false;
  if (data[0] % 4 == 0) options.record_bytes_max = 1 + data[1];
  options.raw_bytes_max = data[0] % 2 == 0 ? 64 << 10 : data[1] % 16;
  options.block_bytes = 4096;
  const stedi::Contract contract = stedi::FuzzContract(data[2] >> 4U);
  const std::string input = stedi::SpellOut(data + 3, size - 3, data[0] >= 128);
  // The offsets of a compressed file are not offsets of the input. Decoders have their own tests.
  if (stedi::CompressionOfBytes(input) != stedi::Compression::kNone) return 0;
  const stedi::MemoryFile file(input);
  const stedi::Transcript expected = stedi::Transcribe(contract, file.Listed(), options);
  stedi::CheckAccounting(input, expected);
  stedi::CheckAcceptedRecords(input, expected);
  const uint64_t odd_block = 1 + data[2] % 64;
  for (const stedi::SimdLevel level : stedi::AvailableSimdLevels()) {
    options.fast_path = true;
    options.simd = level;
    for (const uint64_t block_bytes : {uint64_t{4096}, uint64_t{1}, odd_block}) {
      options.block_bytes = block_bytes;
      options.threads = block_bytes == odd_block ? 1 + data[2] % 3 : 1;
      const stedi::Transcript other = stedi::Transcribe(contract, file.Listed(), options);
      if (other.ToText() != expected.ToText()) {
        stedi::Fail("another way of reading gives another result", expected, other);
      }
    }
  }
  return 0;
}
