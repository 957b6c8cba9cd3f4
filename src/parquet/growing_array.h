// An array of numbers like std::vector, but new elements are not initialized.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <type_traits>

namespace stedi {

template <class Value>
class GrowingArray {
  static_assert(std::is_trivial_v<Value>);

 public:
  // Adds `count` elements at the end, which the caller must write. Returns a pointer to the first
  // of them, valid until the next call.
  Value* Extend(size_t count) {
    if (size_ + count > capacity_) {
      const size_t capacity = std::max(size_ + count, 2 * capacity_);
      std::unique_ptr<Value[]> grown = std::make_unique_for_overwrite<Value[]>(capacity);
      std::copy_n(values_.get(), size_, grown.get());
      values_ = std::move(grown);
      capacity_ = capacity;
    }
    size_ += count;
    return values_.get() + size_ - count;
  }
  void Add(Value value) { *Extend(1) = value; }
  void Clear() { size_ = 0; }

  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  std::span<const Value> all() const { return {values_.get(), size_}; }

 private:
  std::unique_ptr<Value[]> values_;
  size_t size_ = 0;
  size_t capacity_ = 0;
};

}  // namespace stedi
