// Writes the JSON text of sample records: any record from a list of fields, readings by a fast way.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sample/sample_options.h"
#include "sample/sample_person.h"

namespace stedi {

struct SampleField {
  std::string key;
  std::string value;  // JSON text
};
using SampleRecord = std::vector<SampleField>;

// The text around keys and values.
struct RecordStyle {
  std::string_view open, colon, comma, close;
};
// The style of the real files: customers have spaces, readings do not. kPretty is the same for all.
RecordStyle StyleOf(SampleFeed feed, SampleLayout layout);

void AppendRecord(const SampleRecord& record, const RecordStyle& style, std::string& out);

SampleRecord CustomerRecord(const SamplePerson& person);

// Writes the readings of a sample. Ascending order is the fastest, since the person of the last
// reading is kept.
class ReadingWriter {
 public:
  ReadingWriter(const SampleOptions& options, const SampleSchedule& schedule, SampleFeed feed);

  // The room that Write needs for one reading.
  static constexpr size_t kReadingBytesMax = 512;
  // Writes reading `index` at `out` and returns the end of its text. REQUIRES: `index` is below
  // options.readings (accelerometer) or schedule.moments() (step trainer).
  char* Write(uint64_t index, char* out);
  // The same reading as fields.
  SampleRecord Record(uint64_t index);

 private:
  void TurnTo(uint64_t person);
  char* WriteAccelerometer(uint64_t index, char* out);
  char* WriteStep(uint64_t index, char* out);

  const uint64_t seed_;
  const SampleSchedule& schedule_;
  const SampleFeed feed_;
  const RecordStyle style_;
  std::string between_[5];  // the text before and between the values
  uint64_t person_ = UINT64_MAX;
  SamplePerson current_;
};

}  // namespace stedi
