#include "sample/sample_record.h"

#include <fmt/format.h>

#include <array>
#include <cstring>

#include "sample/sample_random.h"

namespace stedi {
namespace {

enum Stream : uint64_t { kMotion = 100, kDistance };

constexpr uint32_t kMotionSteps = 201;  // -1.0, -0.99 .. 1.0
constexpr uint32_t kDistanceMin = 200;
constexpr uint32_t kDistanceSpan = 100;

// A short text in 8 bytes, which one instruction can copy.
struct ShortText {
  std::array<char, 8> bytes = {};
  uint32_t length = 0;
};

constexpr std::array<ShortText, kMotionSteps> MakeMotionTexts() {
  std::array<ShortText, kMotionSteps> texts;
  for (uint32_t i = 0; i < kMotionSteps; ++i) {
    const bool is_negative = i < 100;
    const uint32_t hundredths = is_negative ? 100 - i : i - 100;
    ShortText& text = texts[i];
    const auto add = [&text](uint32_t c) { text.bytes[text.length++] = static_cast<char>(c); };
    if (is_negative) add('-');
    add('0' + hundredths / 100);
    add('.');
    add('0' + hundredths / 10 % 10);
    if (hundredths % 10 != 0) add('0' + hundredths % 10);
  }
  return texts;
}
constexpr std::array<ShortText, kMotionSteps> kMotionTexts = MakeMotionTexts();

constexpr std::array<char, 200> MakeDigitPairs() {
  std::array<char, 200> pairs = {};
  for (size_t i = 0; i < 100; ++i) {
    pairs[2 * i] = static_cast<char>('0' + i / 10);
    pairs[2 * i + 1] = static_cast<char>('0' + i % 10);
  }
  return pairs;
}
constexpr std::array<char, 200> kDigitPairs = MakeDigitPairs();

char* WritePairs(uint32_t value, size_t pairs, char* out) {
  for (size_t i = pairs; i-- > 0; value /= 100) {
    std::memcpy(out + 2 * i, &kDigitPairs[2 * size_t{value % 100}], 2);
  }
  return out + 2 * pairs;
}

// Writes milliseconds since 1970 as 13 digits. REQUIRES: a time between 2001 and 2286.
char* WriteMillis(int64_t millis, char* out) {
  const auto value = static_cast<uint64_t>(millis);
  const auto high = static_cast<uint32_t>(value / 100'000'000);  // 5 digits
  *out++ = static_cast<char>('0' + high / 10000);
  out = WritePairs(high % 10000, 2, out);
  return WritePairs(static_cast<uint32_t>(value % 100'000'000), 4, out);
}

char* WriteText(std::string_view text, char* out) {
  std::memcpy(out, text.data(), text.size());
  return out + text.size();
}

char* WriteShort(const ShortText& text, char* out) {
  std::memcpy(out, text.bytes.data(), text.bytes.size());
  return out + text.length;
}

std::string Quote(std::string_view text) { return fmt::format("\"{}\"", text); }

constexpr std::array<std::string_view, 5> kAccelerometerKeys = {"user", "timestamp", "x", "y", "z"};
constexpr std::array<std::string_view, 3> kStepKeys = {"sensorReadingTime", "serialNumber",
                                                       "distanceFromObject"};

// Makes three indices into kMotionTexts from the bits of one reading, 21 bits for each.
std::array<uint32_t, 3> MotionOf(uint64_t bits) {
  constexpr int kBits = 21;
  constexpr uint64_t kMask = (uint64_t{1} << kBits) - 1;
  const auto step = [&](int i) {
    return static_cast<uint32_t>((((bits >> (i * kBits)) & kMask) * kMotionSteps) >> kBits);
  };
  return {step(0), step(1), step(2)};
}

}  // namespace

RecordStyle StyleOf(SampleFeed feed, SampleLayout layout) {
  if (layout == SampleLayout::kPretty) return {"{\n  ", ": ", ",\n  ", "\n}"};
  if (feed == SampleFeed::kCustomer) return {"{", ": ", ", ", "}"};
  return {"{", ":", ",", "}"};
}

void AppendRecord(const SampleRecord& record, const RecordStyle& style, std::string& out) {
  std::string_view before = style.open;
  for (const SampleField& field : record) {
    out.append(before).append("\"").append(field.key).append("\"");
    out.append(style.colon).append(field.value);
    before = style.comma;
  }
  out.append(style.close);
}

SampleRecord CustomerRecord(const SamplePerson& person) {
  SampleRecord record = {
      {"customerName", Quote(person.name)},
      {"email", Quote(person.email)},
      {"phone", Quote(person.phone)},
      {"birthDay", Quote(person.birthday)},
      {"serialNumber", Quote(person.serial_number)},
      {"registrationDate", std::to_string(person.registration_ms)},
      {"lastUpdateDate", std::to_string(person.last_update_ms)},
  };
  const auto add_consent = [&](std::string_view key, const std::optional<int64_t>& since_ms) {
    if (since_ms) record.push_back({std::string(key), std::to_string(*since_ms)});
  };
  add_consent("shareWithResearchAsOfDate", person.research_ms);
  add_consent("shareWithPublicAsOfDate", person.public_ms);
  add_consent("shareWithFriendsAsOfDate", person.friends_ms);
  return record;
}

ReadingWriter::ReadingWriter(const SampleOptions& options, const SampleSchedule& schedule,
                             SampleFeed feed)
    : seed_(options.seed),
      schedule_(schedule),
      feed_(feed),
      style_(StyleOf(feed, options.layout)) {}

void ReadingWriter::TurnTo(uint64_t person) {
  if (person == person_) return;
  person_ = person;
  current_ = MakePerson(seed_, person);
  const auto before = [&](std::string_view start, std::string_view key) {
    return fmt::format("{}\"{}\"{}", start, key, style_.colon);
  };
  if (feed_ == SampleFeed::kAccelerometer) {
    between_[0] = before(style_.open, kAccelerometerKeys[0]) + Quote(current_.email) +
                  before(style_.comma, kAccelerometerKeys[1]);
    for (size_t i = 2; i < 5; ++i) {
      between_[i - 1] = before(style_.comma, kAccelerometerKeys[i]);
    }
  } else {
    between_[0] = before(style_.open, kStepKeys[0]);
    between_[1] = before(style_.comma, kStepKeys[1]) + Quote(current_.serial_number) +
                  before(style_.comma, kStepKeys[2]);
  }
}

char* ReadingWriter::Write(uint64_t index, char* out) {
  return feed_ == SampleFeed::kAccelerometer ? WriteAccelerometer(index, out)
                                             : WriteStep(index, out);
}

char* ReadingWriter::WriteAccelerometer(uint64_t index, char* out) {
  const uint64_t moment = index / SampleSchedule::kReadingsPerMoment;
  TurnTo(schedule_.PersonOf(moment));
  out = WriteText(between_[0], out);
  out = WriteMillis(schedule_.TimeOf(moment, current_.registration_ms), out);
  const std::array<uint32_t, 3> motion = MotionOf(RandomBits(seed_, kMotion, index));
  for (size_t i = 0; i < 3; ++i) {
    out = WriteText(between_[i + 1], out);
    out = WriteShort(kMotionTexts[motion[i]], out);
  }
  return WriteText(style_.close, out);
}

char* ReadingWriter::WriteStep(uint64_t index, char* out) {
  TurnTo(schedule_.PersonOf(index));
  out = WriteText(between_[0], out);
  out = WriteMillis(schedule_.TimeOf(index, current_.registration_ms), out);
  out = WriteText(between_[1], out);
  const uint32_t distance =
      kDistanceMin + Below(RandomBits(seed_, kDistance, index), kDistanceSpan);
  *out++ = static_cast<char>('0' + distance / 100);
  out = WritePairs(distance % 100, 1, out);
  return WriteText(style_.close, out);
}

SampleRecord ReadingWriter::Record(uint64_t index) {
  if (feed_ == SampleFeed::kAccelerometer) {
    const uint64_t moment = index / SampleSchedule::kReadingsPerMoment;
    TurnTo(schedule_.PersonOf(moment));
    const std::array<uint32_t, 3> motion = MotionOf(RandomBits(seed_, kMotion, index));
    SampleRecord record = {
        {"user", Quote(current_.email)},
        {"timestamp", std::to_string(schedule_.TimeOf(moment, current_.registration_ms))}};
    for (size_t i = 0; i < 3; ++i) {
      const ShortText& text = kMotionTexts[motion[i]];
      record.push_back({std::string(kAccelerometerKeys[i + 2]), {text.bytes.data(), text.length}});
    }
    return record;
  }
  TurnTo(schedule_.PersonOf(index));
  const uint32_t distance =
      kDistanceMin + Below(RandomBits(seed_, kDistance, index), kDistanceSpan);
  return {{"sensorReadingTime", std::to_string(schedule_.TimeOf(index, current_.registration_ms))},
          {"serialNumber", Quote(current_.serial_number)},
          {"distanceFromObject", std::to_string(distance)}};
}

}  // namespace stedi
