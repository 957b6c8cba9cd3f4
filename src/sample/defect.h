// The defects that real landing data has, one row for each.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sample/sample_options.h"
#include "sample/sample_record.h"

namespace stedi {

// What a defect works on: it changes the records, then the texts that are made from them.
struct DefectCase {
  SampleFeed feed = SampleFeed::kCustomer;
  uint64_t bits = 0;                  // random; they choose between variants of a defect
  SampleRecord elsewhere;             // a sound record that stands elsewhere in the sample
  std::vector<SampleRecord> records;  // the sound record; a defect may change it and add others
  std::vector<std::string> texts;     // what the file gets, with separators between
};

struct DefectRow {
  std::string_view name;
  std::string_view feeds;  // "cas": customer, accelerometer, step_trainer
  // What a reader should do. "accepted": it accepts the records. "contract": it rejects the record
  // as not_null if the feed's contract forbids NULL there, else accepts it. "damage": it rejects
  // one or two records, and may lose one neighbour. "file": see the comment in the table. Any other
  // text is a reason: it rejects exactly one record for that reason.
  std::string_view outcome;
  void (*edit_records)(DefectCase&);  // or nullptr
  void (*edit_texts)(DefectCase&);    // or nullptr
};

std::span<const DefectRow> DefectRows();

// The names of the rows whose defect concerns whole files; sample.cc makes these defects.
inline constexpr std::string_view kByteOrderMark = "byte_order_mark";
inline constexpr std::string_view kTruncatedTail = "truncated_tail";
inline constexpr std::string_view kEmptyFile = "empty_file";
inline constexpr std::string_view kRedeliveredFile = "redelivered_file";

// Returns the indices in DefectRows() of the defects that spoil records of `feed`.
std::vector<size_t> RecordDefectsOf(SampleFeed feed);

}  // namespace stedi
