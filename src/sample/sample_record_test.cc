#include "sample/sample_record.h"

#include <gtest/gtest.h>

#include <array>

namespace stedi {
namespace {

struct StyleCase {
  SampleFeed feed;
  SampleLayout layout;
  std::string_view begin;
};

class SampleRecordTest : public testing::TestWithParam<StyleCase> {};

TEST_P(SampleRecordTest, QuickWayWritesWhatTheFieldsSay) {
  SampleOptions options;
  options.layout = GetParam().layout;
  const SampleSchedule schedule(options.seed, options.customers, options.readings);
  ReadingWriter writer(options, schedule, GetParam().feed);
  for (uint64_t index = 0; index < 300; ++index) {
    std::array<char, ReadingWriter::kReadingBytesMax> text;
    const char* end = writer.Write(index, text.data());
    std::string expected;
    AppendRecord(writer.Record(index), StyleOf(GetParam().feed, options.layout), expected);
    ASSERT_EQ(std::string_view(text.data(), static_cast<size_t>(end - text.data())), expected);
    ASSERT_TRUE(expected.starts_with(GetParam().begin)) << expected;
  }
}

INSTANTIATE_TEST_SUITE_P(Sample, SampleRecordTest,
                         testing::Values(StyleCase{SampleFeed::kAccelerometer,
                                                   SampleLayout::kNdjson, "{\"user\":\""},
                                         StyleCase{SampleFeed::kAccelerometer,
                                                   SampleLayout::kPretty, "{\n  \"user\": \""},
                                         StyleCase{SampleFeed::kStepTrainer, SampleLayout::kConcat,
                                                   "{\"sensorReadingTime\":1"},
                                         StyleCase{SampleFeed::kStepTrainer, SampleLayout::kPretty,
                                                   "{\n  \"sensorReadingTime\": 1"}));

TEST(CustomerRecordTest, LeavesOutConsentThatWasNotGiven) {
  SamplePerson person;
  person.name = "Ada Bramble";
  person.email = "ada@example.com";
  person.registration_ms = 1;
  person.last_update_ms = 2;
  person.public_ms = 3;
  std::string text;
  AppendRecord(CustomerRecord(person), StyleOf(SampleFeed::kCustomer, SampleLayout::kNdjson), text);
  EXPECT_EQ(text,
            "{\"customerName\": \"Ada Bramble\", \"email\": \"ada@example.com\", \"phone\": \"\", "
            "\"birthDay\": \"\", \"serialNumber\": \"\", \"registrationDate\": 1, "
            "\"lastUpdateDate\": 2, \"shareWithPublicAsOfDate\": 3}");
}

}  // namespace
}  // namespace stedi
