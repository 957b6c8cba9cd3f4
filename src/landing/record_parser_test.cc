#include "landing/record_parser.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "files/byte_scan.h"

namespace stedi {
namespace {

const Contract& TestContract() {
  static const Contract contract = {{{"a", ColumnType::kBigint, true},
                                     {"b", ColumnType::kString, false},
                                     {"c", ColumnType::kBoolean, false},
                                     {"d", ColumnType::kDouble, false}}};
  return contract;
}

// The buffers that the parser reads end in zeros.
std::string Padded(std::string text) { return text.append(kScanPadBytes, '\0'); }

TEST(RecordParserTest, FindsFieldsAndTheRest) {
  const ContractIndex index(TestContract());
  RecordParser parser(TestContract(), index);
  const std::string text =
      Padded("{ \"B\" : \"x\" , \"z\":{ \"a\":1 }, \"a\":12,\"y\":[\"q\"] } tail");
  const ParsedRecord& record = parser.Parse(text.data(), text.data() + text.size());
  EXPECT_EQ(record.status, LexStatus::kOk);
  EXPECT_EQ(record.stop - record.begin, 47);
  std::vector<std::string> fields;
  for (const RecordField& field : record.fields) {
    fields.push_back(fmt::format("{} {} {}", field.column == kNoColumn ? -1 : int(field.column),
                                 field.key, field.value.text));
  }
  EXPECT_EQ(fields,
            (std::vector<std::string>{"1 B x", "-1 z { \"a\":1 }", "0 a 12", "-1 y [\"q\"]"}));
}

// Every beginning of a valid record needs more bytes and is never a fault.
TEST(RecordParserTest, APrefixNeedsMore) {
  const ContractIndex index(TestContract());
  RecordParser parser(TestContract(), index);
  const std::string text = R"({"a":-1.5e3,"b":"x\u00e9\n","z":[true,{"q":null}],"c":false})";
  for (size_t length = 0; length < text.size(); ++length) {
    const ParsedRecord& record = parser.Parse(text.data(), text.data() + length);
    EXPECT_EQ(record.status, LexStatus::kNeedMore) << length;
    EXPECT_EQ(record.stop, text.data() + length);
  }
  EXPECT_EQ(parser.Parse(text.data(), text.data() + text.size()).status, LexStatus::kOk);
}

TEST(RecordParserTest, SaysWhatIsWrongFirst) {
  struct Case {
    std::string text;
    std::optional<RejectReason> reason;
    size_t position = 0;
    Misfit misfit = {};
  };
  const Case cases[] = {
      {R"({"a":1})", {}},
      {R"({"a":1,"b":null,"c":null})", {}},
      {"{\"b\":\"\n\",\"z\":\"\xFF\"}", RejectReason::kMalformed, 6},
      {"{\"b\":\"\xFF\",\"a\":1,\"a\":2}", RejectReason::kInvalidUtf8, 6},
      {R"({"b":"\ud800","a":1,"a":2})",
       RejectReason::kInvalidUtf8,
       6,
       {FoundKind::kLoneSurrogate, 1}},
      {R"({"a":"x","a":1})", RejectReason::kDuplicateKey, 10, {FoundKind::kDuplicateKey, 0}},
      {R"({"a":"x","c":1})", RejectReason::kTypeMismatch, 6, {FoundKind::kText, 0}},
      {R"({"c":1,"a":"x"})", RejectReason::kTypeMismatch, 5, {FoundKind::kNumber, 2}},
      {R"({"c":{},"b":1})", RejectReason::kTypeMismatch, 5, {FoundKind::kObject, 2}},
      {R"({"b":"x"})", RejectReason::kNotNull, 8, {FoundKind::kMissing, 0}},
      {R"({"a":null})", RejectReason::kNotNull, 9, {FoundKind::kNull, 0}},
      {R"({"a":99999999999999999999})",
       RejectReason::kOutOfRange,
       5,
       {FoundKind::kOutOfRangeNumber, 0}},
      {R"({"a":1.5})", RejectReason::kTypeMismatch, 5, {FoundKind::kFraction, 0}},
      {R"({"a":"1.5"})", RejectReason::kTypeMismatch, 6, {FoundKind::kFraction, 0}},
      {R"({"a":""})", RejectReason::kTypeMismatch, 6, {FoundKind::kEmptyText, 0}},
      {R"({"a":" \u0020\n"})", RejectReason::kTypeMismatch, 6, {FoundKind::kBlankText, 0}},
      {R"({"a":true})", RejectReason::kTypeMismatch, 5, {FoundKind::kTrue, 0}},
      {R"({"b":false})", RejectReason::kTypeMismatch, 5, {FoundKind::kFalse, 1}},
      {R"({"b":[1]})", RejectReason::kTypeMismatch, 5, {FoundKind::kArray, 1}},
      {R"({"d":9007199254740993,"a":1})",
       RejectReason::kOutOfRange,
       5,
       {FoundKind::kInexactNumber, 3}},
      {R"({"d":1e400})", RejectReason::kOutOfRange, 5, {FoundKind::kOutOfRangeNumber, 3}},
      {R"({"d":1e-400})", RejectReason::kOutOfRange, 5, {FoundKind::kOutOfRangeNumber, 3}},
  };
  const ContractIndex index(TestContract());
  RecordParser parser(TestContract(), index);
  for (const Case& c : cases) {
    RowBuffer rows(TestContract());
    const std::string padded = Padded(c.text);
    const ParsedRecord& record = parser.Parse(padded.data(), padded.data() + c.text.size());
    ASSERT_EQ(record.status, LexStatus::kOk) << c.text;
    const std::optional<RecordFault> fault = parser.Store(0, rows);
    EXPECT_EQ(rows.rows(), c.reason ? 0U : 1U) << c.text;
    ASSERT_EQ(fault.has_value(), c.reason.has_value()) << c.text;
    if (!fault) continue;
    EXPECT_EQ(fault->reason, *c.reason) << c.text;
    EXPECT_EQ(fault->misfit, c.misfit) << c.text << static_cast<int>(fault->misfit.found);
    EXPECT_EQ(static_cast<size_t>(fault->position - padded.data()), c.position) << c.text;
  }
}

}  // namespace
}  // namespace stedi
