#include "parquet/thrift_writer.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <limits>

namespace stedi {
namespace {

std::string Hex(std::string_view bytes) {
  std::string hex;
  for (const char byte : bytes) hex += fmt::format("{:02x}", static_cast<uint8_t>(byte));
  return hex;
}

TEST(ThriftWriterTest, VarintsAndZigzag) {
  struct Case {
    uint64_t value;
    const char* bytes;
  };
  const Case varints[] = {
      {0, "00"},          {127, "7f"},
      {128, "8001"},      {300, "ac02"},
      {16'384, "808001"}, {std::numeric_limits<uint64_t>::max(), "ffffffffffffffffff01"},
  };
  for (const Case& row : varints) {
    std::string out;
    AppendVarint(row.value, out);
    EXPECT_EQ(Hex(out), row.bytes) << row.value;
  }
  const std::pair<int64_t, uint64_t> zigzags[] = {
      {0, 0},
      {-1, 1},
      {1, 2},
      {-2, 3},
      {std::numeric_limits<int32_t>::max(), 0xfffffffe},
      {std::numeric_limits<int32_t>::min(), 0xffffffff},
      {std::numeric_limits<int64_t>::max(), 0xfffffffffffffffe},
      {std::numeric_limits<int64_t>::min(), 0xffffffffffffffff},
  };
  for (const auto& [value, expected] : zigzags) EXPECT_EQ(Zigzag(value), expected) << value;
}

// The expected bytes were derived by hand from thrift-compact-protocol.md.
TEST(ThriftWriterTest, Fields) {
  struct Case {
    const char* name;
    void (*write)(ThriftWriter&);
    const char* bytes;
  };
  const Case cases[] = {
      {"nothing", [](ThriftWriter&) {}, "00"},
      {"i32", [](ThriftWriter& thrift) { thrift.I32(1, -1); }, "150100"},
      {"least i32",
       [](ThriftWriter& thrift) { thrift.I32(1, std::numeric_limits<int32_t>::min()); },
       "15ffffffff0f00"},
      {"i64", [](ThriftWriter& thrift) { thrift.I64(2, 150); }, "26ac0200"},
      {"greatest i64",
       [](ThriftWriter& thrift) { thrift.I64(1, std::numeric_limits<int64_t>::max()); },
       "16feffffffffffffffff0100"},
      {"bools",
       [](ThriftWriter& thrift) {
         thrift.Bool(1, true);
         thrift.Bool(2, false);
       },
       "111200"},
      {"binary", [](ThriftWriter& thrift) { thrift.Binary(4, "ab"); }, "4802616200"},
      {"empty binary", [](ThriftWriter& thrift) { thrift.Binary(4, ""); }, "480000"},
      {"the greatest step that goes into a nibble", [](ThriftWriter& thrift) { thrift.I32(15, 0); },
       "f50000"},
      {"a step too great for it, and one from there",
       [](ThriftWriter& thrift) {
         thrift.I32(16, 0);
         thrift.I32(17, 0);
       },
       "052000150000"},
  };
  for (const Case& row : cases) {
    std::string out;
    ThriftWriter thrift(out);
    row.write(thrift);
    thrift.EndStruct();
    EXPECT_EQ(Hex(out), row.bytes) << row.name;
  }
}

TEST(ThriftWriterTest, StructsAndLists) {
  struct Case {
    const char* name;
    void (*write)(ThriftWriter&);
    std::string bytes;
  };
  const Case cases[] = {
      {"ids of a struct begin anew and those around it go on",
       [](ThriftWriter& thrift) {
         thrift.BeginStruct(3);
         thrift.I32(1, 1);
         thrift.BeginStruct(2);
         thrift.EndStruct();
         thrift.EndStruct();
         thrift.I32(4, 2);
       },
       "3c15021c0000150400"},
      {"structs",
       [](ThriftWriter& thrift) {
         thrift.BeginStructs(2, 2);
         thrift.BeginElement();
         thrift.I32(1, 7);
         thrift.EndStruct();
         thrift.BeginElement();
         thrift.EndStruct();
         thrift.Bool(3, true);
       },
       "292c150e00001100"},
      {"no structs", [](ThriftWriter& thrift) { thrift.BeginStructs(2, 0); }, "290c00"},
      {"texts",
       [](ThriftWriter& thrift) {
         thrift.BeginTexts(1, 2);
         thrift.Text("a");
         thrift.Text("");
       },
       "192801610000"},
      {"i32s",
       [](ThriftWriter& thrift) {
         thrift.I32s(2, {3, 0, -1});
       },
       "293506000100"},
      {"the longest list whose size goes into a nibble",
       [](ThriftWriter& thrift) { thrift.I32s(1, std::vector<int32_t>(14, 0)); },
       "19e5" + std::string(28, '0') + "00"},
      {"a longer one", [](ThriftWriter& thrift) { thrift.I32s(1, std::vector<int32_t>(15, 0)); },
       "19f50f" + std::string(30, '0') + "00"},
  };
  for (const Case& row : cases) {
    std::string out;
    ThriftWriter thrift(out);
    row.write(thrift);
    thrift.EndStruct();
    EXPECT_EQ(Hex(out), row.bytes) << row.name;
  }
}

}  // namespace
}  // namespace stedi
