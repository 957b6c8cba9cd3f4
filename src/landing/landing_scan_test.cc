#include "landing/landing_scan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "files/content_hash.h"
#include "landing/scan_transcript.h"

namespace stedi {
namespace {

const Contract& TestContract() {
  static const Contract contract = {{{"a", ColumnType::kBigint, false},
                                     {"b", ColumnType::kString, false},
                                     {"c", ColumnType::kDouble, false},
                                     {"d", ColumnType::kBoolean, false},
                                     {"e", ColumnType::kInt, false}}};
  return contract;
}

struct Case {
  const char* name;
  std::string_view input;
  std::vector<std::string> rows;
  std::vector<std::string> rejections;  // without the raw bytes
};

std::vector<std::string> WithoutRaw(std::vector<std::string> rejections) {
  for (std::string& text : rejections) {
    const size_t fault = text.find('@');
    text.resize(std::min(text.size(), text.find(' ', fault)));
  }
  return rejections;
}

void ExpectAccounted(const FileReport& report, uint64_t size_bytes, const std::string& name) {
  EXPECT_EQ(report.accepted_bytes + report.quarantined_bytes + report.whitespace_bytes +
                report.framing_bytes,
            size_bytes)
      << name;
}

// Reads every case with each parser, several block sizes and several threads: the result must be
// the same.
void CheckCases(const std::vector<Case>& cases, const Contract& contract,
                const TranscriptOptions& limits = {}) {
  for (const Case& c : cases) {
    const MemoryFile file(c.input);
    for (const uint64_t block_bytes : {1U << 20, 1U, 2U, 3U, 5U, 8U, 13U, 40U}) {
      for (const ParserVariant& variant : ParserVariants()) {
        for (const int threads : {1, 3}) {
          TranscriptOptions options = limits;
          options.block_bytes = block_bytes;
          options.fast_path = variant.fast_path;
          options.simd = variant.simd;
          options.threads = threads;
          const Transcript transcript = Transcribe(contract, file.Listed(), options);
          const std::string name = fmt::format("{} (block {}, {}, threads {})", c.name, block_bytes,
                                               variant.name, threads);
          EXPECT_EQ(transcript.rows, c.rows) << name;
          EXPECT_EQ(WithoutRaw(transcript.rejections), c.rejections) << name;
          ASSERT_EQ(transcript.report.problem, "") << name;
          ExpectAccounted(transcript.report, c.input.size(), name);
        }
      }
    }
  }
}

TEST(LandingScanTest, Layouts) {
  CheckCases(
      {
          {"an empty file", "", {}, {}},
          {"white space only", " \n\t\r\n", {}, {}},
          {"a line each", "{\"a\":1}\n{\"a\":2}\n", {"0 a=1", "8 a=2"}, {}},
          {"no newline at the end", "{\"a\":1}\n{\"a\":2}", {"0 a=1", "8 a=2"}, {}},
          {"Windows lines", "{\"a\":1}\r\n{\"a\":2}\r\n", {"0 a=1", "9 a=2"}, {}},
          {"on one line", "{\"a\":1}{\"a\":2}{\"a\":3}", {"0 a=1", "7 a=2", "14 a=3"}, {}},
          {"pretty",
           "{\n  \"a\" : 1 ,\n  \"b\" : \"x\"\n}\n{\n  \"a\" : 2\n}\n",
           {"0 a=1 b=x", "28 a=2"},
           {}},
          {"an array", "[{\"a\":1},{\"a\":2}]", {"1 a=1", "9 a=2"}, {}},
          {"a pretty array", " [\n {\"a\":1} ,\n {\"a\":2}\n]\n", {"4 a=1", "15 a=2"}, {}},
          {"two arrays", "[{\"a\":1}][{\"a\":2}]", {"1 a=1", "10 a=2"}, {}},
          {"an array and a line", "[{\"a\":1}]\n{\"a\":2}", {"1 a=1", "10 a=2"}, {}},
          {"an empty array", "[]", {}, {}},
          {"missing and doubled commas",
           "[{\"a\":1}{\"a\":2},,{\"a\":3},]",
           {"1 a=1", "8 a=2", "17 a=3"},
           {}},
          {"a byte order mark", "\xEF\xBB\xBF{\"a\":1}", {"3 a=1"}, {}},
          {"a byte order mark before an array", "\xEF\xBB\xBF[{\"a\":1}]", {"4 a=1"}, {}},
          {"an empty record", "{}\n{ }\n[{},{}]", {"0", "3"}, {"7+7 not_an_object @7"}},
          {"empty records in an array", "[{},{ }]", {"1", "4"}, {}},
          {"an empty record that is no line", "{}{\"a\":1}", {"2 a=1"}, {"0+2 malformed @2"}},
      },
      TestContract());
}

TEST(LandingScanTest, ValuesAndKeys) {
  CheckCases(
      {
          {"every type",
           R"({"a":-5,"b":"text","c":0.25,"d":true,"e":7})",
           {"0 a=-5 b=text c=0.25 d=true e=7"},
           {}},
          {"null and missing",
           R"({"a":null,"b":null,"c":null,"d":null,"e":null}{})",
           {"0", "46"},
           {}},
          {"keys without case", R"({"A":1,"\u0042":"x"})", {"0 a=1 b=x"}, {}},
          {"exact integers",
           R"({"a":1655564376361.0,"e":1e3}{"a":-0,"e":50e-1}{"a":"12","e":"7.0"})",
           {"0 a=1655564376361 e=1000", "29 a=0 e=5", "47 a=12 e=7"},
           {}},
          {"a number as text",
           R"({"b":8015551212}{"b":-1.50e+3})",
           {"0 b=8015551212", "16 b=-1.50e+3"},
           {}},
          {"text as a double", R"({"c":"1.5"}{"c":"\u0031"})", {"0 c=1.5", "11 c=1"}, {}},
          {"escapes",
           R"({"b":"q\"\\\/\n\u00e9\ud83d\ude00 and more"})",
           {"0 b=q\"\\/\n\xC3\xA9\xF0\x9F\x98\x80 and more"},
           {}},
          {"UTF-8",
           "{\"b\":\"Zo\xC3\xAB from K\xC3\xB8"
           "benhavn\"}",
           {"0 b=Zo\xC3\xAB from K\xC3\xB8"
            "benhavn"},
           {}},
          {"unknown keys are rescued as they stand",
           R"({"z" : [1, {"y":2}],"a":1,"\u0071":"\n", "z":null})",
           {R"(0 a=1 _rescued={"z":[1, {"y":2}],"\u0071":"\n","z":null})"},
           {}},
          {"half a surrogate pair in a key that is not known",
           R"({"\ud800":1,"a":2})",
           {R"(0 a=2 _rescued={"\ud800":1})"},
           {}},
          {"a brace in a string",
           R"({"b":"}{"}{"b":"\"}{\"b\":"})",
           {"0 b=}{", "10 b=\"}{\"b\":"},
           {}},
      },
      TestContract());
}

