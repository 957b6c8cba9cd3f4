#include "landing/rejected_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "files/byte_scan.h"
#include "files/utf8.h"
#include "landing/coercion.h"
#include "landing/json_lexer.h"
#include "landing/recovery.h"

namespace stedi {
namespace {

constexpr size_t kKeyCharactersMax = 255;
// The longest member: a key, the white space around it, and its value.
constexpr size_t kMemberBytesMax = kRejectedValueBytesMax + 4096;

// Reads a key and its value, if they are at a quote.
class MemberReader {
 public:
  // `text` begins with the quote. It ends where the rejection ends (`is_whole`), or is as long as a
  // member can be.
  MemberReader(std::string_view text, bool is_whole, bool in_array)
      : text_(text), is_whole_(is_whole), in_array_(in_array) {}

  size_t position() const { return at_; }

  // REQUIRES: ReadKey() returned a key. Returns whether its value is, or may have been, an object
  // or array. If a bracket was lost, another byte or the next key is in its place.
  bool MayBeNested() {
    if (!Has(1)) return false;
    const size_t begin = at_;
    bool is_key = false;
    if (text_[at_] == '"' && SkipString()) {
      SkipSpace();
      is_key = Has(1) && text_[at_] == ':';
    }
    at_ = begin;
    constexpr std::string_view kValueBegins = "\"-0123456789tfn";
    return is_key || kValueBegins.find(text_[at_]) == std::string_view::npos;
  }

  // Reads a key that can name a column, and the ':' and white space after it. Returns the unescaped
  // key.
  std::optional<std::string> ReadKey() {
    std::string key;
    for (at_ = 1; Has(1) && text_[at_] != '"';) {
      if (!ReadKeyCharacter(key) || key.size() > kKeyCharactersMax) return std::nullopt;
    }
    if (!Has(1)) return std::nullopt;
    ++at_;
    SkipSpace();
    if (!Has(1) || text_[at_] != ':') return std::nullopt;
    ++at_;
    SkipSpace();
    return key;
  }

  // Reads the string, number or literal that comes next, and returns it if it is complete.
  std::optional<JsonValue> ReadWholeValue() {
    if (!Has(1)) return std::nullopt;
    const size_t begin = at_;
    const bool is_string = text_[begin] == '"';
    if (is_string ? !SkipString() : !SkipScalar()) return std::nullopt;
    const std::string_view bytes = text_.substr(begin, at_ - begin);
    if (is_string ? !StringIsWhole() : !ScalarIsWhole()) return std::nullopt;
    JsonLexer lexer(bytes.data(), bytes.data() + bytes.size());
    JsonValue value;
    if (!lexer.ReadValue(value, kDepthMax)) return std::nullopt;
    if (lexer.position() != bytes.data() + bytes.size()) return std::nullopt;
    if (FindInvalidUtf8(value.text) != nullptr) return std::nullopt;
    return value;
  }

 private:
  bool Has(size_t bytes) const { return text_.size() - at_ >= bytes; }

  void SkipSpace() {
    while (Has(1) && IsJsonSpace(text_[at_])) ++at_;
  }

  // Reads a plain character, or a \u escape that stands for an ASCII character. A key with any
  // other escape is not read.
  bool ReadKeyCharacter(std::string& key) {
    const char c = text_[at_];
    if (c != '\\') {
      if (IsControl(c)) return false;
      key += c;
      ++at_;
      return true;
    }
    constexpr size_t kEscapeBytes = 6;
    if (!Has(2) || text_[at_ + 1] != 'u' || !Has(kEscapeBytes)) return false;
    const std::string quoted = fmt::format("\"{}\"", text_.substr(at_, kEscapeBytes));
    JsonLexer lexer(quoted.data(), quoted.data() + quoted.size());
    JsonValue value;
    if (!lexer.ReadString(value)) return false;
    char unescaped[kEscapeBytes];
    if (Unescape(value.text, unescaped).length != 1) return false;
    key += unescaped[0];
    at_ += kEscapeBytes;
    return true;
  }

  // Moves past the closing quote. Returns false at a control byte, which cannot be in a string, and
  // when there is no closing quote.
  bool SkipString() {
    ++at_;
    while (Has(1) && !IsControl(text_[at_])) {
      const bool is_escape = text_[at_] == '\\';
      if (is_escape && !Has(2)) return false;
      if (text_[at_] == '"') {
        ++at_;
        return true;
      }
      at_ += is_escape ? 2 : 1;
    }
    return false;
  }

  bool SkipScalar() {
    const size_t begin = at_;
    const auto is_part = [](char c) {
      return IsDigit(c) || (c >= 'a' && c <= 'z') || c == 'E' || c == '+' || c == '-' || c == '.';
    };
    while (Has(1) && is_part(text_[at_])) ++at_;
    return at_ > begin;
  }

