#include "landing/rejected_values.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace stedi {
namespace {

const Contract& TestContract() {
  static const Contract contract = {{{"name", ColumnType::kString, false},
                                     {"email", ColumnType::kString, false},
                                     {"at", ColumnType::kBigint, false},
                                     {"share", ColumnType::kDouble, false}},
                                    /*keep_unfit=*/false,
                                    {1, 2, 3}};
  return contract;
}

// Returns the rows of `bytes`, which are searched `step` bytes at a time.
std::vector<std::string> Find(std::string_view bytes, size_t step, bool may_be_several,
                              const Contract& contract = TestContract(), bool in_array = false) {
  const ContractIndex index(contract);
  RejectedValues found(contract, index);
  found.Begin(in_array);
  for (size_t at = 0; at < bytes.size(); at += step) {
    found.Search(bytes.substr(at, step), at + step >= bytes.size());
  }
  std::vector<std::string> rows;
  for (const RejectedRow& row : found.Rows(may_be_several)) {
    std::vector<std::string> values;
    for (const std::optional<std::string>& value : DecodeRejectedRow(EncodeRejectedRow(row))) {
      values.push_back(value.value_or("NULL"));
    }
    rows.push_back(fmt::format("{}", fmt::join(values, " ")));
  }
  return rows;
}

struct Case {
  std::string name;
  std::string bytes;
  std::vector<std::string> rows;
};

void CheckCases(const std::vector<Case>& cases, bool may_be_several) {
  for (const Case& c : cases) {
    for (const size_t step : {size_t{1} << 20, size_t{1}, size_t{2}, size_t{7}}) {
      EXPECT_EQ(Find(c.bytes, step, may_be_several), c.rows) << c.name << ", step " << step;
    }
  }
}

const std::vector<std::string> nobody = {"NULL NULL NULL"};

TEST(RejectedValuesTest, FindsWhatIsWhole) {
  CheckCases(
      {{"nothing", "", nobody},
       {"garbage", "#!garbage;", nobody},
       {"a whole record", R"({"email":"a@b","at":5,"share":0.5})", {"a@b 5 0.5"}},
       {"white space", "{ \"email\" :\n\t\"a@b\" , \"at\" : 5\r\n }", {"a@b 5 NULL"}},
       {"keys of another case", R"({"EMail":"a@b","AT":5})", {"a@b 5 NULL"}},
       {"an escaped key", R"({"\u0065m\u0041il":"a@b","at":5})", {"a@b 5 NULL"}},
       {"an escaped value", R"({"email":"a\u0040b\/\"","at":5})", {"a@b/\" 5 NULL"}},
       {"other notations", R"({"email":12,"at":"5.0","share":"1e3"})", {"12 5 1000"}},
       {"cut off after a comma", R"({"email":"a@b","at":5,"na)", {"a@b 5 NULL"}},
       {"cut off after a value", R"({"email":"a@b","share":1,"at":5)", {"a@b NULL 1"}},
       {"cut off after a string", R"({"at":5,"email":"a@b")", {"a@b 5 NULL"}},
       {"cut off in the e-mail", R"({"at":5,"email":"a@)", {"NULL 5 NULL"}},
       {"cut off in an escape", R"({"at":5,"email":"a@\)", {"NULL 5 NULL"}},
       {"cut off in a key", R"({"at":5,"email)", {"NULL 5 NULL"}},
       {"cut off in a key's escape", R"({"at":5,"ema\u00)", {"NULL 5 NULL"}},
       {"cut off before a value", R"({"at":5,"email": )", {"NULL 5 NULL"}},
       {"no quote at the end", R"({"email":"a@b,"name":"x","at":5})", {"a@b 5 NULL"}},
       {"a raw newline in the e-mail", "{\"email\":\"a@\nb\",\"at\":5}", {"NULL 5 NULL"}},
       {"a raw newline in a name", "{\"name\":\"x\ny\",\"email\":\"a@b\"}", {"a@b NULL NULL"}},
       {"a lost comma", R"({"email":"a@b""at":5,"name":1})", {"a@b 5 NULL"}},
       {"a spoilt comma", R"({"email":"a@b" ; "at":5,"name":1})", {"a@b 5 NULL"}},
       {"a spoilt colon", R"({"email";"a@b","at":5})", {"a@b 5 NULL"}},
       {"a lost quote before a key", R"({"name":"x,"email":"a@b","at":5})", {"a@b 5 NULL"}},
       {"a spoilt brace", R"({"email":"a@b","at":5])", {"a@b NULL NULL"}},
       {"spoilt digits", R"({"email":"a@b","at":5x5,"share":1})", {"a@b NULL 1"}},
       {"invalid UTF-8 in the e-mail", "{\"email\":\"a\xFF\",\"at\":5}", {"NULL 5 NULL"}},
       {"invalid UTF-8 in a name", "{\"name\":\"\xFF\",\"email\":\"a@b\"}", {"a@b NULL NULL"}},
       {"half a pair", R"({"email":"a\ud800","at":5})", {"NULL 5 NULL"}},
       {"an invalid escape", R"({"email":"a\x","at":5})", {"NULL 5 NULL"}},
       {"values that do not fit", R"({"email":{"x":1},"at":5.5,"share":true})", nobody},
       {"null", R"({"email":null,"at":null})", nobody},
       {"a number in an array", R"([{"email":"a@b","at":16,{"name":1}])", {"a@b NULL NULL"}},
       {"text that looks like a key", R"({"name":"\"email\":\"x\"","at":5})", {"NULL 5 NULL"}}},
      /*may_be_several=*/true);
}

