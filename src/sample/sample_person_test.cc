#include "sample/sample_person.h"

#include <gtest/gtest.h>

#include <set>

namespace stedi {
namespace {

TEST(SamplePersonTest, IsTheSameForTheSameSeed) {
  const SamplePerson person = MakePerson(7, 42);
  EXPECT_EQ(person.email, MakePerson(7, 42).email);
  EXPECT_NE(person.serial_number, MakePerson(8, 42).serial_number);
  EXPECT_EQ(person.birthday.size(), 10U);
  EXPECT_EQ(person.serial_number.size(), 36U);
  EXPECT_TRUE(person.email.ends_with("42@example.com"));
}

TEST(SamplePersonTest, EmailsAndSerialNumbersAreUniqueAndHalfConsent) {
  constexpr int kPersons = 2000;
  std::set<std::string> emails, serial_numbers;
  int consenting = 0;
  for (uint64_t i = 0; i < kPersons; ++i) {
    const SamplePerson person = MakePerson(1, i);
    emails.insert(person.email);
    serial_numbers.insert(person.serial_number);
    consenting += person.research_ms.has_value() ? 1 : 0;
  }
  EXPECT_EQ(emails.size(), kPersons);
  EXPECT_EQ(serial_numbers.size(), kPersons);
  EXPECT_NEAR(consenting, 0.5 * kPersons, 0.05 * kPersons);
}

TEST(SampleScheduleTest, GivesEachReaderMomentsOfItsOwn) {
  const SampleSchedule schedule(1, 20, 900);  // 300 moments of 18 readers
  EXPECT_EQ(schedule.moments(), 300U);
  std::set<uint64_t> persons;
  std::set<std::pair<uint64_t, int64_t>> moments;
  for (uint64_t moment = 0; moment < schedule.moments(); ++moment) {
    const uint64_t person = schedule.PersonOf(moment);
    persons.insert(person);
    moments.insert({person, schedule.TimeOf(moment, 1'600'000'000'000)});
  }
  EXPECT_EQ(moments.size(), 300U);
  EXPECT_EQ(persons.size(), 18U);
  EXPECT_EQ(persons.count(9), 0U);  // one in ten takes none
  EXPECT_LT(*persons.rbegin(), 20U);
}

}  // namespace
}  // namespace stedi