// TestContract(), but unfit values are kept, and the empty string counts as null in b and e.
Contract TolerantContract() {
  Contract contract = TestContract();
  contract.keep_unfit = true;
  contract.columns[1].empty_is_null = contract.columns[4].empty_is_null = true;
  return contract;
}

TEST(LandingScanTest, UnfitValues) {
  Contract required = TolerantContract();
  required.columns[0].not_null = true;
  CheckCases(
      {
          {"type mismatches",
           R"({"a":1.5}{"d":true,"a":"no"}{"b":{"x": 1}}{"d":1})",
           {R"(0 _rescued={"a":1.5} _unfit=a)", R"(9 d=true _rescued={"a":"no"} _unfit=a)",
            R"(28 _rescued={"b":{"x": 1}} _unfit=b)", R"(42 _rescued={"d":1} _unfit=d)"},
           {}},
          {"out of range",
           R"({"e":2147483648,"c":1e999})",
           {R"(0 _rescued={"e":2147483648,"c":1e999} _unfit=c,e)"},
           {}},
          {"beside unknown keys, in the order of the record",
           R"({"z":1,"E":"x","a":2,"y":2,"a\u0041":3,"C":[]})",
           {R"(0 a=2 _rescued={"z":1,"E":"x","y":2,"a\u0041":3,"C":[]} _unfit=c,e)"},
           {}},
          {"what fits leaves no trace", R"({"a":1}{"a":"2"})", {"0 a=1", "7 a=2"}, {}},
          {"the empty string",
           R"({"b":"","e":""}{"a":1,"b":"x","e": ""}{"a":"","c":"","d":""})",
           {"0", "15 a=1 b=x", R"(38 _rescued={"a":"","c":"","d":""} _unfit=a,c,d)"},
           {}},
          {"other faults reject",
           "{\"a\":\"no\",\"a\":1}{\"a\":\"no\",\"b\":\"\xFF\"}{\"a\":\"no\",}",
           {},
           {"0+16 duplicate_key @11", "16+18 invalid_utf8 @31", "34+11 malformed @44"}},
      },
      TolerantContract());
  CheckCases({{"a required value",
               R"({"a":"no"}{"a":1,"c":"no"}{"c":"no"})",
               {R"(10 a=1 _rescued={"c":"no"} _unfit=c)"},
               {"0+10 type_mismatch @6", "26+10 not_null @35"}}},
             required);
  required.columns[0].empty_is_null = true;
  CheckCases({{"a required value that is empty", R"({"a":""})", {}, {"0+8 not_null @7"}}},
             required);
  // An unfit value of the first of `rejected_columns` always rejects the record.
  Contract keyed = required;
  keyed.columns[0].not_null = false;
  keyed.rejected_columns = {2, 0};
  CheckCases({{"whose record it is does not fit",
               R"({"c":"no"}{"a":"no","b":"x"})",
               {R"(10 b=x _rescued={"a":"no"} _unfit=a)"},
               {"0+10 type_mismatch @6"}}},
             keyed);
}