// A value certainly belongs to the record only if the record has no other bracket.
TEST(RejectedValuesTest, ValuesOfNestedObjectsAreNotTheRecords) {
  const std::vector<std::string> undated = {"a@b NULL NULL"};
  for (const bool may_be_several : {false, true}) {
    CheckCases(
        {{"an object", R"({"email":"a@b","x":{"at":5},"name":"n)", undated},
         {"an array", R"({"email":"a@b","x":[{"at":5}]})", undated},
         {"an object behind the value", R"({"email":"a@b","at":5,"x":{"y":1}})", undated},
         {"an e-mail in an object", R"({"x":{"email":"a@b","share":1},"at":5})", undated},
         {"cut off in an object", R"({"email":"a@b","x":{"at":5)", undated},
         {"a lost bracket", R"({"email":"a@b","x":"at":5},"y":1})", undated},
         {"a lost bracket, cut off", R"({"email":"a@b","x":"at":5,"y)", undated},
         {"a lost bracket and space, cut off", R"({"email":"a@b","x" : "at" : 5,"y)", undated},
         {"a spoilt bracket, cut off", R"({"email":"a@b","x":;"at":5,"y)", undated},
         {"a comma for a bracket, cut off", R"({"email":"a@b","x":,"at":5,"y)", undated},
         {"the end of an object", R"("at":5},"email":"a@b"})", undated},
         {"the end of a record", R"("at":5,"email":"a@b"})", undated},
         {"a lost end of an object", R"({"email":"a@b","x":{"y":1,"at":5})", undated},
         {"two records", R"({"at":5,"na{"email":"a@b","share":1})", undated},
         {"bytes behind the record", R"({"email":"a@b","at":5} x)", undated},
         {"a bracket in a name", R"({"name":"[","email":"a@b","at":5})", undated},
         {"what follows in an array", "{\"email\":\"a@b\",\"at\":5}\n, ]\n", {"a@b 5 NULL"}},
         {"white space before", " \n{\"email\":\"a@b\",\"at\":5}", {"a@b 5 NULL"}}},
        may_be_several);
  }
}

// A word that looks like an e-mail address is found whatever precedes it, unless it may be cut off.
TEST(RejectedValuesTest, EachWordThatLooksLikeAnEmail) {
  Contract contract = TestContract();
  const std::vector<Case> cases = {
      {"a value", R"({"email":"a@b","at":5})", {"a@b 5 NULL"}},
      {"no key", R"("a@b")", {"a@b NULL NULL"}},
      {"no colon", R"({"email" "a@b","at":5})", {"a@b 5 NULL"}},
      {"another colon", R"({"email"="a@b","at":5})", {"a@b 5 NULL"}},
      {"a comment", R"({"email":/*c*/"a@b","at":5})", {"a@b NULL NULL"}},
      {"no quote before the key", R"({email":"a@b","at":5})", {"a@b 5 NULL"}},
      {"no quote behind", R"({"email":"a@b,"at":5})", {"a@b 5 NULL"}},
      {"no quote before", R"({"email":a@b","at":5})", {"a@b NULL NULL"}},
      {"no quotes", R"({email:a@b,at:5})", {"a@b NULL NULL"}},
      {"other quotes", R"({'email':'a@b','at':5})", {"a@b NULL NULL"}},
      {"a raw tab", "{\"email\":\"a@b\t\",\"at\":5}", {"a@b 5 NULL"}},
      {"a raw newline", "{\"email\":\"\r\na@b \n\",\"at\":5}", {"a@b 5 NULL"}},
      {"an array", R"({"email":["a@b", "c@d"],"at":5})", {"a@b NULL NULL", "c@d NULL NULL"}},
      {"an object", R"({"email":{"x":"a@b"},"at":5})", {"a@b NULL NULL"}},
      {"text in text", R"({"x":"{\"email\":\"a@b\"}"})", nobody},
      {"values of the key first",
       R"({"x":"a@b","email":"c d@e"})",
       {"c d@e NULL NULL", "a@b NULL NULL", "d@e NULL NULL"}},
      {"twice", R"({"x":"a@b","y":"a@b"})", {"a@b NULL NULL"}},
      {"beyond ASCII", "{\"x\":\"\xC3\xA4@b\"}", {"\xC3\xA4@b NULL NULL"}},
      {"invalid UTF-8", "{\"x\":\"\xC3@b\"}", nobody},
      {"cut off", R"({"at":5,"email":"a@b)", {"NULL 5 NULL"}},
      {"cut off before the next line", "{\"at\":5,\"email\":\"a@b\n", {"NULL 5 NULL"}},
      {"cut off before another record", "{\"email\":\"a@b\n{\"email\":\"c@d\"}", {"c@d NULL NULL"}},
      {"no word", R"({"email":@,"x":"a@","y":"@b","z":"a@b@c","u":"@"})", nobody},
      {"a long word", fmt::format("\"{}@b\"", std::string(kRejectedWordBytesMax - 1, 'a')), nobody},
  };
  for (const Case& c : cases) {
    for (const size_t step : {size_t{1} << 20, size_t{1}, size_t{2}, size_t{7}}) {
      EXPECT_EQ(Find(c.bytes, step, true, contract), c.rows) << c.name << ", step " << step;
    }
  }
  contract.rejected_columns = {2, 1};
  EXPECT_EQ(Find(R"({"x":"a@b"})", 100, true, contract), std::vector<std::string>{"NULL NULL"});
}

