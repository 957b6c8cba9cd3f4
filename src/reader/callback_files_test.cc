#include "reader/callback_files.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <string_view>

#include "base/error.h"

namespace stedi {
namespace {

struct Calls {
  std::string_view bytes = "0123456789";
  int64_t most = 4;  // bytes of one call; negative: the call fails
  int closed = 0;
};

int64_t ReadRange(void* context, size_t file, uint64_t offset, void* buffer, uint64_t length) {
  const Calls& calls = *static_cast<Calls*>(context);
  EXPECT_EQ(file, 3U);
  if (calls.most < 0) return calls.most;
  const std::string_view part =
      calls.bytes.substr(offset, std::min(length, static_cast<uint64_t>(calls.most)));
  std::memcpy(buffer, part.data(), part.size());
  return static_cast<int64_t>(part.size());
}

void CloseFile(void* context, size_t /*file*/) { ++static_cast<Calls*>(context)->closed; }

TEST(CallbackFilesTest, ReadsRangesUpToTheListedSize) {
  Calls calls;
  std::atomic<bool> has_failed = false;
  const CallbackFile file({&calls, ReadRange, CloseFile}, 3, 8, has_failed);
  const auto first = file.Open("any");
  auto second = file.Open("any");
  EXPECT_EQ(first->status().size_bytes, 8U);
  std::string out(20, '-');
  EXPECT_EQ(first->ReadAt(1, out), 7U);
  EXPECT_EQ(out.substr(0, 8), "1234567-");
  EXPECT_EQ(first->ReadAt(8, out), 0U);
  second.reset();
  EXPECT_EQ(calls.closed, 0) << "the file is still open";
}

TEST(CallbackFilesTest, AFileThatEndsEarlyIsShort) {
  Calls calls;
  std::atomic<bool> has_failed = false;
  const CallbackFile file({&calls, ReadRange, nullptr}, 3, 100, has_failed);
  std::string out(100, '-');
  EXPECT_EQ(file.Open("any")->ReadAt(0, out), 10U);
  EXPECT_FALSE(has_failed);
}

TEST(CallbackFilesTest, AFailureIsKept) {
  Calls calls;
  calls.most = -1;
  std::atomic<bool> has_failed = false;
  const CallbackFile file({&calls, ReadRange, CloseFile}, 3, 8, has_failed);
  std::string out(20, '-');
  EXPECT_THROW(file.Open("any")->ReadAt(0, out), Error);
  EXPECT_TRUE(has_failed);
  EXPECT_EQ(calls.closed, 1);
  calls.most = 4;
  EXPECT_THROW(file.Open("any")->ReadAt(0, out), Error) << "the scan is over";
}

TEST(CallbackFilesTest, CannotBeWritten) {
  Calls calls;
  std::atomic<bool> has_failed = false;
  const CallbackFile file({&calls, ReadRange, nullptr}, 3, 8, has_failed);
  EXPECT_THROW(file.WriteNew("any", ""), Error);
  EXPECT_THROW(file.Remove("any"), Error);
  EXPECT_EQ(file.Stat("any")->size_bytes, 8U);
}

}  // namespace
}  // namespace stedi