// The values that are found in a rejection do not depend on the blocks, and all of a long rejection
// is searched.
TEST(LandingScanTest, ValuesOfRejectedRecords) {
  Contract contract = TestContract();
  contract.rejected_columns = {1, 0};
  const std::string input =
      "12\n{\"b\":\"one\",\"a\":1,\"a\":2}\n"
      "{\"b\":\"two\",\"a\":2,\"c\":true}\n"
      "{\"c\":1,\"z\":\"" +
      std::string(5000, 'x') +
      "\n\",\"a\":4,\"b\":\"four\"}\n"
      "{\"b\":\"five{\"b\":\"six\",\"a\":6}\n"
      "{\"b\":\"lost\n{\"b\":\"eight\"}\n"
      "{\"a\":9,\"b\":\"nine\"}\n"
      "{\"c\":true,\"q\n\":1,\"c\":true,\"b\":\"ten\",\"a\":10}\n"
      "{\"b\":\"seven\",\"a\":7";
  const MemoryFile file(input);
  for (const uint64_t block_bytes : {1U << 20, 1U, 3U, 40U, 1000U}) {
    for (const ParserVariant& variant : ParserVariants()) {
      TranscriptOptions options;
      options.block_bytes = block_bytes;
      options.fast_path = variant.fast_path;
      options.simd = variant.simd;
      options.threads = 2;
      options.raw_bytes_max = 16;
      EXPECT_EQ(Transcribe(contract, file.Listed(), options).rejected,
                (std::vector<std::string>{"0 not_an_object NULL|NULL", "3 duplicate_key one|NULL",
                                          "27 type_mismatch two|2", "54 malformed four|4",
                                          "5087 malformed six|NULL", "5159 malformed ten|NULL",
                                          "5203 truncated seven|NULL"}))
          << block_bytes << " " << variant.name;
    }
  }
}