  // A closed string is complete if the member ends after it, or if only the comma between it and
  // the next key is lost or damaged. Otherwise the quote that closes it is one that opens another
  // string, and its own is missing.
  bool StringIsWhole() {
    SkipSpace();
    if (!Has(1)) return is_whole_;
    const char next = text_[at_];
    if (next == ',' || next == '}' || next == ']') return true;
    if (next != '"') ++at_;
    const char* const end = text_.data() + text_.size();
    return KeyFollows(text_.data() + at_, end) == Lookahead::kYes;
  }

  // If the record was cut off, more digits may have followed. Only a `}`, or a comma of the same
  // record, shows that none did.
  bool ScalarIsWhole() {
    SkipSpace();
    if (!Has(1)) return false;
    if (text_[at_] == '}') return true;
    if (text_[at_] != ',') return false;
    ++at_;
    SkipSpace();
    return Has(1) ? text_[at_] == '"' : is_whole_ && !in_array_;
  }

  const std::string_view text_;
  const bool is_whole_;
  const bool in_array_;
  size_t at_ = 0;
};

// A word consists of all bytes but white space, control characters and the characters that separate
// values.
bool IsWordByte(char c) {
  constexpr std::string_view kSeparators = " \"'\\,:;=<>()[]{}";
  return !IsControl(c) && kSeparators.find(c) == std::string_view::npos;
}

// Whether the word contains exactly one @, with something on both sides of it.
bool LooksLikeEmail(std::string_view word) {
  const size_t at = word.find('@');
  return at != std::string_view::npos && at > 0 && at + 1 < word.size() &&
         word.find('@', at + 1) == std::string_view::npos;
}

// Returns `value` as text that has the column's type, or nothing when it does not fit.
std::optional<std::string> TextInType(const ContractColumn& column, const JsonValue& value) {
  const bool is_string = value.kind == JsonKind::kString;
  const bool is_literal = value.kind == JsonKind::kTrue || value.kind == JsonKind::kFalse;
  if (column.type == ColumnType::kBoolean) {
    return is_literal ? std::optional(std::string(value.text)) : std::nullopt;
  }
  if (is_literal || value.kind == JsonKind::kNull) return std::nullopt;
  std::string text(value.text);
  if (is_string && value.has_escape) {
    const Unescaped unescaped = Unescape(value.text, text.data());
    if (!unescaped.valid) return std::nullopt;
    text.resize(unescaped.length);
  }
  if (is_string && text.empty() && column.empty_is_null) return std::nullopt;
  if (column.type == ColumnType::kString) return text;
  if (is_string && !IsJsonNumber(text)) return std::nullopt;
  if (column.type == ColumnType::kDouble) {
    double number = 0;
    return NumberToDouble(text, number) ? std::nullopt : std::optional(fmt::format("{}", number));
  }
  int64_t number = 0;
  int32_t narrow = 0;
  const bool fits =
      column.type == ColumnType::kInt ? !NumberToInt(text, narrow) : !NumberToBigint(text, number);
  if (!fits) return std::nullopt;
  return fmt::format("{}", column.type == ColumnType::kInt ? narrow : number);
}

}  // namespace

std::string EncodeRejectedRow(const RejectedRow& row) {
  std::string bytes;
  for (const std::optional<std::string>& value : row) {
    const auto length = static_cast<uint32_t>(value ? value->size() + 1 : 0);
    bytes.append(reinterpret_cast<const char*>(&length), sizeof(length));
    if (value) bytes.append(*value);
  }
  return bytes;
}

RejectedRow DecodeRejectedRow(std::string_view bytes) {
  RejectedRow row;
  while (!bytes.empty()) {
    uint32_t length = 0;
    std::memcpy(&length, bytes.data(), sizeof(length));
    bytes.remove_prefix(sizeof(length));
    row.emplace_back();
    if (length == 0) continue;
    row.back().emplace(bytes.substr(0, length - 1));
    bytes.remove_prefix(length - 1);
  }
  return row;
}

void RejectedValues::Begin(bool in_array) {
  if (!is_wanted()) return;
  in_array_ = in_array;
  held_.clear();
  shape_ = Shape::kBefore;
  word_.clear();
  ended_word_.clear();
  words_.clear();
  known_words_.clear();
  firsts_.clear();
  known_firsts_.clear();
  others_.assign(contract_.rejected_columns.size(), std::nullopt);
  seen_.reset();
  repeated_.reset();
}

void RejectedValues::Search(std::string_view bytes, bool at_end) {
  if (!is_wanted()) return;
  LookAtBrackets(bytes);
  LookForWords(bytes);
  std::string_view text = bytes;
  if (!held_.empty()) {
    held_.append(bytes);
    text = held_;
  }
  // A member is read only when all bytes that can belong to it are there.
  const size_t stop = at_end ? text.size() : text.size() - std::min(text.size(), kMemberBytesMax);
  size_t at = text.find('"');
  while (at < stop) {
    const std::string_view member = text.substr(at, kMemberBytesMax);
    at = text.find('"', at + ReadMember(member, member.size() < kMemberBytesMax));
  }
  std::string left(text.substr(std::min(at, text.size())));
  held_ = std::move(left);
}

// A record is flat as long as only its own `{` has been opened, and its `}` is followed only by
// bytes that can be between records or at the end of an array.
void RejectedValues::LookAtBrackets(std::string_view bytes) {
  for (const char c : bytes) {
    switch (shape_) {
      case Shape::kBefore:
        if (c == '{') {
          shape_ = Shape::kInside;
        } else if (!IsJsonSpace(c)) {
          shape_ = Shape::kNotFlat;
        }
        break;
      case Shape::kInside:
        if (c == '}') {
          shape_ = Shape::kBehind;
        } else if (c == '{' || c == '[' || c == ']') {
          shape_ = Shape::kNotFlat;
        }
        break;
      case Shape::kBehind:
        if (!IsJsonSpace(c) && c != ',' && c != ']') shape_ = Shape::kNotFlat;
        break;
      case Shape::kNotFlat:
        return;
    }
  }
}

void RejectedValues::LookForWords(std::string_view bytes) {
  const ContractColumn& column = contract_.columns[contract_.rejected_columns.front()];
  if (column.type != ColumnType::kString) return;
  for (const char c : bytes) {
    if (!IsWordByte(c)) {
      EndWord(c);
    } else if (word_.size() <= kRejectedWordBytesMax) {
      ended_word_.clear();
      word_ += c;
    }
  }
}

// `next` is the byte after a word, or after the white space that follows it. A word after which a
// record may be cut off may be part of a longer one, so a quote must follow it, or, without white
// space between, a character that ends a value.
void RejectedValues::EndWord(char next) {
  const bool is_at_once = !word_.empty();
  if (is_at_once) {
    const bool counts = word_.size() <= kRejectedWordBytesMax && LooksLikeEmail(word_) &&
                        FindInvalidUtf8(word_) == nullptr;
    if (counts) ended_word_ = word_;
    word_.clear();
  }
  if (ended_word_.empty() || IsJsonSpace(next)) return;
  constexpr std::string_view kEndsOfValues = ",;}]";
  const bool is_whole = next == '"' || next == '\'' ||
                        (is_at_once && kEndsOfValues.find(next) != std::string_view::npos);
  if (is_whole && known_words_.insert(ended_word_).second) words_.push_back(ended_word_);
  ended_word_.clear();
}

// Reads the member at the quote that `text` begins with, if there is one. Returns how many bytes
// need not be searched again.
size_t RejectedValues::ReadMember(std::string_view text, bool is_whole) {
  MemberReader reader(text, is_whole, in_array_);
  const std::optional<std::string> key = reader.ReadKey();
  if (key && reader.MayBeNested()) shape_ = Shape::kNotFlat;
  const std::optional<size_t> column = key ? index_.FindColumn(*key) : std::nullopt;
  if (!column) return 1;
  const size_t value_begin = reader.position();
  if (seen_[*column]) repeated_[*column] = true;
  seen_[*column] = true;
  const std::vector<size_t>& wanted = contract_.rejected_columns;
  const auto place = std::ranges::find(wanted, *column);
  if (place == wanted.end()) return value_begin;
  const std::optional<JsonValue> value = reader.ReadWholeValue();
  if (!value) return value_begin;
  if (auto text_of_value = TextInType(contract_.columns[*column], *value)) {
    Add(static_cast<size_t>(place - wanted.begin()), std::move(*text_of_value));
  }
  return value_begin;
}

void RejectedValues::Add(size_t slot, std::string value) {
  if (slot > 0) {
    others_[slot] = std::move(value);
  } else if (known_firsts_.insert(value).second) {
    firsts_.push_back(std::move(value));
  }
}

const std::vector<RejectedRow>& RejectedValues::Rows(bool may_be_several) {
  const std::vector<size_t>& wanted = contract_.rejected_columns;
  for (size_t slot = 1; slot < wanted.size(); ++slot) {
    const bool is_unclear =
        shape_ == Shape::kNotFlat || repeated_[wanted[slot]] || (may_be_several && repeated_.any());
    if (is_unclear) others_[slot].reset();
  }
  for (std::string& word : words_) Add(0, std::move(word));
  rows_.clear();
  for (std::string& first : firsts_) {
    rows_.push_back(others_);
    rows_.back().front() = std::move(first);
  }
  if (rows_.empty()) rows_.push_back(others_);
  return rows_;
}

}  // namespace stedi
