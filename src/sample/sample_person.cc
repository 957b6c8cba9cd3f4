#include "sample/sample_person.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "sample/sample_random.h"

namespace stedi {
namespace {

// Streams of random bits. Each keeps its number, since another number changes the samples of all
// seeds.
enum Stream : uint64_t { kNames = 1, kSerialHigh, kSerialLow, kDates, kConsent, kJitter };

constexpr auto kFirstNames = std::to_array<std::string_view>({
    "Ada",   "Amira", "Anton", "Bela",    "Carla", "Dario",  "Edda",  "Emil",
    "Farid", "Greta", "Hanna", "Ibrahim", "Ines",  "Jonas",  "Kira",  "Lars",
    "Leila", "Mateo", "Mina",  "Nadia",   "Noor",  "Olga",   "Pavel", "Quinn",
    "Rosa",  "Samir", "Selma", "Tariq",   "Uma",   "Viktor", "Wanda", "Yusuf",
});
constexpr auto kLastNames = std::to_array<std::string_view>({
    "Abendroth", "Bramble",  "Castella",  "Dorngard",    "Eastwick", "Fernlund",
    "Grimaud",   "Hollis",   "Iversholm", "Jarrow",      "Kestrel",  "Lindqvar",
    "Marwick",   "Norhaven", "Ostrava",   "Penrith",     "Quarrie",  "Rosendal",
    "Silverby",  "Thornley", "Ulvestad",  "Vantongeren", "Wexler",   "Ysander",
});

constexpr int64_t kFirstRegistrationMs = 1655290000000;
constexpr uint32_t kRegistrationSpanMs = 300'000'000;
constexpr int64_t kMomentMs = 3933;  // between two moments of a person, as in the real data

std::string MakeUuid(uint64_t high, uint64_t low) {
  return fmt::format("{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}", high >> 32, (high >> 16) & 0xFFFF,
                     high & 0xFFF, 0x8000 | ((low >> 48) & 0x3FFF), low & 0xFFFFFFFFFFFF);
}

}  // namespace

SamplePerson MakePerson(uint64_t seed, uint64_t index) {
  const uint64_t names = RandomBits(seed, kNames, index);
  const uint64_t dates = RandomBits(seed, kDates, index);
  const uint64_t consent = RandomBits(seed, kConsent, index);
  const std::string_view first = kFirstNames[names % kFirstNames.size()];
  const std::string_view last = kLastNames[(names >> 16) % kLastNames.size()];

  SamplePerson person;
  person.name = fmt::format("{} {}", first, last);
  person.email = fmt::format("{}.{}{}@example.com", first, last, index);
  person.phone = fmt::format("801555{:04}", (names >> 32) % 10000);
  person.birthday = fmt::format("{}-{:02}-{:02}", 1930 + dates % 75, 1 + (dates >> 8) % 12,
                                1 + (dates >> 16) % 28);
  person.serial_number =
      MakeUuid(RandomBits(seed, kSerialHigh, index), RandomBits(seed, kSerialLow, index));
  person.registration_ms = kFirstRegistrationMs + Below(dates >> 32, kRegistrationSpanMs);
  person.last_update_ms = person.registration_ms;
  if ((consent & 1) != 0) person.research_ms = person.registration_ms;
  if ((consent >> 1) % 5 < 3) person.public_ms = person.registration_ms;
  if ((consent >> 8) % 5 < 3) person.friends_ms = person.registration_ms;
  return person;
}

SampleSchedule::SampleSchedule(uint64_t seed, uint64_t customers, uint64_t readings)
    : seed_(seed), moments_((readings + kReadingsPerMoment - 1) / kReadingsPerMoment) {
  const uint64_t readers = customers - customers / 10;
  moments_a_person_ = std::max<uint64_t>(1, (moments_ + readers - 1) / readers);
}

int64_t SampleSchedule::TimeOf(uint64_t moment, int64_t registration_ms) const {
  const auto before = static_cast<int64_t>(moments_a_person_ / 5);
  const auto number = static_cast<int64_t>(moment % moments_a_person_);
  return registration_ms + (number - before) * kMomentMs +
         Below(RandomBits(seed_, kJitter, moment), static_cast<uint32_t>(kMomentMs));
}

}  // namespace stedi
