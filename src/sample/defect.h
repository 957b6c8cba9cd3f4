// The defects that real landing data has: one row each.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sample/sample_options.h"
#include "sample/sample_record.h"

namespace stedi {

// What one defect is made of: it changes the records, then the texts made from them.
struct DefectCase {
  SampleFeed feed = SampleFeed::kCustomer;
  uint64_t bits = 0;                  // random
  SampleRecord elsewhere;             // a sound record that stands elsewhere in the sample
  std::vector<SampleRecord> records;  // the sound record; a defect may change it and add others
  std::vector<std::string> texts;     // what stands in the file, each followed by a separator
};

struct DefectRow {
  std::string_view name;
  std::string_view feeds;  // "cas": customer, accelerometer, step_trainer
  // What a reader should make of it: "accepted"; the reason of exactly one rejected record for
  // each; "contract": not_null if the feed's contract forbids NULL there, else accepted; "damage":
  // one or two rejections, and one neighbour may be lost; "file": see the comment in the table.
  std::string_view outcome;
  void (*edit_records)(DefectCase&);  // or nullptr
  void (*edit_texts)(DefectCase&);    // or nullptr
};

std::span<const DefectRow> DefectRows();

// Rows whose defect is of the file as a whole; sample.cc makes them.
inline constexpr std::string_view kByteOrderMark = "byte_order_mark";
inline constexpr std::string_view kTruncatedTail = "truncated_tail";
inline constexpr std::string_view kEmptyFile = "empty_file";
inline constexpr std::string_view kRedeliveredFile = "redelivered_file";

// Indices of the rows that spoil records of `feed`.
std::vector<size_t> RecordDefectsOf(SampleFeed feed);

}  // namespace stedi
