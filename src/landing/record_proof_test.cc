#include "landing/record_proof.h"

#include <gtest/gtest.h>

#include <string>

namespace stedi {
namespace {

TEST(RecordProofTest, WhatFollowsARecord) {
  struct Case {
    std::string text;  // after the '}'
    bool in_array;
    Following at_end;
    Following if_more_comes;
  };
  const Following proves = Following::kProvesRecord;
  const Following undecided = Following::kUndecided;
  const Following more = Following::kNeedMore;
  const Case cases[] = {
      {"", false, proves, more},
      {" \n", true, proves, more},
      {"\n{", false, proves, proves},
      {"{", true, proves, proves},
      {"[", false, proves, proves},
      {",{", false, undecided, undecided},
      {",{", true, proves, proves},
      {" , \n,{", true, proves, proves},
      {",", true, proves, more},
      {",5", true, proves, proves},
      {",\"text\",", true, proves, proves},
      {",\"text\":", true, undecided, more},
      {",\"text", true, undecided, more},
      {",}", true, undecided, undecided},
      {",]", true, undecided, undecided},
      {"]", true, undecided, undecided},
      {"}", false, undecided, undecided},
      {"\nx", false, undecided, undecided},
      {std::string(kLookAheadBytesMax, ' ') + "{", false, undecided, undecided},
      {std::string(kLookAheadBytesMax - 1, ' ') + "{", false, proves, proves},
  };
  for (const Case& c : cases) {
    const char* const end = c.text.data() + c.text.size();
    EXPECT_EQ(ClassifyFollowing(c.text.data(), end, true, c.in_array), c.at_end) << c.text;
    EXPECT_EQ(ClassifyFollowing(c.text.data(), end, false, c.in_array), c.if_more_comes) << c.text;
  }
}

TEST(RecordProofTest, TellsRecordsFromWhatIsNested) {
  struct Case {
    const char* name;
    std::string text;
    Proof expected;
    size_t next = 0;
  };
  const Case cases[] = {
      {"the end of the file", "{\"a\":1} ", Proof::kRecord},
      {"another record", "{\"a\":1}{", Proof::kRecord},
      {"an object in an object", "{\"a\":1}}", Proof::kNested, 8},
      {"the same with a key behind it", "{\"a\":1}, \"b\":2}", Proof::kNested, 9},
      {"values and keys", "{\"a\":1},{\"a\":2},\"b\":2}", Proof::kUndecided, 16},
      {"values and a brace", "{\"a\":1},{\"a\":2}}", Proof::kUndecided, 16},
      {"the last of a nested array", "{\"a\":1}],\"b\":2}", Proof::kNested, 8},
      {"the first of a nested array", "{\"a\":1},{\"a\":2}]}", Proof::kNested, 16},
      {"an array in an array", "{\"a\":1},5,[]]]", Proof::kNested, 13},
      {"the last of the top-level array", "{\"a\":1}]\n", Proof::kElement},
      {"the first of it", "{\"a\":1},{\"a\":2},\"x\",null]", Proof::kElement},
      {"a second array", "{\"a\":1},{\"a\":2}]\n[", Proof::kElement},
      {"a bracket too many between records", "{\"a\":1}]\n{", Proof::kRecord},
      {"a comma too many between records", "{\"a\":1},{\"a\":2}{", Proof::kElement},
      {"commas too many", "{\"a\":1},,{\"a\":2},]", Proof::kElement},
      {"more damage", "{\"a\":1},{\"a\":oops", Proof::kUndecided, 13},
      {"more damage at once", "{\"a\":oops", Proof::kUnknown, 5},
      {"a file that is cut off", "{\"a\":1},{\"a\"", Proof::kUndecided, 12},
      {"damage in the next line", "{\"a\":1}\noops", Proof::kRecord},
      {"damage in the same line", "{\"a\":1} oops", Proof::kUnknown, 8},
      {"a key in the next line", "{\"a\":1}\n\"b\":1", Proof::kRecord},
      {"a key in the next of many lines", "{\n\"a\":1}\n\"b\":1", Proof::kUnknown, 9},
      {"text that is damaged", "{\"a\":1},\"\t\",5]", Proof::kUndecided, 11},
  };
  for (const Case& c : cases) {
    const char* const begin = c.text.data();
    const char* const end = begin + c.text.size();
    const ProofResult result = ProveRecord(begin, end, true, {1000, true});
    EXPECT_EQ(result.proof, c.expected) << c.name;
    const size_t next = result.next == nullptr ? 0 : static_cast<size_t>(result.next - begin);
    EXPECT_EQ(next, c.next) << c.name;
    // With fewer bytes, the result is the same or kNeedMore.
    for (const char* shown = begin + 1; shown < end; ++shown) {
      const ProofResult early = ProveRecord(begin, shown, false, {1000, true});
      if (early.proof == Proof::kNeedMore) continue;
      EXPECT_EQ(early.proof, result.proof) << c.name << " from " << shown - begin << " bytes";
      EXPECT_EQ(early.next, result.next) << c.name << " from " << shown - begin << " bytes";
    }
  }
}

// A nested array cannot be longer than the longest record.
TEST(RecordProofTest, ManyValuesAreNoNestedArray) {
  std::string text;
  while (text.size() < 2 * kLookAheadBytesMax) text += "{\"a\":1},";
  const char* const end = text.data() + text.size();
  EXPECT_EQ(ProveRecord(text.data(), end, false, {100, true}).proof, Proof::kElement);
  EXPECT_EQ(ProveRecord(text.data(), end, false, {kLookAheadBytesMax, true}).proof,
            Proof::kNeedMore);
  const ProofResult result = ProveRecord(text.data(), end, false, {100, false});
  EXPECT_EQ(result.proof, Proof::kUndecided);
  EXPECT_EQ(result.next, text.data() + 100 + kLookAheadBytesMax);
}

}  // namespace
}  // namespace stedi