TEST(LandingScanTest, RejectedRecords) {
  CheckCases(
      {
          {"type mismatches",
           R"({"a":1.5}{"a":true}{"a":"x"}{"b":true}{"b":{}}{"c":[]}{"d":1}{"d":"true"}{"e":"1 "})",
           {},
           {"0+9 type_mismatch @5", "9+10 type_mismatch @14", "19+9 type_mismatch @25",
            "28+10 type_mismatch @33", "38+8 type_mismatch @43", "46+8 type_mismatch @51",
            "54+7 type_mismatch @59", "61+12 type_mismatch @67", "73+10 type_mismatch @79"}},
          {"out of range",
           R"({"a":9223372036854775808}{"e":2147483648}{"c":1e999}{"c":1e-999}{"c":9007199254740993})",
           {},
           {"0+25 out_of_range @5", "25+16 out_of_range @30", "41+11 out_of_range @46",
            "52+12 out_of_range @57", "64+22 out_of_range @69"}},
          {"just in range",
           R"({"a":9223372036854775807}{"a":-9223372036854775808}{"e":-2147483648}{"c":9007199254740992})",
           {"0 a=9223372036854775807", "25 a=-9223372036854775808", "51 e=-2147483648",
            "68 c=9007199254740992"},
           {}},
          {"two keys of one column",
           R"({"a":1,"A":2}{"a":null,"\u0061":null})",
           {},
           {"0+13 duplicate_key @8", "13+24 duplicate_key @24"}},
          {"invalid UTF-8",
           "{\"b\":\"\xFF\"}\n{\"z\":\"\xC3\"}\n{\"b\":\"\\udc00\"}\n{\"a\":1}",
           {"35 a=1"},
           {"0+9 invalid_utf8 @6", "10+9 invalid_utf8 @16", "20+14 invalid_utf8 @26"}},
          {"a raw newline or tab in a string",
           "{\"b\":\"x\ny\"}{\"b\":\"x\ty\"}{\"a\":3}",
           {"22 a=3"},
           {"0+11 malformed @7", "11+11 malformed @18"}},
          {"the first reason counts",
           "{\"a\":true,\"b\":\"\xFF\",\"a\":1}",
           {},
           {"0+24 invalid_utf8 @15"}},
          {"half a pair in a number's column is no number",
           R"({"a":"\ud800"})",
           {},
           {"0+14 type_mismatch @6"}},
          {"values that are no objects",
           "1 \"x\" null\n[{\"a\":1}] {\"a\":2}",
           {"21 a=2"},
           {"0+1 not_an_object @0", "2+3 not_an_object @2", "6+4 not_an_object @6",
            "11+9 not_an_object @11"}},
          {"values in an array",
           "[1,[2],{\"a\":3},\"x\"]",
           {"7 a=3"},
           {"1+1 not_an_object @1", "3+3 not_an_object @3", "15+3 not_an_object @15"}},
      },
      TestContract());
}

TEST(LandingScanTest, NotNull) {
  const Contract contract = {{{"a", ColumnType::kBigint, true}, {"b", ColumnType::kString, false}}};
  CheckCases({{"missing, null, present",
               R"({"b":"x"}{"a":null}{"a":1}{"b":true})",
               {"19 a=1"},
               {"0+9 not_null @8", "9+10 not_null @18", "26+10 type_mismatch @31"}}},
             contract);
}

