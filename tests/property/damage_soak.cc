// Checks that one mutation anywhere in a landing file costs at most the record that it hit and one
// neighbour, and never makes a row of a nested object. What is promised for which layout:
// docs/decisions/0002-damage-in-landing-files.md.
//   damage_soak CASES SEED [--seconds N] [--print N]
// `--seconds` ends it earlier; `--print` prints every N-th case for the reader in Python
// (damage.py).
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "damage_cases.h"
#include "landing/scan_transcript.h"

namespace stedi {
namespace {

constexpr size_t kMutationsPerFile = 40;

const Contract& SoakContract() {
  static const Contract contract = {{{"user", ColumnType::kString, false},
                                     {"t", ColumnType::kBigint, false},
                                     {"x", ColumnType::kDouble, false},
                                     {"note", ColumnType::kString, false}}};
  return contract;
}

// Returns offset -> the rest of the row of the transcript that begins with it.
std::map<size_t, std::string> ByOffset(const Transcript& transcript) {
  std::map<size_t, std::string> rows;
  for (const std::string& row : transcript.rows) {
    const size_t space = std::min(row.size(), row.find(' '));
    rows[std::stoul(row.substr(0, space))] = row.substr(space);
  }
  return rows;
}

// Whether a row was made of a nested object, which its members tell.
bool IsNested(const std::string& row) {
  const std::string columns = row.substr(0, row.find(" _rescued=")) + " ";
  return columns.find(" user=nested ") != std::string::npos ||
         columns.find(" t=-77 ") != std::string::npos;
}

// One file, and the rows of its records.
struct Original {
  LandingText landing;
  std::vector<std::string> rows;
  uint64_t record_bytes_max = 16 << 20;
};

struct Trial {
  const Original& original;
  Mutation mutation;
  std::string text;
};

// Returns where record `i` begins after the mutation, if the mutation did not touch it.
std::optional<size_t> UntouchedAt(const Trial& trial, size_t i) {
  const Range& record = trial.original.landing.records[i];
  const Range& touched = trial.mutation.touched;
  if (record.end <= touched.begin) return record.begin;
  if (record.begin < touched.end) return std::nullopt;
  return record.begin + trial.mutation.with.size() - (touched.end - touched.begin);
}

// Whether a record that the mutation hit begins at `offset`, perhaps after a doubled '{'.
bool BeginsDamaged(const Trial& trial, size_t offset) {
  const Range& touched = trial.mutation.touched;
  for (const Range& record : trial.original.landing.records) {
    const bool is_hit = record.begin <= touched.begin && touched.begin < record.end;
    if (!is_hit || offset < record.begin) continue;
    const std::string_view before(trial.text.data() + record.begin, offset - record.begin);
    if (before.find_first_not_of("{ \n") == std::string_view::npos) return true;
  }
  return false;
}

// These return the last byte before `at`, and the first byte from `at` on, that is no white space.
char ByteBefore(std::string_view text, size_t at) {
  const size_t found = text.substr(0, at).find_last_not_of(" \n");
  return found == std::string_view::npos ? '\0' : text[found];
}
char ByteFrom(std::string_view text, size_t at) {
  const size_t found = text.find_first_not_of(" \n", at);
  return found == std::string_view::npos ? '\0' : text[found];
}

enum class Promise : uint8_t { kNothing, kNoRowFromInside, kLittleLost };

// Returns what is promised for a mutation. In a top-level array some mutations give the bytes of
// another file that is whole or cut off, so that nothing tells the damage: bytes with brackets were
// dropped; `[{},{..}]` inside a record became `[]},{..}]`; or `[]}` at the end of a record became
// `[{}`, and what follows reads as elements of that array.
Promise PromisedOf(const Trial& trial) {
  const Mutation& mutation = trial.mutation;
  const Range& touched = mutation.touched;
  const std::string& text = trial.original.landing.text;
  if (!IsArray(trial.original.landing.layout)) return Promise::kLittleLost;
  if (mutation.is_drop) {
    const bool is_same_depth = OpenAt(text, touched.begin) == OpenAt(text, touched.end);
    return is_same_depth ? Promise::kLittleLost : Promise::kNothing;
  }
  if (touched.end == touched.begin || ByteFrom(text, touched.end) != '}') {
    return Promise::kLittleLost;
  }
  const char was = text[touched.begin];
  if (was == '{' && mutation.with == "]") return Promise::kNothing;
  const bool opens = was == ']' && mutation.with == "{" && ByteBefore(text, touched.begin) == '[';
  return opens ? Promise::kNoRowFromInside : Promise::kLittleLost;
}

// Returns what is wrong with the rows, or "".
std::string Judge(const Trial& trial, const Transcript& transcript) {
  const Promise promise = PromisedOf(trial);
  if (promise == Promise::kNothing) return "";
  std::map<size_t, std::string> rows = ByOffset(transcript);
  std::vector<size_t> lost;
  const size_t count = trial.original.rows.size();
  for (size_t i = 0; i < count; ++i) {
    const std::optional<size_t> at = UntouchedAt(trial, i);
    if (!at) continue;
    const auto row = rows.find(*at);
    if (row == rows.end()) {
      lost.push_back(i);
      continue;
    }
    if (row->second != trial.original.rows[i]) return fmt::format("record {} has other values", i);
    rows.erase(row);
  }
  for (const auto& [offset, row] : rows) {
    if (IsNested(row)) return fmt::format("the row at {} is nested", offset);
    if (!BeginsDamaged(trial, offset)) return fmt::format("the row at {} is no record", offset);
  }
  if (promise == Promise::kNoRowFromInside) return "";
  // On one line nothing tells the next record from the rest of a record in which a ',' became a
  // '{'.
  const Layout layout = trial.original.landing.layout;
  const bool is_on_one_line = layout == Layout::kGlued || layout == Layout::kSpaced;
  const size_t lost_max = trial.mutation.is_drop && is_on_one_line ? 2 : 1;
  if (lost.size() > lost_max) return fmt::format("records are lost: {}", fmt::join(lost, ", "));
  return "";
}

std::string JudgeBytes(const Trial& trial, const Transcript& transcript) {
  const FileReport& report = transcript.report;
  const uint64_t bytes = report.accepted_bytes + report.quarantined_bytes +
                         report.whitespace_bytes + report.framing_bytes;
  const bool is_sound = bytes == trial.text.size() && report.problem.empty() &&
                        report.records == transcript.rows.size() &&
                        report.rejected == transcript.rejections.size();
  return is_sound ? "" : "bytes are not accounted for";
}

std::string ToHex(std::string_view bytes) {
  std::string hex;
  for (const char c : bytes) hex += fmt::format("{:02x}", static_cast<uint8_t>(c));
  return hex;
}

// Prints one line: the file, its limit for a record, and what the reader gave.
void Print(const Trial& trial, const Transcript& transcript) {
  fmt::print("{} {}", ToHex(trial.text), trial.original.record_bytes_max);
  for (const std::string& row : transcript.rows) fmt::print(" {}", ToHex(row));
  fmt::print(" -");
  for (const std::string& rejection : transcript.rejections) {
    fmt::print(" {}", ToHex(rejection));
  }
  fmt::print("\n");
}

[[noreturn]] void Fail(std::string_view what, const Trial& trial, const Transcript& transcript,
                       uint64_t seed) {
  fmt::print(stderr,
             "seed {}: {}\nafter {} of bytes {} to {} by '{}' in layout {}, limit {}\n-- before\n"
             "{}\n-- after\n{}\n-- read\n{}\n",
             seed, what, trial.mutation.name, trial.mutation.touched.begin,
             trial.mutation.touched.end, trial.mutation.with,
             static_cast<int>(trial.original.landing.layout), trial.original.record_bytes_max,
             trial.original.landing.text, trial.text, transcript.ToText());
  std::exit(1);
}

Original MakeOriginal(Random& random) {
  Original original;
  original.landing = LandingWriter(random).Write();
  const MemoryFile file(original.landing.text);
  const std::map<size_t, std::string> rows =
      ByOffset(Transcribe(SoakContract(), file.Listed(), {}));
  for (const Range& record : original.landing.records) {
    const auto row = rows.find(record.begin);
    const std::string number = std::to_string(original.rows.size());
    if (row == rows.end() || row->second.find(" user=top-" + number) == std::string::npos) {
      fmt::print(stderr, "an undamaged file is not read:\n{}\n", original.landing.text);
      std::exit(1);
    }
    original.rows.push_back(row->second);
  }
  // Sometimes limits records to the longest one, so that the length of what follows proves, too.
  if (Below(random, 3) != 0) return original;
  size_t longest = 0;
  for (const Range& record : original.landing.records) {
    longest = std::max(longest, record.end - record.begin);
  }
  original.record_bytes_max = longest + 2;
  return original;
}

void Try(const Original& original, Random& random, uint64_t seed, bool is_printed) {
  const Mutation mutation = Mutate(original.landing, random);
  Trial trial{original, mutation, original.landing.text};
  trial.text.replace(mutation.touched.begin, mutation.touched.end - mutation.touched.begin,
                     mutation.with);
  const MemoryFile file(trial.text);
  TranscriptOptions options;
  options.record_bytes_max = original.record_bytes_max;
  const Transcript expected = Transcribe(SoakContract(), file.Listed(), options);
  std::string wrong = JudgeBytes(trial, expected);
  if (wrong.empty()) wrong = Judge(trial, expected);
  if (!wrong.empty()) Fail(wrong, trial, expected, seed);
  const std::vector<ParserVariant> variants = ParserVariants();
  const ParserVariant& variant = variants[Below(random, variants.size())];
  options.fast_path = variant.fast_path;
  options.simd = variant.simd;
  options.block_bytes = 1 + Below(random, Below(random, 2) == 0 ? 40 : 2000);
  options.threads = Below(random, 50) == 0 ? 2 : 1;
  const Transcript other = Transcribe(SoakContract(), file.Listed(), options);
  if (other.ToText() != expected.ToText()) {
    Fail(fmt::format("blocks of {} bytes, {}, give\n{}", options.block_bytes, variant.name,
                     other.ToText()),
         trial, expected, seed);
  }
  if (is_printed) Print(trial, expected);
}

struct Arguments {
  uint64_t cases = 1000;
  uint64_t seed = 1;
  uint64_t seconds = 0;  // 0: no limit
  uint64_t print_every = 0;
};

Arguments Parse(const std::vector<std::string>& words) {
  Arguments arguments;
  size_t position = 0;
  for (size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "--seconds") {
      arguments.seconds = std::stoull(words.at(++i));
    } else if (words[i] == "--print") {
      arguments.print_every = std::stoull(words.at(++i));
    } else {
      (position++ == 0 ? arguments.cases : arguments.seed) = std::stoull(words[i]);
    }
  }
  return arguments;
}

void Run(const Arguments& arguments) {
  const auto begin = std::chrono::steady_clock::now();
  const auto limit = std::chrono::seconds(arguments.seconds);
  uint64_t done = 0;
  for (uint64_t seed = arguments.seed; done < arguments.cases; ++seed) {
    if (arguments.seconds > 0 && std::chrono::steady_clock::now() - begin > limit) break;
    Random random(seed);
    const Original original = MakeOriginal(random);
    for (size_t i = 0; i < kMutationsPerFile && done < arguments.cases; ++i) {
      const bool is_printed = arguments.print_every > 0 && done % arguments.print_every == 0;
      Try(original, random, seed, is_printed);
      ++done;
    }
  }
  fmt::print(stderr, "{} mutations, no row from inside, no record lost beside a neighbour\n", done);
}

}  // namespace
}  // namespace stedi

int main(int argc, char** argv) {
  stedi::Run(stedi::Parse(std::vector<std::string>(argv + 1, argv + argc)));
  return 0;
}
