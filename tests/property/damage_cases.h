// Generates landing files with nested objects in every layout and mutations of them, and tells what
// is known about these without reading: where records begin, and what a mutation touches.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace stedi {

using Random = std::mt19937_64;

inline size_t Below(Random& random, size_t limit) { return random() % limit; }

enum class Layout : uint8_t {
  kLines,
  kWindowsLines,
  kGlued,
  kSpaced,
  kPretty,
  kArray,
  kArrayLines,
  kPrettyArray
};
inline constexpr size_t kLayoutCount = 8;
inline bool IsArray(Layout layout) { return layout >= Layout::kArray; }
inline bool IsPretty(Layout layout) {
  return layout == Layout::kPretty || layout == Layout::kPrettyArray;
}

struct Range {
  size_t begin = 0;
  size_t end = 0;
};

struct LandingText {
  Layout layout = Layout::kLines;
  std::string text;
  std::vector<Range> records;
};

// Writes records. A record at top level has "user":"top-<number>", objects inside it have
// "user":"nested" or "t":-77.
class LandingWriter {
 public:
  explicit LandingWriter(Random& random) : random_(random) {}

  LandingText Write() {
    LandingText out;
    out.layout = static_cast<Layout>(Below(random_, kLayoutCount));
    is_pretty_ = IsPretty(out.layout);
    space_ = Below(random_, 3) == 0 ? " " : "";
    const size_t count = 3 + Below(random_, Below(random_, 8) == 0 ? 60 : 9);
    out_ = Below(random_, 20) == 0 ? "\xEF\xBB\xBF" : "";
    if (IsArray(out.layout)) out_ += out.layout == Layout::kArray ? "[" : "[\n";
    for (size_t i = 0; i < count; ++i) {
      if (i > 0) out_ += Between(out.layout);
      const size_t begin = out_.size();
      WriteRecord(i);
      out.records.push_back({begin, out_.size()});
    }
    if (IsArray(out.layout)) out_ += out.layout == Layout::kArray ? "]" : "\n]\n";
    if (!IsArray(out.layout) && Below(random_, 4) != 0) out_ += "\n";
    out.text = out_;
    return out;
  }

 private:
  static std::string_view Between(Layout layout) {
    switch (layout) {
      case Layout::kWindowsLines:
        return "\r\n";
      case Layout::kGlued:
        return "";
      case Layout::kSpaced:
        return " ";
      case Layout::kArray:
        return ",";
      case Layout::kArrayLines:
      case Layout::kPrettyArray:
        return ",\n";
      default:
        return "\n";
    }
  }

  void NewLine() {
    if (is_pretty_) out_.append("\n").append(2 * depth_, ' ');
  }
  void Open(char bracket) {
    out_ += bracket;
    ++depth_;
  }
  void Close(char bracket) {
    --depth_;
    NewLine();
    out_ += bracket;
  }
  void Key(std::string_view key, bool is_first) {
    if (!is_first) out_.append(",").append(is_pretty_ ? "" : space_);
    NewLine();
    out_.append("\"").append(key).append("\":").append(space_);
  }

  void Text() {
    static constexpr std::array<std::string_view, 14> kTexts = {
        "plain",
        "",
        "}",
        "},{",
        R"(},{\"user\":\"nested\",\"t\":-77})",
        R"(}\n{\"user\":\"nested\"}\n{)",
        R"({\"user\":\"nested\"}]}{\"t\":-77})",
        "Doe, John",
        "[[{",
        "]}]",
        "{}{}",
        R"(\\)",
        R"(a\"b)",
        "Zo\xC3\xAB"};
    out_.append("\"").append(kTexts[Below(random_, kTexts.size())]).append("\"");
  }

  void Value(size_t level) {
    const size_t kind = Below(random_, level > 3 ? 3 : 8);
    if (kind == 0) {
      out_ += Below(random_, 2) == 0 ? "12.5" : "true";
    } else if (kind <= 2) {
      Text();
    } else if (kind <= 4) {
      Object(level);
    } else {
      Array(level);
    }
  }

