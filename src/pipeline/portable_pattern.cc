#include "pipeline/portable_pattern.h"

#include <cstddef>

namespace stedi {
namespace {

using Problem = std::optional<PatternProblem>;

constexpr size_t kRepeatDigitsMax = 3;  // RE2 refuses more than 1000 repetitions

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

class PatternReader {
 public:
  explicit PatternReader(std::string_view pattern) : pattern_(pattern) {}

  Problem Read() {
    bool has_atom = false;  // the part before can be repeated
    while (at_ < pattern_.size()) {
      const char c = pattern_[at_];
      if (c == '[') {
        if (Problem problem = Class()) return problem;
        has_atom = true;
      } else if (c == '(') {
        if (Problem problem = Group()) return problem;
        has_atom = false;
      } else if (c == '*' || c == '+' || c == '?' || c == '{') {
        if (Problem problem = Repetition(has_atom)) return problem;
        has_atom = false;
      } else {
        has_atom = c != '|' && c != '^' && c != '$';
        ++at_;
      }
    }
    return std::nullopt;
  }

 private:
  char Next(size_t ahead = 1) const {
    return at_ + ahead < pattern_.size() ? pattern_[at_ + ahead] : '\0';
  }

  // Reads a class [..], which ends at the first ] that is not its first character.
  Problem Class() {
    ++at_;
    if (at_ < pattern_.size() && pattern_[at_] == '^') ++at_;
    const size_t first = at_;
    for (; at_ < pattern_.size(); ++at_) {
      const char c = pattern_[at_];
      if (c == ']' && at_ > first) {
        ++at_;
        return std::nullopt;
      }
      if (c == ']') return PatternProblem{"a class that begins with ]", "put ] outside of [..]"};
      if (c == '[') {
        return PatternProblem{"[ inside of a class, which Java takes for a class in the class",
                              "write letters out: [a-zA-Z] for [[:alpha:]], [0-9] for [[:digit:]]"};
      }
      if (c == '&' && Next() == '&') {
        return PatternProblem{"&& inside of a class, which Java takes for an intersection",
                              "write the characters out that are meant"};
      }
    }
    return PatternProblem{"a class without its ]", "write [..]"};
  }

  Problem Group() {
    if (Next() == '?' && Next(2) != ':') {
      return PatternProblem{
          "(?, which begins a flag, a name or a look-ahead: engines take them differently",
          "write a group as (..) or (?:..), and letters of either case as [aA]"};
    }
    at_ += Next() == '?' ? 3 : 1;
    return std::nullopt;
  }

  Problem Repetition(bool has_atom) {
    if (!has_atom) {
      return PatternProblem{"a repetition of nothing, or of a repetition",
                            "put what is repeated into (?:..)"};
    }
    if (pattern_[at_] == '{') {
      if (!SkipCount()) {
        return PatternProblem{"{ that is no repetition {n}, {n,} or {n,m} below 1000",
                              "write the character { as [{]"};
      }
    } else {
      ++at_;
    }
    if (at_ < pattern_.size() && pattern_[at_] == '?') ++at_;  // match as few as possible
    return std::nullopt;
  }

  bool SkipDigits() {
    const size_t begin = at_;
    while (at_ < pattern_.size() && IsDigit(pattern_[at_])) ++at_;
    return at_ > begin && at_ - begin <= kRepeatDigitsMax;
  }

  bool SkipCount() {
    ++at_;
    if (!SkipDigits()) return false;
    if (at_ < pattern_.size() && pattern_[at_] == ',') {
      ++at_;
      if (at_ < pattern_.size() && IsDigit(pattern_[at_]) && !SkipDigits()) return false;
    }
    if (at_ == pattern_.size() || pattern_[at_] != '}') return false;
    ++at_;
    return true;
  }

  std::string_view pattern_;
  size_t at_ = 0;
};

}  // namespace

std::optional<PatternProblem> FindPatternProblem(std::string_view pattern) {
  return PatternReader(pattern).Read();
}

}  // namespace stedi
