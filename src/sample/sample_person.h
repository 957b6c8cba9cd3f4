// Made-up customers and the moments at which their devices took readings, all computed from the
// seed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace stedi {

struct SamplePerson {
  std::string name;
  std::string email;  // at example.com, unique in the sample
  std::string phone;
  std::string birthday;
  std::string serial_number;  // unique in the sample
  int64_t registration_ms = 0;
  int64_t last_update_ms = 0;
  std::optional<int64_t> research_ms, public_ms, friends_ms;  // when consent was given
};

SamplePerson MakePerson(uint64_t seed, uint64_t index);

// Tells who takes readings and when. A moment belongs to one person; it has kReadingsPerMoment
// readings of the accelerometer and one of the step trainer, all with the time of the moment. One
// person in ten takes no readings.
class SampleSchedule {
 public:
  static constexpr uint64_t kReadingsPerMoment = 3;

  // REQUIRES: `customers` > 0.
  SampleSchedule(uint64_t seed, uint64_t customers, uint64_t readings);

  uint64_t moments() const { return moments_; }
  uint64_t PersonOf(uint64_t moment) const {
    const uint64_t reader = moment / moments_a_person_;
    return reader + reader / 9;
  }
  // Returns the time of a moment in milliseconds since 1970. REQUIRES: `registration_ms` is that of
  // PersonOf(moment). The moments of one person have distinct times; the first fifth of them lies
  // before the registration.
  int64_t TimeOf(uint64_t moment, int64_t registration_ms) const;

 private:
  uint64_t seed_;
  uint64_t moments_;
  uint64_t moments_a_person_;
};

}  // namespace stedi