TEST(LandingScanTest, DamageStaysLocal) {
  CheckCases(
      {
          {"cut off by the next line", "{\"a\":1,\n{\"a\":2}\n", {"8 a=2"}, {"0+7 truncated @7"}},
          {"cut off within a word", "{\"d\":tr\n{\"a\":2}\n", {"8 a=2"}, {"0+7 truncated @7"}},
          {"cut off by the next record",
           "{\"a\":{\"a\":2}{\"a\":3}",
           {"12 a=3"},
           {"0+12 truncated @12"}},
          {"cut off in an array",
           "[{\"a\":1,\"b\":2,{\"a\":3},{\"a\":4}]",
           {"14 a=3", "22 a=4"},
           {"1+12 truncated @13"}},
          {"the same in lines",
           "[{\"a\":1,\"b\":2,\n{\"a\":3},\n{\"a\":4}]",
           {"15 a=3", "24 a=4"},
           {"1+12 truncated @13"}},
          {"a brace in place of a comma",
           "{\"a\":1{\"b\":\"x\"}\n{\"a\":3}",
           {"16 a=3"},
           {"0+15 malformed @6"}},
          {"cut off by the end", "{\"a\":1}\n{\"b\":\"x", {"0 a=1"}, {"8+7 truncated @15"}},
          {"white space at the end is no part of it", "{\"a\":1,  \n\n", {}, {"0+7 truncated @7"}},
          {"the next line lives", "{\"a\":oops}\n{\"a\":2}\n", {"11 a=2"}, {"0+10 malformed @5"}},
          {"doubled comma", "{\"a\":1,,\"b\":\"x\"}{\"a\":2}", {"16 a=2"}, {"0+16 malformed @7"}},
          {"missing brace between records",
           "{\"a\":1\"b\":2}\n{\"a\":2}",
           {"13 a=2"},
           {"0+12 malformed @6"}},
          {"one brace too many",
           "{\"a\":1}}\n{\"a\":2}}{\"a\":3}",
           {"17 a=3"},
           {"0+8 malformed @7", "9+8 malformed @16"}},
          {"garbage lines",
           "oops\n{\"a\":1}\n123abc\n<x>{\"a\":2}",
           {"5 a=1", "23 a=2"},
           {"0+4 malformed @0", "13+10 malformed @13"}},
          {"garbage in an array",
           "[oops,{\"a\":1},1x]",
           {"6 a=1"},
           {"1+4 malformed @1", "14+2 malformed @14"}},
          {"an array that is not closed", "[{\"a\":1},\n", {"1 a=1"}, {"10+0 truncated @10"}},
          {"a record and an array cut off",
           "[{\"a\":1",
           {},
           {"1+6 truncated @7", "7+0 truncated @7"}},
          {"an unclosed quote loses its line",
           "{\"b\":\"x}\n{\"a\":2}\n{\"a\":3}\n",
           {"9 a=2", "17 a=3"},
           {"0+8 malformed @8"}},
          {"on one line its neighbour, too",
           "{\"b\":\"x}{\"a\":2}{\"a\":3}",
           {"15 a=3"},
           {"0+15 malformed @10"}},
          {"nested objects never become rows",
           "{\"z\":{\"a\":1},\"a\":2,}\n{\"a\":{\"a\":1}}",
           {},
           {"0+20 malformed @19", "21+13 type_mismatch @26"}},
          {"an array of objects in a broken record",
           "{\"z\":[{\"a\":1},{\"a\":2}],,\"a\":1}\n{\"a\":3}",
           {"31 a=3"},
           {"0+30 malformed @23"}},
          {"wrong kind of bracket", "{\"z\":[1,2}\n{\"a\":2}", {"11 a=2"}, {"0+10 malformed @9"}},
          {"a comma between plain records",
           "{\"a\":1},{\"a\":2}",
           {"0 a=1", "8 a=2"},
           {"15+0 truncated @15"}},
          {"a bad escape", "{\"b\":\"\\x\"}\n{\"a\":1}", {"11 a=1"}, {"0+10 malformed @7"}},
          {"leading zeros and bare points",
           "{\"a\":01}\n{\"c\":1.}\n{\"c\":.5}\n{\"c\":+1}\n{\"a\":-}",
           {},
           {"0+8 malformed @6", "9+8 malformed @16", "18+8 malformed @23", "27+8 malformed @32",
            "36+7 malformed @42"}},
          {"a zero byte",
           std::string_view("{\"a\":1\0}\n{\"a\":2}", 16),
           {"9 a=2"},
           {"0+8 malformed @6"}},
          {"brackets in an unclosed string of garbage",
           "\"[{\n{\"a\":1}",
           {"4 a=1"},
           {"0+3 malformed @0"}},
      },
      TestContract());
}

