#include "base/remote_file.h"

#include <gtest/gtest.h>

#include <deque>
#include <thread>

#include "base/error.h"

namespace stedi {
namespace {

constexpr std::string_view kContent = "0123456789abcdef";

// The outcome of one call to the object store.
enum class Outcome { kGood, kHalf, kNothing, kFail, kGone, kOtherSize };

// Each open takes one outcome from `opens`, each read one from `reads`. When none is left, the call
// succeeds.
struct Store {
  std::deque<Outcome> opens;
  std::deque<Outcome> reads;
  std::vector<int64_t> waits;  // milliseconds
  int handles = 0;

  static Outcome Next(std::deque<Outcome>& outcomes) {
    if (outcomes.empty()) return Outcome::kGood;
    const Outcome outcome = outcomes.front();
    outcomes.pop_front();
    return outcome;
  }
};

class Handle : public ObjectHandle {
 public:
  Handle(Store& store, uint64_t size_bytes) : store_(store), size_bytes_(size_bytes) {}
  uint64_t size_bytes() override { return size_bytes_; }
  size_t Read(uint64_t offset, std::span<char> out) override {
    const Outcome outcome = Store::Next(store_.reads);
    if (outcome == Outcome::kFail) throw Error(ErrorCode::kUnavailable, "reset by peer");
    if (outcome == Outcome::kGone) throw Error(ErrorCode::kNotFound, "no such object");
    if (outcome == Outcome::kNothing) return 0;
    const size_t wanted = outcome == Outcome::kHalf ? (out.size() + 1) / 2 : out.size();
    return kContent.copy(out.data(), wanted, offset);
  }

 private:
  Store& store_;
  uint64_t size_bytes_;
};

RemoteFile OpenFile(Store& store) {
  const auto open = [&store]() -> std::unique_ptr<ObjectHandle> {
    const Outcome outcome = Store::Next(store.opens);
    if (outcome == Outcome::kFail) throw Error(ErrorCode::kUnavailable, "no answer");
    if (outcome == Outcome::kGone) throw Error(ErrorCode::kNotFound, "no such object");
    ++store.handles;
    return std::make_unique<Handle>(store,
                                    kContent.size() - (outcome == Outcome::kOtherSize ? 1 : 0));
  };
  const auto wait = [&store](std::chrono::milliseconds time) {
    store.waits.push_back(time.count());
  };
  return {"s3://b/k", open, wait, {3, std::chrono::milliseconds(10), 4}};
}

TEST(RemoteFileTest, TriesAgain) {
  struct Case {
    const char* name;
    std::deque<Outcome> opens;
    std::deque<Outcome> reads;
    std::string expected;  // the bytes, or the error
    std::vector<int64_t> waits;
    int handles;
  };
  const Case cases[] = {
      {"all good", {}, {}, "3456789a", {}, 1},
      {"short reads are read on", {}, {Outcome::kHalf, Outcome::kHalf}, "3456789a", {}, 1},
      {"a failing read", {}, {Outcome::kFail}, "3456789a", {10}, 2},
      {"nothing comes", {}, {Outcome::kNothing}, "3456789a", {10}, 2},
      {"half, then nothing, then failing",
       {},
       {Outcome::kHalf, Outcome::kNothing, Outcome::kFail},
       "3456789a",
       {10, 40},
       3},
      {"reads fail to the limit",
       {},
       {Outcome::kFail, Outcome::kFail, Outcome::kFail},
       "reset by peer (3 attempts)",
       {10, 40},
       3},
      {"reads come short to the limit",
       {},
       {Outcome::kHalf, Outcome::kNothing, Outcome::kNothing, Outcome::kHalf, Outcome::kNothing},
       "s3://b/k: 4 of 8 bytes came at byte 3 (3 attempts)",
       {10, 40},
       3},
      {"the first open fails", {Outcome::kFail, Outcome::kFail}, {}, "3456789a", {10, 40}, 1},
      {"opens fail to the limit",
       {Outcome::kFail, Outcome::kFail, Outcome::kFail},
       {},
       "no answer (3 attempts)",
       {10, 40},
       0},
      {"a missing object is not tried again", {Outcome::kGone}, {}, "no such object", {}, 0},
      {"an object that goes is not tried again", {}, {Outcome::kGone}, "no such object", {}, 1},
      {"another object takes its place",
       {Outcome::kGood, Outcome::kOtherSize},
       {Outcome::kFail},
       "s3://b/k changed while it was read: run again when its writer is done",
       {10},
       2},
  };
  for (const Case& one : cases) {
    Store store{one.opens, one.reads, {}, 0};
    std::string found(8, '?');
    try {
      const RemoteFile file = OpenFile(store);
      EXPECT_EQ(file.ReadAt(3, found), found.size()) << one.name;
    } catch (const Error& error) {
      found = error.what();
    }
    EXPECT_EQ(found, one.expected) << one.name;
    EXPECT_EQ(store.waits, one.waits) << one.name;
    EXPECT_EQ(store.handles, one.handles) << one.name;
  }
}

TEST(RemoteFileTest, EndsWhereTheObjectEnds) {
  Store store;
  const RemoteFile file = OpenFile(store);
  std::string bytes(10, '?');
  EXPECT_EQ(file.ReadAt(12, bytes), 4U);
  EXPECT_EQ(bytes.substr(0, 4), "cdef");
  EXPECT_EQ(file.ReadAt(16, bytes), 0U);
  EXPECT_EQ(file.ReadAt(99, bytes), 0U);
  EXPECT_EQ(file.status().size_bytes, kContent.size());
  EXPECT_EQ(ReadToEnd(file), kContent);
}

TEST(RemoteFileTest, GivesEachThreadItsOwnHandle) {
  struct Slow : Handle {
    using Handle::Handle;
    size_t Read(uint64_t offset, std::span<char> out) override {
      EXPECT_FALSE(busy.exchange(true)) << "two threads in one handle";
      const size_t count = Handle::Read(offset, out.first(1));
      busy = false;
      return count;
    }
    std::atomic<bool> busy{false};
  };
  Store store;
  const RemoteFile file(
      "s3://b/k", [&] { return std::make_unique<Slow>(store, kContent.size()); }, nullptr);
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&file] {
      for (uint64_t n = 0; n < 500; ++n) {
        std::string bytes(8, '?');
        file.ReadAt(n % 8, bytes);
        EXPECT_EQ(bytes, kContent.substr(n % 8, 8));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace stedi
