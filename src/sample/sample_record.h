// The text of sample records: any record as a list of fields, and readings quickly.
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

// What stands around keys and values.
struct RecordStyle {
  std::string_view open, colon, comma, close;
};
// As the real files have it: customers with spaces, readings without; all alike when pretty.
RecordStyle StyleOf(SampleFeed feed, SampleLayout layout);

void AppendRecord(const SampleRecord& record, const RecordStyle& style, std::string& out);

SampleRecord CustomerRecord(const SamplePerson& person);

// Writes the readings of a sample, best in ascending order: the person of the last one is kept.
class ReadingWriter {
 public:
  ReadingWriter(const SampleOptions& options, const SampleSchedule& schedule, SampleFeed feed);

  // A buffer for one reading must have room for so many bytes.
  static constexpr size_t kReadingBytesMax = 512;
  // Writes reading `index` (of the accelerometer: below options.readings; of the step trainer:
  // below schedule.moments()) at `out` and returns its end.
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
  std::string between_[5];  // the text before, between and after the values
  uint64_t person_ = UINT64_MAX;
  SamplePerson current_;
};

}  // namespace stedi