// What is nested in a damaged record never becomes a row, whatever the damage did to its brackets.
TEST(LandingScanTest, NothingFromInside) {
  CheckCases(
      {
          {"a colon that is lost",
           R"({"a":1,"z"-{"b":"nested"}}
{"a":2})",
           {"27 a=2"},
           {"0+26 malformed @10"}},
          {"a bracket too many",
           R"({"a":1,"c":],"z":{"b":"nested"}}
{"a":2})",
           {"33 a=2"},
           {"0+32 malformed @11"}},
          {"a record that closes early",
           R"({"a":1},"z":{"b":"nested"}}{"a":2})",
           {"27 a=2"},
           {"0+27 malformed @7"}},
          {"a record that closes early, in an array",
           R"([{"a":1},"z":[{"b":"nested"},{"b":"nested"}],"e":5},{"a":2}])",
           {"52 a=2"},
           {"1+50 malformed @8"}},
          {"the first byte is lost",
           R"("a":1,"z":{"b":"nested"}}
{"a":2})",
           {"26 a=2"},
           {"0+25 malformed @0"}},
          {"a nested array without its bracket",
           R"([{"z":{"b":"nested"},{"b":"nested"}],"a":1},{"a":2},{"a":3}])",
           {"44 a=2", "52 a=3"},
           {"1+42 malformed @21"}},
          {"a nested array without its comma",
           R"({"z":[{"b":"nested"}{"b":"nested"}]}{"a":2})",
           {"36 a=2"},
           {"0+36 malformed @20"}},
          {"nested objects in lines of their own",
           "{\n\"z\":[\n{\"b\":\"nested\"}}\n{\"b\":\"nested\"},\n{\"b\":\"nested\"}\n]\n}\n{\"a\":"
           "2}",
           {"59 a=2"},
           {"0+58 malformed @22"}},
          {"a file that begins within a record",
           R"({"b":"nested"},{"b":"nested"}],"a":1}{"a":2})",
           {"37 a=2"},
           {"0+37 malformed @14"}},
      },
      TestContract());
}

// One damaged byte of a top-level array costs no more than its record and a neighbour.
TEST(LandingScanTest, ArraysGoOnAfterDamage) {
  CheckCases(
      {
          {"a lost quote",
           R"([{"a":1},{"b":"x,"a":2},{"a":3},{"a":4}])",
           {"1 a=1", "24 a=3", "32 a=4"},
           {"9+14 malformed @18"}},
          {"an open bracket",
           R"([{"a":1},{"a":[,{"a":3},{"a":4}])",
           {"1 a=1", "16 a=3", "24 a=4"},
           {"9+6 truncated @15"}},
          {"a lost first bracket", R"({"a":1},{"a":2}])", {"0 a=1", "8 a=2"}, {}},
          {"a doubled first bracket",
           R"([[{"a":1},{"a":2}])",
           {"2 a=1", "10 a=2"},
           {"1+1 malformed @1"}},
          {"a byte before the first bracket",
           R"(0[{"a":1},{"a":2}])",
           {"2 a=1", "10 a=2"},
           {"0+1 not_an_object @0"}},
          {"a bracket between records",
           R"([{"a":1},[{"a":2},{"a":3}])",
           {"1 a=1", "10 a=2", "18 a=3"},
           {"9+1 malformed @9"}},
          {"a closing bracket between records",
           R"([{"a":1}],{"a":2},{"a":3}])",
           {"10 a=2", "18 a=3"},
           {"1+8 malformed @8"}},
          {"a closing bracket in place of a comma",
           R"([{"a":1}]{"a":2},{"a":3}])",
           {"1 a=1", "9 a=2", "17 a=3"},
           {}},
          {"more damage later",
           R"([{"b":"x,"a":2},{"a":3},{"b":"x,"a":2},{"a":4}])",
           {"16 a=3", "39 a=4"},
           {"1+14 malformed @10", "24+14 malformed @33"}},
          {"an array of arrays is none of objects",
           R"([[{"a":1},{"a":2}],[{"a":3}]])",
           {},
           {"1+17 not_an_object @1", "19+9 not_an_object @19"}},
      },
      TestContract());
}

