#include "sample/defect.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/ascii_case.h"
#include "base/error.h"

namespace stedi {
namespace {

constexpr int64_t kDayMs = 86'400'000;

// The keys in which the defects of each feed are made, in the order of SampleFeed.
struct FeedKeys {
  std::string_view person;    // text that says whose record it is
  std::string_view moment;    // BIGINT
  std::string_view optional;  // nothing depends on it
};
constexpr std::array<FeedKeys, kSampleFeeds> kKeys = {{
    {"email", "lastUpdateDate", "phone"},
    {"user", "timestamp", "y"},
    {"serialNumber", "sensorReadingTime", "distanceFromObject"},
}};
const FeedKeys& KeysOf(const DefectCase& spoiled) {
  return kKeys[static_cast<size_t>(spoiled.feed)];
}

SampleField& FieldOf(SampleRecord& record, std::string_view key) {
  const auto found = std::ranges::find(record, key, &SampleField::key);
  if (found == record.end()) {
    throw Error(ErrorCode::kInternal, fmt::format("sample record without key '{}'", key));
  }
  return *found;
}
SampleField& PersonField(DefectCase& spoiled) {
  return FieldOf(spoiled.records[0], KeysOf(spoiled).person);
}
SampleField& MomentField(DefectCase& spoiled) {
  return FieldOf(spoiled.records[0], KeysOf(spoiled).moment);
}
SampleField& OptionalField(DefectCase& spoiled) {
  return FieldOf(spoiled.records[0], KeysOf(spoiled).optional);
}

void Remove(SampleRecord& record, std::string_view key) {
  std::erase_if(record, [&](const SampleField& field) { return field.key == key; });
}

// Adds another record of the same person, updated `days` after the first one.
SampleRecord& AddUpdate(DefectCase& spoiled, int days) {
  SampleRecord update = spoiled.records[0];
  SampleField& moment = FieldOf(update, "lastUpdateDate");
  moment.value = std::to_string(std::stoll(moment.value) + days * kDayMs);
  spoiled.records.push_back(std::move(update));
  return spoiled.records.back();
}

constexpr std::string_view kConsentKey = "shareWithResearchAsOfDate";
void GiveConsent(SampleRecord& record) {
  Remove(record, kConsentKey);
  record.push_back({std::string(kConsentKey), FieldOf(record, "lastUpdateDate").value});
}

void SetBirthday(DefectCase& spoiled, std::string_view birthday) {
  FieldOf(spoiled.records[0], "birthDay").value = fmt::format("\"{}\"", birthday);
}
// Makes the birthday one of the 20th century and cuts its first `count` characters off.
void ShortenBirthday(DefectCase& spoiled, size_t count) {
  std::string& value = FieldOf(spoiled.records[0], "birthDay").value;
  value.replace(1, 2, "19");
  value.erase(1, count);
}

std::string InOtherCase(std::string text) {
  for (char& c : text) c = UpperLetter(c) != c ? UpperLetter(c) : LowerLetter(c);
  return text;
}

void SeveralBirthdays(DefectCase& spoiled) {
  SampleRecord& update = AddUpdate(spoiled, 1);
  FieldOf(update, "birthDay").value = "\"1971-07-13\"";
}
void SeveralSerialNumbers(DefectCase& spoiled) {
  SampleRecord& update = AddUpdate(spoiled, 1);
  std::string& serial = FieldOf(update, "serialNumber").value;
  std::reverse(serial.end() - 13, serial.end() - 1);
}
void ConsentGivenLate(DefectCase& spoiled) {
  Remove(spoiled.records[0], kConsentKey);
  GiveConsent(AddUpdate(spoiled, 1));
}
void ConsentWithdrawn(DefectCase& spoiled) {
  GiveConsent(spoiled.records[0]);
  Remove(AddUpdate(spoiled, 1), kConsentKey);
}
void ConsentGivenAgain(DefectCase& spoiled) {
  ConsentWithdrawn(spoiled);
  GiveConsent(AddUpdate(spoiled, 2));
}
void EmailInOtherCase(DefectCase& spoiled) {
  std::string& email = FieldOf(AddUpdate(spoiled, 1), "email").value;
  email = InOtherCase(email);
}
void BirthdayGarbage(DefectCase& spoiled) {
  constexpr auto kTexts = std::to_array<std::string_view>(
      {"", "unknown", "1985/03/12", "1985-02-30", "12-03-1985", "19850312"});
  SetBirthday(spoiled, kTexts[spoiled.bits % kTexts.size()]);
}
void BirthdayImplausible(DefectCase& spoiled) {
  SetBirthday(spoiled, (spoiled.bits & 1) != 0 ? "2199-01-01" : "1399-01-01");
}

void PhoneAsNumber(DefectCase& spoiled) {
  std::string& phone = OptionalField(spoiled).value;
  phone = phone.substr(1, phone.size() - 2);
}
void ExactDuplicate(DefectCase& spoiled) { spoiled.records.push_back(spoiled.elsewhere); }
void UnknownKeys(DefectCase& spoiled) {
  spoiled.records[0].insert(
      spoiled.records[0].begin() + 1,
      {{"appVersion", "\"2.1\""}, {"device", "{\"os\": [1, {\"x\": null}]}"}});
}
void EscapedText(DefectCase& spoiled) {
  if (spoiled.feed == SampleFeed::kCustomer) {
    FieldOf(spoiled.records[0], "customerName").value = R"("Zo\u00EB \"O\/Brien\"\t\uD83D\uDE00")";
  }
  std::string& person = PersonField(spoiled).value;  // the same text once it is unescaped
  const size_t place = person.find_first_of("@-");
  person.replace(place, 1, person[place] == '@' ? "\\u0040" : "\\u002d");
}
void NonAscii(DefectCase& spoiled) {
  if (spoiled.feed == SampleFeed::kCustomer) {
    FieldOf(spoiled.records[0], "customerName").value = "\"Žofie Łukaszńska 東\"";
  }
  spoiled.records[0].push_back({"größe", "\"Åre 🏔\""});
}
void KeyInOtherCase(DefectCase& spoiled) {
  std::string& key = MomentField(spoiled).key;
  key = key == "timestamp" ? "timeStamp" : InOtherCase(key);
}
void DuplicateKey(DefectCase& spoiled) {
  SampleField again = MomentField(spoiled);
  again.key = (spoiled.bits & 1) != 0 ? again.key : InOtherCase(again.key);
  spoiled.records[0].push_back(std::move(again));
}
void InvalidUtf8(DefectCase& spoiled) {
  PersonField(spoiled).value.insert(3, 1, (spoiled.bits & 1) != 0 ? '\xFF' : '\xC3');
}
void TooDeep(DefectCase& spoiled) {
  constexpr size_t kDepth = 200;  // the limit is 128
  spoiled.records[0].push_back({"nested", std::string(kDepth, '[') + std::string(kDepth, ']')});
}

void CutAfterValue(DefectCase& spoiled) {
  std::string& text = spoiled.texts[0];
  text.erase(text.rfind(','));
}
void CutInString(DefectCase& spoiled) {
  std::string& text = spoiled.texts[0];
  text.erase(text.find_first_of("@-") + 3);
}
void UnclosedQuote(DefectCase& spoiled) {
  std::string& text = spoiled.texts[0];
  text.erase(text.find('"', text.find_first_of("@-")), 1);
}
// The next two put a text that is no record before the record.
void Garbage(DefectCase& spoiled) { spoiled.texts.insert(spoiled.texts.begin(), "#!garbage;"); }
void NotAnObject(DefectCase& spoiled) {
  constexpr auto kValues = std::to_array<std::string_view>({"42", "\"text\"", "null", "true"});
  spoiled.texts.insert(spoiled.texts.begin(), std::string(kValues[spoiled.bits % kValues.size()]));
}

using Spoiled = DefectCase&;
constexpr auto kDefectRows = std::to_array<DefectRow>({
    // What people do; the rules of the tables decide what follows from it.
    {"exact_duplicate", "cas", "accepted", ExactDuplicate, nullptr},
    {"several_birthdays", "c", "accepted", SeveralBirthdays, nullptr},
    {"several_serial_numbers", "c", "accepted", SeveralSerialNumbers, nullptr},
    {"consent_given_late", "c", "accepted", ConsentGivenLate, nullptr},
    {"consent_withdrawn", "c", "accepted", ConsentWithdrawn, nullptr},
    {"consent_given_again", "c", "accepted", ConsentGivenAgain, nullptr},
    {"email_in_other_case", "c", "accepted", EmailInOtherCase, nullptr},
    {"birthday_of_9", "c", "accepted", [](Spoiled s) { ShortenBirthday(s, 1); }, nullptr},
    {"birthday_of_8", "c", "accepted", [](Spoiled s) { ShortenBirthday(s, 2); }, nullptr},
    {"birthday_garbage", "c", "accepted", BirthdayGarbage, nullptr},
    {"birthday_implausible", "c", "accepted", BirthdayImplausible, nullptr},
    // What apps do: keys and types change.
    {"key_in_other_case", "cas", "accepted", KeyInOtherCase, nullptr},
    {"unknown_keys", "cas", "accepted", UnknownKeys, nullptr},
    {"number_as_string", "cas", "accepted",
     [](Spoiled s) { MomentField(s).value = "\"" + MomentField(s).value + "\""; }, nullptr},
    {"string_as_number", "c", "accepted", PhoneAsNumber, nullptr},
    {"whole_double", "cas", "accepted", [](Spoiled s) { MomentField(s).value += ".0"; }, nullptr},
    {"escaped_text", "cas", "accepted", EscapedText, nullptr},
    {"non_ascii", "cas", "accepted", NonAscii, nullptr},
    {"null_value", "cas", "accepted", [](Spoiled s) { OptionalField(s).value = "null"; }, nullptr},
    {"missing_value", "cas", "accepted",
     [](Spoiled s) { Remove(s.records[0], KeysOf(s).optional); }, nullptr},
    {"null_person", "cas", "contract", [](Spoiled s) { PersonField(s).value = "null"; }, nullptr},
    {"missing_person", "cas", "contract", [](Spoiled s) { Remove(s.records[0], KeysOf(s).person); },
     nullptr},
    {"fraction_as_bigint", "cas", "type_mismatch", [](Spoiled s) { MomentField(s).value += ".5"; },
     nullptr},
    {"boolean_as_bigint", "cas", "type_mismatch", [](Spoiled s) { MomentField(s).value = "true"; },
     nullptr},
    {"object_as_string", "cas", "type_mismatch",
     [](Spoiled s) { PersonField(s).value = "{\"id\":7}"; }, nullptr},
    {"bigint_overflow", "cas", "out_of_range",
     [](Spoiled s) { MomentField(s).value = "99999999999999999999"; }, nullptr},
    {"duplicate_key", "cas", "duplicate_key", DuplicateKey, nullptr},
    {"too_deep", "cas", "too_deep", TooDeep, nullptr},
    // What transport does: bytes are damaged.
    {"invalid_utf8", "cas", "invalid_utf8", InvalidUtf8, nullptr},
    {"lone_surrogate", "cas", "invalid_utf8",
     [](Spoiled s) { PersonField(s).value.insert(3, std::string("\\uD800")); }, nullptr},
    {"control_byte", "cas", "malformed",
     [](Spoiled s) { PersonField(s).value.insert(3, 1, '\x01'); }, nullptr},
    {"cut_after_value", "cas", "truncated", nullptr, CutAfterValue},
    {"cut_in_string", "cas", "damage", nullptr, CutInString},
    {"unclosed_quote", "cas", "damage", nullptr, UnclosedQuote},
    {"missing_brace", "cas", "truncated", nullptr, [](Spoiled s) { s.texts[0].pop_back(); }},
    {"extra_brace", "cas", "malformed", nullptr, [](Spoiled s) { s.texts[0] += '}'; }},
    {"garbage", "cas", "malformed", nullptr, Garbage},
    {"not_an_object", "cas", "not_an_object", nullptr, NotAnObject},
    {"blank_lines", "cas", "accepted", nullptr, [](Spoiled s) { s.texts[0] += "\n\n \t\n"; }},
    {"crlf", "cas", "accepted", nullptr, [](Spoiled s) { s.texts[0] += '\r'; }},
    // What deliveries do to files. The first file of a feed begins with a byte order mark; the last
    // one ends within a record. After it come an empty file and a copy of the first file under a
    // later name.
    {kByteOrderMark, "cas", "file", nullptr, nullptr},
    {kTruncatedTail, "cas", "file", nullptr, nullptr},
    {kEmptyFile, "cas", "file", nullptr, nullptr},
    {kRedeliveredFile, "cas", "file", nullptr, nullptr},
});

}  // namespace

std::span<const DefectRow> DefectRows() { return kDefectRows; }

std::vector<size_t> RecordDefectsOf(SampleFeed feed) {
  std::vector<size_t> found;
  for (size_t i = 0; i < kDefectRows.size(); ++i) {
    const DefectRow& row = kDefectRows[i];
    const bool spoils_records = row.edit_records != nullptr || row.edit_texts != nullptr;
    if (spoils_records && row.feeds.find(Describe(feed).name[0]) != std::string_view::npos) {
      found.push_back(i);
    }
  }
  return found;
}

}  // namespace stedi
