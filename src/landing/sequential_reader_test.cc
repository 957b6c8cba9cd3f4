#include "landing/sequential_reader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string>

#include "files/file_format.h"

namespace stedi {
namespace {

class TextSource : public ByteSource {
 public:
  explicit TextSource(std::string_view text) : text_(text) {}
  size_t Read(std::span<char> out) override {
    const size_t count = std::min(out.size(), text_.size() - at_);
    std::memcpy(out.data(), text_.data() + at_, count);
    at_ += count;
    largest_ = std::max(largest_, out.size());
    return count;
  }
  size_t largest() const { return largest_; }

 private:
  std::string_view text_;
  size_t at_ = 0;
  size_t largest_ = 0;
};

// Tests what landing_scan_test.cc cannot see: where reading stops, and how many bytes are in
// memory.
class SequentialReaderTest : public testing::Test {
 protected:
  Contract contract_ = {{{"a", ColumnType::kBigint, false}}};
  ContractIndex index_{contract_};
  ScanOptions options_;
  std::atomic<bool> is_cancelled_{false};
  SequentialReader reader_{contract_, index_, options_, is_cancelled_};
  BlockContent content_{contract_};
  ByteWindow window_;
};

TEST_F(SequentialReaderTest, StopsBeforeTheFirstRecordBeyondTheLimit) {
  struct Case {
    std::string text;
    uint64_t limit;
    TopLevel expected;
  };
  const Case cases[] = {
      {"{\"a\":1}\n\n{\"a\":2}", 1, {9, FileLayout::kPlain, false}},
      {"{\"a\":1}\n\n{\"a\":2}", 9, {9, FileLayout::kPlain, false}},
      {"{\"a\":1}\n\n{\"a\":2}", 10, {16, FileLayout::kPlain, false}},
      {" [{\"a\":1} ,\n,{\"a\":2}]", 3, {13, FileLayout::kArray, true}},
      {"[{\"a\":1}]", 8, {8, FileLayout::kArray, true}},
      {"[{\"a\":1}]", 9, {9, FileLayout::kArray, false}},
      {"  \n", 1, {3, FileLayout::kUnknown, false}},
      {"oops\n{\"a\":1}", 2, {5, FileLayout::kPlain, false}},
  };
  for (const Case& c : cases) {
    TextSource source(c.text);
    window_.Open(source, 0, 4, 2);
    TopLevel at;
    content_.Clear();
    const SequentialReader::Stop stop = reader_.Read(window_, at, {c.limit}, content_);
    EXPECT_EQ(stop == SequentialReader::Stop::kEndOfFile, at.offset == c.text.size()) << c.text;
    EXPECT_EQ(at, c.expected) << c.text;
    EXPECT_EQ(content_.counts.Sum(), at.offset) << c.text;
  }
}

TEST_F(SequentialReaderTest, GivesUpWhereItIsTold) {
  const std::string text = "{\"a\":1}{\"z\":\"" + std::string(1000, 'x');
  TextSource source(text);
  window_.Open(source, 0, 16, 16);
  TopLevel at;
  EXPECT_EQ(reader_.Read(window_, at, {10, 100}, content_), SequentialReader::Stop::kGaveUp);
  EXPECT_LT(window_.end_offset(), 200U);
}

TEST_F(SequentialReaderTest, StopsWhenCancelled) {
  TextSource source("{\"a\":1}\n{\"a\":2}\n");
  window_.Open(source, 0, 4, 4);
  is_cancelled_ = true;
  TopLevel at;
  EXPECT_EQ(reader_.Read(window_, at, {100}, content_), SequentialReader::Stop::kGaveUp);
}

// Damage and white space of any length are read in small pieces.
TEST_F(SequentialReaderTest, HoldsLittleOfLongDamage) {
  const std::string filler(200'000, 'x');
  for (const std::string& text : {"{\"a\":oops" + filler + "}\n", "oops" + filler + "\n",
                                  std::string(200'000, ' ') + "\n", "1" + filler}) {
    TextSource source(text);
    window_.Open(source, 0, 64, 64);
    TopLevel at;
    content_.Clear();
    EXPECT_EQ(reader_.Read(window_, at, {1'000'000}, content_), SequentialReader::Stop::kEndOfFile);
    EXPECT_EQ(content_.counts.Sum(), text.size());
    EXPECT_LE(source.largest(), kFormatBytes);
  }
}

}  // namespace
}  // namespace stedi
