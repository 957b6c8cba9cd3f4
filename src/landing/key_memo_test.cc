#include "landing/key_memo.h"

#include <gtest/gtest.h>

#include <string>

namespace stedi {
namespace {

const Contract& TestContract() {
  static const Contract contract = {
      {{"a", ColumnType::kBigint, true}, {"b", ColumnType::kString, false}}};
  return contract;
}

// Learns the step at the beginning of `text`, after `previous`, or after the root when it is
// nullptr.
KeyStep* Learn(KeyMemo& memo, const std::string& text, bool in_array, KeyStep* previous) {
  static std::string padded;
  padded = text + std::string(kScanPadBytes, '\0');
  const char* const end = padded.data() + text.size();
  const FastRegion region{padded.data(), end, end, 0, in_array};
  return memo.Learn(previous == nullptr ? memo.Root(in_array) : *previous, padded.data(), region);
}

TEST(KeyMemoTest, WhatAStepIs) {
  struct Case {
    const char* name;
    std::string text;
    bool in_array;
    bool is_first;
    size_t length;  // 0: no step
    size_t column;
    size_t record_begin;
    size_t whitespace;
    size_t framing;
  };
  const Case cases[] = {
      {"first", "{\"a\":1}", false, true, 5, 0, 0, 0, 0},
      {"first with spaces", "{ \"b\" : 1}", false, true, 8, 1, 0, 0, 0},
      {"without case", "{\"A\":1}", false, true, 5, 0, 0, 0, 0},
      {"next key", ",\"b\":1}", false, false, 5, 1, 0, 0, 0},
      {"next key, spaces", " , \"b\" : 1}", false, false, 9, 1, 0, 0, 0},
      {"next record", "}\n{\"a\":1}", false, false, 7, 0, 2, 1, 0},
      {"next record, no gap", "}{\"a\":1}", false, false, 6, 0, 1, 0, 0},
      {"next record of an array", "},\n{\"a\":1}", true, false, 8, 0, 3, 1, 1},
      {"a comma outside an array", "},{\"a\":1}", false, false, 0, 0, 0, 0, 0},
      {"unknown key", ",\"z\":1}", false, false, 0, 0, 0, 0, 0},
      {"escaped key", ",\"\\u0061\":1}", false, false, 0, 0, 0, 0, 0},
      {"end of the array", "}]", true, false, 0, 0, 0, 0, 0},
      {"empty record", "}{}", false, false, 0, 0, 0, 0, 0},
      {"bytes end in white space", ",\"b\": ", false, false, 0, 0, 0, 0, 0},
      {"bytes end", "}", false, false, 0, 0, 0, 0, 0},
  };
  for (const Case& c : cases) {
    const ContractIndex index(TestContract());
    KeyMemo memo(TestContract(), index);
    KeyStep* const before = c.is_first ? nullptr : Learn(memo, "{\"a\":1", c.in_array, nullptr);
    const KeyStep* const step = Learn(memo, c.text, c.in_array, before);
    ASSERT_EQ(step != nullptr, c.length != 0) << c.name;
    if (step == nullptr) continue;
    EXPECT_EQ(step->length, c.length) << c.name;
    EXPECT_EQ(step->column, c.column) << c.name;
    EXPECT_EQ(step->type, TestContract().columns[c.column].type) << c.name;
    EXPECT_EQ(step->record_begin, c.record_begin) << c.name;
    EXPECT_EQ(step->whitespace, c.whitespace) << c.name;
    EXPECT_EQ(step->framing, c.framing) << c.name;
  }
}

TEST(KeyMemoTest, RemembersSeveralSuccessorsOfAStep) {
  const ContractIndex index(TestContract());
  KeyMemo memo(TestContract(), index);
  KeyStep* const first = Learn(memo, "{\"a\":1", false, nullptr);
  ASSERT_NE(first, nullptr);
  KeyStep* const next = Learn(memo, ",\"b\":1", false, first);
  KeyStep* const record = Learn(memo, "}{\"a\":1", false, first);
  EXPECT_EQ(first->next[0], next);
  EXPECT_EQ(first->next[1], record);
  // The same bytes are the same step, whatever precedes them.
  EXPECT_EQ(Learn(memo, "}{\"a\":1", false, next), record);
  EXPECT_EQ(next->next[0], record);
}

TEST(KeyMemoTest, LongStepsAreReadButNotRemembered) {
  const ContractIndex index(TestContract());
  KeyMemo memo(TestContract(), index);
  KeyStep* const first = Learn(memo, "{\"a\":1", false, nullptr);
  const std::string wide = "," + std::string(kLiteralBytesMax, ' ') + "\"b\":";
  KeyStep* const step = Learn(memo, wide + "1", false, first);
  ASSERT_NE(step, nullptr);
  EXPECT_EQ(step->length, wide.size());
  EXPECT_EQ(first->next[0], nullptr);
}

}  // namespace
}  // namespace stedi