TEST(LandingScanTest, Limits) {
  TranscriptOptions limits;
  limits.record_bytes_max = 12;
  CheckCases(
      {
          {"as long as allowed", "{\"a\":123456}{\"a\":1}", {"0 a=123456", "12 a=1"}, {}},
          {"one byte more", "{\"a\":1234567}{\"a\":1}", {"13 a=1"}, {"0+13 too_large @12"}},
          {"much more",
           "{\"b\":\"01234567890123456789\"}\n{\"a\":1}",
           {"29 a=1"},
           {"0+28 too_large @12"}},
          {"it holds objects",
           "{\"z\":[{\"a\":1},{\"a\":2}]}{\"a\":1}",
           {"23 a=1"},
           {"0+23 too_large @12"}},
          {"cut off at its limit", "{\"a\":1234567", {}, {"0+12 truncated @12"}},
          {"a long array that is no record",
           "1\n[1,2,3,4,5,6,7]\n{\"a\":1}",
           {"18 a=1"},
           {"0+1 not_an_object @0", "2+15 too_large @14"}},
      },
      TestContract(), limits);
}

TEST(LandingScanTest, Depth) {
  const auto nested = [](int depth) {
    return "{\"z\":" + std::string(static_cast<size_t>(depth - 1), '[') +
           std::string(static_cast<size_t>(depth - 1), ']') + "}";
  };
  const std::string input = nested(128) + "\n" + nested(129) + "\n{\"a\":1}";
  const MemoryFile file(input);
  for (const uint64_t block_bytes : {uint64_t{1} << 20U, uint64_t{7}}) {
    TranscriptOptions options;
    options.block_bytes = block_bytes;
    const Transcript transcript = Transcribe(TestContract(), file.Listed(), options);
    EXPECT_EQ(transcript.rows.size(), 2U);
    EXPECT_EQ(transcript.rows.back(), "524 a=1");
    // The bracket that is one too many, after "{"z":" and 127 others.
    EXPECT_EQ(WithoutRaw(transcript.rejections), std::vector<std::string>{"261+262 too_deep @393"});
  }
}

TEST(LandingScanTest, KeepsTheFirstRawBytes) {
  const MemoryFile file("{\"a\":oops, and much more of it\n{\"a\":1}");
  TranscriptOptions options;
  options.raw_bytes_max = 10;
  for (const uint64_t block_bytes : {1U, 7U, 1U << 20}) {
    options.block_bytes = block_bytes;
    const Transcript transcript = Transcribe(TestContract(), file.Listed(), options);
    EXPECT_EQ(transcript.rejections, std::vector<std::string>{"0+30 malformed @5 {\"a\":oops,"});
  }
}

std::vector<RowBlock> ReadAll(LandingScan& scan) {
  std::vector<RowBlock> blocks;
  LandingReader reader(scan);
  while (const RowBlock* const block = reader.NextBlock()) blocks.push_back(*block);
  return blocks;
}

TEST(LandingScanTest, ABadFileSaysSoAndTheOthersAreRead) {
  const MemoryFile good("{\"a\":1}\n{\"a\":2}\n");
  const MemoryFile grew("{\"a\":1}\n{\"a\":2}\n");
  LandingFile shorter = grew.Listed();
  shorter.size_bytes += 5;
  LandingFile longer = grew.Listed();
  longer.size_bytes = 8;
  const LandingFile missing = {"missing", "/nowhere/at/all", 10, 0, Compression::kNone};
  LandingFile not_gzip = good.Listed(Compression::kGzip);
  for (const uint64_t block_bytes : {1U, 8U, 1U << 20}) {
    ScanOptions options;
    options.block_bytes = block_bytes;
    LandingScan scan(TestContract(), {good.Listed(), shorter, missing, longer, not_gzip}, options);
    ReadAll(scan);
    const std::vector<FileReport>& reports = scan.reports();
    EXPECT_EQ(reports[0].problem, "");
    EXPECT_EQ(reports[0].records, 2U);
    EXPECT_EQ(reports[0].decoded_bytes, 16U);
    EXPECT_EQ(reports[1].problem,
              "became shorter while it was read: run again when its writer is done");
    EXPECT_EQ(reports[2].problem, "cannot open /nowhere/at/all: No such file or directory");
    // Bytes that were added after the listing are left to the next run.
    EXPECT_EQ(reports[3].problem, "");
    EXPECT_EQ(reports[3].records, 1U);
    EXPECT_EQ(reports[4].problem, "is not a gzip file: deliver it again");
    EXPECT_EQ(reports[4].content_hash, "");
  }
}