  void Array(size_t level) {
    Open('[');
    const size_t count = Below(random_, 5);
    const bool only_objects = Below(random_, 3) != 0;
    for (size_t i = 0; i < count; ++i) {
      if (i > 0) out_.append(",").append(is_pretty_ ? "" : space_);
      NewLine();
      only_objects ? Object(level + 1) : Value(level + 1);
    }
    Close(']');
  }

  void Object(size_t level) {
    if (Below(random_, 8) == 0) {
      out_ += "{}";
      return;
    }
    Open('{');
    bool is_first = true;
    if (Below(random_, 4) != 0) {
      Key("user", is_first);
      out_ += "\"nested\"";
      is_first = false;
    }
    if (is_first || Below(random_, 2) == 0) {
      Key("t", is_first);
      out_ += "-77";
    }
    while (Below(random_, 3) == 0) {
      Key(Below(random_, 2) == 0 ? "note" : "n", false);
      Value(level + 1);
    }
    Close('}');
  }

  void WriteRecord(size_t number) {
    Open('{');
    std::vector<int> members = {0, 1, 2, 3, 4, 5};
    std::shuffle(members.begin(), members.end(), random_);
    bool is_first = true;
    for (const int member : members) {
      if (member >= 2 && Below(random_, 3) == 0) continue;
      static constexpr std::array<std::string_view, 6> kKeys = {"user", "t", "x", "note", "n", "z"};
      Key(kKeys[static_cast<size_t>(member)], is_first);
      is_first = false;
      if (member == 0) out_.append("\"top-").append(std::to_string(number)).append("\"");
      if (member == 1) out_ += std::to_string(number);
      if (member == 2) out_ += Below(random_, 2) == 0 ? "0.5" : "null";
      if (member == 3) Text();
      if (member == 4) Below(random_, 3) == 0 ? Value(1) : Object(1);
      if (member == 5) Array(1);
    }
    Close('}');
  }

  Random& random_;
  std::string out_;
  std::string_view space_;
  size_t depth_ = 0;
  bool is_pretty_ = false;
};

// Replaces the bytes `touched` of a text by `with`.
struct Mutation {
  std::string_view name;
  Range touched;
  std::string with;
  bool is_drop = false;
};

inline char OddByte(Random& random) {
  static constexpr std::string_view kBytes = "{}[]{}[],:,:\"\"\"\\\\\n\r 0-xtn\t";
  return Below(random, 8) == 0 ? static_cast<char>(random()) : kBytes[Below(random, kBytes.size())];
}

inline Mutation Mutate(const LandingText& landing, Random& random) {
  const std::string& text = landing.text;
  const size_t at = Below(random, text.size());
  switch (Below(random, 7)) {
    case 0:
      return {"delete", {at, at + 1}, "", false};
    case 1:
      return {"insert", {at, at}, std::string(1, OddByte(random)), false};
    case 2:
      return {"replace", {at, at + 1}, std::string(1, OddByte(random)), false};
    case 3:
      return {"duplicate", {at, at}, text.substr(at, 1), false};
    case 4: {
      const char flipped = static_cast<char>(text[at] ^ (1 << Below(random, 8)));
      return {"flip", {at, at + 1}, std::string(1, flipped), false};
    }
    case 5:
      return {"cut", {at, text.size()}, "", true};
    default: {
      const size_t length = 1 + Below(random, Below(random, 2) == 0 ? 12 : 600);
      return {"drop", {at, std::min(text.size(), at + length)}, "", true};
    }
  }
}

// Returns the brackets that are open before text[at], and a quote if that is inside a string.
inline std::string OpenAt(std::string_view text, size_t at) {
  std::string open;
  for (size_t i = 0; i < at; ++i) {
    const char c = text[i];
    if (!open.empty() && (open.back() == '"' || open.back() == '\\')) {
      if (open.back() == '\\') {
        open.pop_back();
      } else if (c == '\\') {
        open += c;
      } else if (c == '"') {
        open.pop_back();
      }
    } else if (c == '"' || c == '{' || c == '[') {
      open += c;
    } else if (c == '}' || c == ']') {
      open.pop_back();
    }
  }
  return open;
}

}  // namespace stedi
