#include "iceberg/avro_file.h"

#include <gtest/gtest.h>

#include <map>

#include "base/error.h"

namespace stedi {
namespace {

constexpr std::string_view kSchema = R"({"type":"record","name":"r","fields":[
  {"name":"path","type":"string","field-id":100},
  {"name":"size","type":"long","field-id":104},
  {"name":"bounds","type":["null",{"type":"array","items":{"type":"record","name":"ns.k","fields":[
    {"name":"key","type":"int","field-id":126},{"name":"value","type":"bytes","field-id":127}]}}],
   "field-id":125},
  {"name":"kind","type":{"type":"enum","name":"e","symbols":["a","b"]}},
  {"name":"hash","type":{"type":"fixed","name":"f","size":2}},
  {"name":"share","type":"double"},
  {"name":"more","type":{"type":"map","values":"k"},"field-id":200},
  {"name":"is","type":"boolean"},{"name":"real","type":"float"},{"name":"other","type":"f"}]})";
constexpr std::string_view kSync = "0123456789abcdef";

std::string Long(int64_t number) {
  std::string out;
  for (auto value = static_cast<uint64_t>(number << 1) ^ static_cast<uint64_t>(number >> 63);;) {
    const auto low = static_cast<unsigned char>(value & 0x7fU);
    value >>= 7U;
    out += static_cast<char>(value == 0 ? low : low | 0x80U);
    if (value == 0) return out;
  }
}
std::string Text(std::string_view text) {
  return Long(static_cast<int64_t>(text.size())) + std::string(text);
}

std::string Record(const std::string& path, int64_t size, const std::string& bound,
                   bool with_block_size = false) {
  const std::string item = Long(7) + Text(bound);
  const std::string array =
      (with_block_size ? Long(-1) + Long(static_cast<int64_t>(item.size())) : Long(1)) + item;
  return Text(path) + Long(size) + Long(1) + array + Long(0) + Long(1) + "hh" +
         std::string(8, '\x01') + Long(1) + Text("m") + Long(9) + Text("v") + Long(0) + "\x01" +
         std::string(4, '\x02') + "oo";
}

std::string File(const std::string& block, const std::string& codec = "null",
                 std::string_view schema = kSchema) {
  return std::string("Obj\x01", 4) + Long(2) + Text("avro.schema") + Text(schema) +
         Text("avro.codec") + Text(codec) + Long(0) + std::string(kSync) + Long(2) + Text(block) +
         std::string(kSync);
}

// Replaces all values that have a field id in `change`, and keeps the last value of each field.
class Editor : public AvroRecordEditor {
 public:
  std::map<int32_t, AvroValue> change;
  std::map<int32_t, AvroValue> seen;
  int records = 0;

  void Begin() override { ++records; }
  void Inspect(const AvroField& field) override { seen[field.id] = field.value; }
  void End() override {}
  std::optional<AvroValue> Change(const AvroField& field) override {
    const auto found = change.find(field.id);
    return found == change.end() ? std::nullopt : std::optional(found->second);
  }
};

TEST(AvroFileTest, WhatIsNotChangedStaysByteForByte) {
  const std::string file = File(Record("/a", 5, "b") + Record("/c", -6, ""));
  Editor editor;
  EXPECT_EQ(EditAvroFile(file, editor), file);
  EXPECT_EQ(editor.records, 2);
  EXPECT_EQ(editor.seen[100], AvroValue("/c"));
  EXPECT_EQ(editor.seen[104], AvroValue(-6));
  EXPECT_EQ(editor.seen[126], AvroValue(9));
  EXPECT_EQ(editor.seen[127], AvroValue("v"));
}

TEST(AvroFileTest, ValuesAreChangedByFieldId) {
  const std::string long_path(300, 'x');
  Editor editor;
  editor.change = {{100, long_path}, {104, int64_t{1} << 40}};
  EXPECT_EQ(
      EditAvroFile(File(Record("/a", 5, "b") + Record("/c", 6, "d")), editor),
      File(Record(long_path, int64_t{1} << 40, "b") + Record(long_path, int64_t{1} << 40, "d")));
}

TEST(AvroFileTest, ASizeOfABlockThatWouldBecomeUntrueIsLeftOut) {
  Editor editor;
  editor.change = {{104, int64_t{5}}};
  EXPECT_EQ(EditAvroFile(File(Record("/a", 1, "b", true) + Record("/a", 1, "b", true)), editor),
            File(Record("/a", 5, "b") + Record("/a", 5, "b")));
}

TEST(AvroFileTest, CompressedBlocksReadTheSame) {
  // Raw deflate and zstandard with stored (uncompressed) blocks, as any writer may produce them.
  const std::string block = Record("/a", 5, "b") + Record("/c", 6, "d");
  const auto size = static_cast<unsigned>(block.size());
  std::string stored = "\x01";
  for (const unsigned half : {size, ~size}) {
    stored += static_cast<char>(half & 0xffU);
    stored += static_cast<char>(half >> 8U & 0xffU);
  }
  const unsigned header = size << 3U | 1U;
  std::string frame("\x28\xb5\x2f\xfd\x20", 5);
  frame += static_cast<char>(size);
  for (const unsigned shift : {0U, 8U, 16U}) frame += static_cast<char>(header >> shift & 0xffU);
  const std::pair<const char*, std::string> cases[] = {{"deflate", stored + block},
                                                       {"zstandard", frame + block}};
  for (const auto& [codec, packed] : cases) {
    Editor first;
    first.change = {{100, std::string("/new")}};
    Editor second;
    EditAvroFile(EditAvroFile(File(packed, codec), first), second);
    EXPECT_EQ(second.records, 2) << codec;
    EXPECT_EQ(second.seen[100], AvroValue("/new")) << codec;
    EXPECT_EQ(second.seen[104], AvroValue(6)) << codec;
  }
}

TEST(AvroFileTest, ADamagedFileIsSaidToBeOne) {
  const std::string file = File(Record("/a", 5, "b") + Record("/c", 6, "d"));
  const std::string header = file.substr(0, file.find(kSync) + kSync.size());
  for (size_t size = 0; size < file.size(); ++size) {
    if (size == header.size()) continue;  // a file without records
    Editor editor;
    EXPECT_THROW(EditAvroFile(std::string_view(file).substr(0, size), editor), Error) << size;
  }
  const std::pair<const char*, std::string> cases[] = {
      {"codec", File("", "snappy")},
      {"schema", File("", "null", "{")},
      {"type", File("", "null", R"("nothing")")},
      {"branch", File(Text("/a") + Long(1) + Long(5))},
      {"length", File(Long(-5))},
      {"surplus", File(Record("/a", 5, "b") + Record("/c", 6, "d") + "x")},
      {"deflate", File("no deflate", "deflate")},
      {"zstandard", File("no zstandard", "zstandard")},
  };
  for (const auto& [name, damaged] : cases) {
    Editor editor;
    EXPECT_THROW(EditAvroFile(damaged, editor), Error) << name;
  }
}

}  // namespace
}  // namespace stedi