TEST(LandingScanTest, CancelEndsEveryReader) {
  const MemoryFile file("{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n");
  ScanOptions options;
  options.block_bytes = 8;
  LandingScan scan(TestContract(), {file.Listed()}, options);
  LandingReader first(scan);
  LandingReader second(scan);
  ASSERT_NE(first.NextBlock(), nullptr);
  scan.Cancel();
  EXPECT_EQ(first.NextBlock(), nullptr);
  EXPECT_EQ(second.NextBlock(), nullptr);
  EXPECT_EQ(scan.reports()[0].problem, "was not read to its end");
}

// The threads of the engine create readers at any time; here each reader keeps its block until the
// end.
TEST(LandingScanTest, ReadersMayLeaveAtAnyTime) {
  std::string text;
  for (int i = 0; i < 200; ++i) text += fmt::format("{{\"a\":{}}}\n", i);
  const MemoryFile file(text);
  ScanOptions options;
  options.block_bytes = 64;
  LandingScan scan(TestContract(), {file.Listed(), file.Listed()}, options);
  std::vector<std::unique_ptr<LandingReader>> holding;
  size_t rows = 0;
  while (true) {
    holding.push_back(std::make_unique<LandingReader>(scan));
    const RowBlock* const block = holding.back()->NextBlock();
    if (block == nullptr) break;
    rows += block->rows;
  }
  EXPECT_EQ(rows, 400U);
  EXPECT_EQ(scan.records(), 400U);
  EXPECT_EQ(scan.bytes_read(), 2 * text.size());
  EXPECT_EQ(scan.reports()[1].problem, "");
}

// Returns random text in any layout, made of pieces of valid and of damaged JSON.
std::string MakeRandomInput(std::mt19937& random) {
  std::string input;
  if (random() % 4 == 0) input += "[";
  const size_t pieces = random() % 24;
  for (size_t i = 0; i < pieces; ++i) {
    // Half of the choices are among valid records only, so that the fast path has something to
    // learn.
    const size_t choices = random() % 2 == 0 ? 4 : kLandingPieces.size();
    input += kLandingPieces[random() % choices];
    if (random() % 3 == 0) input += input.starts_with("[") ? "," : "\n";
  }
  return input;
}

TEST(LandingScanTest, TheWayOfReadingChangesNothing) {
  std::mt19937 random(20231);
  for (int round = 0; round < 500; ++round) {
    const std::string input = MakeRandomInput(random);
    const MemoryFile file(input);
    TranscriptOptions options;
    options.fast_path = false;
    if (round % 5 == 0) options.record_bytes_max = 1 + random() % 40;
    if (round % 7 == 0) options.raw_bytes_max = random() % 8;
    const Transcript expected = Transcribe(TestContract(), file.Listed(), options);
    ExpectAccounted(expected.report, input.size(), input);
    const std::vector<ParserVariant> variants = ParserVariants();
    for (size_t run = 0; run < 2 * variants.size(); ++run) {
      const ParserVariant& variant = variants[run % variants.size()];
      options.fast_path = variant.fast_path;
      options.simd = variant.simd;
      options.block_bytes = 1 + random() % 64;
      options.threads = 1 + static_cast<int>(random() % 4);
      const Transcript other = Transcribe(TestContract(), file.Listed(), options);
      ASSERT_EQ(other.ToText(), expected.ToText())
          << "round " << round << ", block " << options.block_bytes << ", " << variant.name
          << ", threads " << options.threads << ", record max " << options.record_bytes_max << "\n"
          << input;
      ASSERT_EQ(other.report.content_hash, expected.report.content_hash);
    }
  }
}

}  // namespace
}  // namespace stedi
