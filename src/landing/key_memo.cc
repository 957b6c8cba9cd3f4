#include "landing/key_memo.h"

#include <algorithm>
#include <cstring>
#include <optional>

namespace stedi {
namespace {

const char* SkipSpace(const char* p) {
  while (IsJsonSpace(*p)) ++p;
  return p;
}

}  // namespace

KeyStep* KeyMemo::Learn(KeyStep& previous, const char* p, const FastRegion& region) {
  State& state = StateOf(region.in_array);
  const bool is_learned = &previous != &unlearned_;  // checked before unlearned_ is overwritten
  unlearned_ = KeyStep();
  if (!ParseStep(p, &previous == &state.root, region, unlearned_)) return nullptr;
  if (unlearned_.length > kLiteralBytesMax) return &unlearned_;
  const auto is_same = [&](const std::unique_ptr<KeyStep>& known) {
    return known->length == unlearned_.length &&
           std::memcmp(known->bytes.data(), p, known->length) == 0;
  };
  const auto known = std::find_if(state.steps.begin(), state.steps.end(), is_same);
  KeyStep* found = known == state.steps.end() ? nullptr : known->get();
  if (found == nullptr) {
    if (state.steps.size() == kStepsMax) return &unlearned_;
    found = state.steps.emplace_back(std::make_unique<KeyStep>(unlearned_)).get();
    std::memcpy(found->bytes.data(), p, found->length);
    std::memset(found->mask.data(), 0xFF, found->length);
  }
  if (!is_learned) return found;
  previous.next[previous.next_victim] = found;
  previous.next_victim = (previous.next_victim + 1) % KeyStep::kSuccessors;
  return found;
}

bool KeyMemo::ParseStep(const char* p, bool before_any, const FastRegion& region,
                        KeyStep& step) const {
  const char* q = p;
  step.starts_record = false;
  if (!before_any) {
    q = SkipSpace(q);
    if (*q != ',' && *q != '}') return false;
    step.starts_record = *q == '}';
    ++q;
  }
  if (step.starts_record) {
    step.record_end = static_cast<size_t>(q - p);
    for (; IsJsonSpace(*q) || (region.in_array && *q == ','); ++q) {
      ++(*q == ',' ? step.framing : step.whitespace);
    }
    step.record_begin = static_cast<size_t>(q - p);
  }
  if (before_any || step.starts_record) {
    if (*q != '{') return false;
    ++q;
  }
  return ParseKey(SkipSpace(q), region.end, p, step);
}

bool KeyMemo::ParseKey(const char* p, const char* end, const char* step_begin,
                       KeyStep& step) const {
  if (*p != '"') return false;
  const char* const key = p + 1;
  const StringScan scan = ScanPaddedString(key);
  if (*scan.stop != '"' || scan.non_ascii) return false;
  const std::optional<size_t> column =
      index_.FindColumn({key, static_cast<size_t>(scan.stop - key)});
  if (!column) return false;
  p = SkipSpace(scan.stop + 1);
  if (*p != ':') return false;
  p = SkipSpace(p + 1);
  // If the bytes end here, more white space may follow in the file, and the step would be
  // remembered without it.
  if (p >= end) return false;
  step.column = static_cast<uint32_t>(*column);
  step.column_bit = uint64_t{1} << *column;
  step.type = contract_.columns[*column].type;
  step.empty_is_null = contract_.columns[*column].empty_is_null;
  step.length = static_cast<size_t>(p - step_begin);
  return true;
}

}  // namespace stedi
