#include "sample/defect.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace stedi {
namespace {

constexpr SampleFeed kC = SampleFeed::kCustomer;
constexpr SampleFeed kA = SampleFeed::kAccelerometer;
constexpr SampleFeed kS = SampleFeed::kStepTrainer;

SampleRecord SoundRecord(SampleFeed feed) {
  switch (feed) {
    case kC:
      return {{"customerName", "\"Ada\""},
              {"email", "\"ada@e.com\""},
              {"phone", "\"5550\""},
              {"birthDay", "\"1985-02-03\""},
              {"serialNumber", "\"0123456789-0123456789ab\""},
              {"lastUpdateDate", "1655564376361"}};
    case kA:
      return {{"user", "\"ada@e.com\""}, {"timestamp", "1655564376361"}, {"y", "0.5"}};
    case kS:
      return {{"sensorReadingTime", "1655564376361"},
              {"serialNumber", "\"ab-c\""},
              {"distanceFromObject", "230"}};
  }
  return {};
}

// Returns the texts that a defect makes of the sound record, one per line.
std::string Spoil(const DefectRow& row, SampleFeed feed) {
  DefectCase spoiled;
  spoiled.feed = feed;
  spoiled.bits = 1;
  spoiled.elsewhere = SoundRecord(feed);
  spoiled.records = {SoundRecord(feed)};
  if (row.edit_records != nullptr) row.edit_records(spoiled);
  for (const SampleRecord& record : spoiled.records) {
    spoiled.texts.emplace_back();
    AppendRecord(record, StyleOf(kA, SampleLayout::kNdjson), spoiled.texts.back());
  }
  if (row.edit_texts != nullptr) row.edit_texts(spoiled);
  std::string lines;
  for (const std::string& text : spoiled.texts) lines += text + "\n";
  return lines;
}

const DefectRow& RowNamed(std::string_view name) {
  return *std::ranges::find(DefectRows(), name, &DefectRow::name);
}

struct ReadingCase {
  SampleFeed feed;
  std::string_view defect;
  std::string_view lines;
};

class ReadingDefectTest : public testing::TestWithParam<ReadingCase> {};

TEST_P(ReadingDefectTest, SpoilsTheRecord) {
  EXPECT_EQ(Spoil(RowNamed(GetParam().defect), GetParam().feed), GetParam().lines);
}

INSTANTIATE_TEST_SUITE_P(
    Sample, ReadingDefectTest,
    testing::Values(
        ReadingCase{kA, "key_in_other_case",
                    "{\"user\":\"ada@e.com\",\"timeStamp\":1655564376361,\"y\":0.5}\n"},
        ReadingCase{kA, "number_as_string",
                    "{\"user\":\"ada@e.com\",\"timestamp\":\"1655564376361\",\"y\":0.5}\n"},
        ReadingCase{kA, "whole_double",
                    "{\"user\":\"ada@e.com\",\"timestamp\":1655564376361.0,\"y\":0.5}\n"},
        ReadingCase{kA, "fraction_as_bigint",
                    "{\"user\":\"ada@e.com\",\"timestamp\":1655564376361.5,\"y\":0.5}\n"},
        ReadingCase{kA, "null_value",
                    "{\"user\":\"ada@e.com\",\"timestamp\":1655564376361,\"y\":null}\n"},
        ReadingCase{kA, "missing_value", "{\"user\":\"ada@e.com\",\"timestamp\":1655564376361}\n"},
        ReadingCase{kA, "missing_person", "{\"timestamp\":1655564376361,\"y\":0.5}\n"},
        ReadingCase{kA, "escaped_text",
                    "{\"user\":\"ada\\u0040e.com\",\"timestamp\":1655564376361,\"y\":0.5}\n"},
        ReadingCase{kA, "invalid_utf8",
                    "{\"user\":\"ad\xFF"
                    "a@e.com\",\"timestamp\":1655564376361,\"y\":0.5}\n"},
        ReadingCase{kA, "cut_after_value", "{\"user\":\"ada@e.com\",\"timestamp\":1655564376361\n"},
        ReadingCase{kA, "cut_in_string", "{\"user\":\"ada@e.\n"},
        ReadingCase{kA, "unclosed_quote",
                    "{\"user\":\"ada@e.com,\"timestamp\":1655564376361,\"y\":0.5}\n"},
        ReadingCase{kA, "missing_brace",
                    "{\"user\":\"ada@e.com\",\"timestamp\":1655564376361,\"y\":0.5\n"},
        ReadingCase{kA, "extra_brace",
                    "{\"user\":\"ada@e.com\",\"timestamp\":1655564376361,\"y\":0.5}}\n"},
        ReadingCase{kS, "duplicate_key",
                    "{\"sensorReadingTime\":1655564376361,\"serialNumber\":\"ab-c\","
                    "\"distanceFromObject\":230,\"sensorReadingTime\":1655564376361}\n"},
        ReadingCase{kS, "not_an_object",
                    "\"text\"\n{\"sensorReadingTime\":1655564376361,\"serialNumber\":\"ab-c\","
                    "\"distanceFromObject\":230}\n"},
        ReadingCase{kS, "exact_duplicate",
                    "{\"sensorReadingTime\":1655564376361,\"serialNumber\":\"ab-c\","
                    "\"distanceFromObject\":230}\n"
                    "{\"sensorReadingTime\":1655564376361,\"serialNumber\":\"ab-c\","
                    "\"distanceFromObject\":230}\n"}),
    [](const auto& test) { return std::string(test.param.defect); });

struct PersonCase {
  std::string_view defect;
  size_t records;
  std::vector<std::string_view> texts;  // in this order
};

class PersonDefectTest : public testing::TestWithParam<PersonCase> {};

TEST_P(PersonDefectTest, TellsAnotherStory) {
  const std::string lines = Spoil(RowNamed(GetParam().defect), kC);
  EXPECT_EQ(static_cast<size_t>(std::ranges::count(lines, '\n')), GetParam().records);
  size_t place = 0;
  for (const std::string_view text : GetParam().texts) {
    place = lines.find(text, place);
    ASSERT_NE(place, std::string::npos) << text << " in " << lines;
    place += text.size();
  }
}

INSTANTIATE_TEST_SUITE_P(
    Sample, PersonDefectTest,
    testing::Values(
        PersonCase{"several_birthdays", 2, {"1985-02-03", "1971-07-13", "1655650776361"}},
        PersonCase{"several_serial_numbers", 2, {"-0123456789ab", "-ba9876543210"}},
        PersonCase{"consent_given_late", 2, {"}\n", "1655650776361,\"shareWithResearchAsOfDate\""}},
        PersonCase{"consent_withdrawn", 2, {"shareWithResearchAsOfDate", "1655650776361}\n"}},
        PersonCase{"consent_given_again",
                   3,
                   {"shareWithResearchAsOfDate", "1655650776361}\n", "1655737176361,\"shareWith"}},
        PersonCase{"email_in_other_case", 2, {"\"ada@e.com\"", "\"ADA@E.COM\""}},
        PersonCase{"birthday_of_9", 1, {"\"985-02-03\""}},
        PersonCase{"birthday_of_8", 1, {"\"85-02-03\""}},
        PersonCase{"birthday_garbage", 1, {"\"unknown\""}},
        PersonCase{"birthday_implausible", 1, {"\"2199-01-01\""}},
        PersonCase{"string_as_number", 1, {"\"phone\":5550"}}),
    [](const auto& test) { return std::string(test.param.defect); });

TEST(DefectRowsTest, EachRowChangesTheRecordOfEachOfItsFeeds) {
  for (const SampleFeed feed : {kC, kA, kS}) {
    std::string sound;
    AppendRecord(SoundRecord(feed), StyleOf(kA, SampleLayout::kNdjson), sound);
    for (const size_t row : RecordDefectsOf(feed)) {
      EXPECT_NE(Spoil(DefectRows()[row], feed), sound + "\n") << DefectRows()[row].name;
    }
  }
}

}  // namespace
}  // namespace stedi