TEST(RejectedValuesTest, EachPersonIsARow) {
  const std::string twice = R"({"email":"a","at":5,"email":"b","email":"a"})";
  const std::string glued = R"({"email":"a","name":"x{"email":"b","name":"y","at":5})";
  const std::string cut = R"({"name":"x{"email":"b","name":"y","at":5})";
  CheckCases({{"one record", twice, {"a 5 NULL", "b 5 NULL"}},
              {"a date twice", R"({"email":"a","at":5,"AT":5})", {"a NULL NULL"}},
              {"a date once, though once more unreadable",
               R"({"at":5,"email":"a","at":"x"})",
               {"a NULL NULL"}},
              {"another key twice", R"({"name":"","email":"a","at":5,"name":""})", {"a 5 NULL"}}},
             /*may_be_several=*/false);
  CheckCases({{"maybe several", twice, {"a NULL NULL", "b NULL NULL"}},
              {"two neighbours with one date", glued, {"a NULL NULL", "b NULL NULL"}},
              {"a neighbour without e-mail", cut, {"b NULL NULL"}}},
             /*may_be_several=*/true);
}

// In an array, the comma may be the one after a record that was cut off in its digits.
TEST(RejectedValuesTest, DigitsBeforeTheLastComma) {
  const std::string_view bytes = R"({"email":"a@b","at":16, )";
  EXPECT_EQ(Find(bytes, 100, true), std::vector<std::string>{"a@b 16 NULL"});
  EXPECT_EQ(Find(bytes, 100, true, TestContract(), /*in_array=*/true),
            std::vector<std::string>{"a@b NULL NULL"});
}

TEST(RejectedValuesTest, AnEmptyStringCanBeNull) {
  Contract contract = TestContract();
  EXPECT_EQ(Find(R"({"email":"","at":5})", 100, true, contract),
            std::vector<std::string>{" 5 NULL"});
  contract.columns[1].empty_is_null = true;
  EXPECT_EQ(Find(R"({"email":"","at":5})", 100, true, contract),
            std::vector<std::string>{"NULL 5 NULL"});
}

// The result does not depend on how the bytes are split, nor on the length of a value up to the
// limit.
TEST(RejectedValuesTest, LongValues) {
  const std::string fits(kRejectedValueBytesMax, 'x');
  for (const size_t step : {size_t{1} << 20, size_t{1000}}) {
    EXPECT_EQ(Find(fmt::format("{{\"email\":\"{}\",\"at\":5}}", fits), step, true),
              std::vector<std::string>{fits + " 5 NULL"});
    EXPECT_EQ(Find(fmt::format("{{\"email\":\"{0}{0}\",\"at\":5}}", fits), step, true),
              std::vector<std::string>{"NULL 5 NULL"});
  }
}

}  // namespace
}  // namespace stedi
