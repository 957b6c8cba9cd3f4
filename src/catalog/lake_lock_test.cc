#include "catalog/lake_lock.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/file.h"

namespace stedi {
namespace {

class LakeLockTest : public testing::Test {
 protected:
  LakeLockTest() {
    std::string pattern = testing::TempDir() + "stedi-lock-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
    lake_ = folder_ / "lake";
  }
  ~LakeLockTest() override { std::filesystem::remove_all(folder_); }

  // Starts a child process that holds the lock until it is killed. Returns when it has the lock.
  pid_t StartHolder() {
    int ready[2];
    EXPECT_EQ(pipe(ready), 0);
    const pid_t child = fork();
    if (child == 0) {
      const LakeLock lock(lake_ / "lock", false, nullptr, nullptr);
      [[maybe_unused]] const ssize_t told = write(ready[1], "x", 1);
      pause();
      _exit(1);
    }
    close(ready[1]);
    char byte = 0;
    EXPECT_EQ(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    return child;
  }

  static void Kill(pid_t child) {
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
  }

  std::filesystem::path folder_;
  std::filesystem::path lake_;
};

TEST_F(LakeLockTest, HoldsItsPidAndLeavesAnEmptyPrivateFile) {
  {
    const LakeLock lock(lake_ / "lock", false, nullptr, nullptr);
    EXPECT_EQ(ReadWholeFile(lake_ / "lock"), std::to_string(getpid()) + "\n");
  }
  EXPECT_EQ(ReadWholeFile(lake_ / "lock"), "");
  struct stat status = {};
  ASSERT_EQ(stat((lake_ / "lock").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  const LakeLock again(lake_ / "lock", false, nullptr, nullptr);
}

TEST_F(LakeLockTest, NamesTheHolderWhenItMayNotWait) {
  const pid_t holder = StartHolder();
  try {
    const LakeLock lock(lake_ / "lock", false, nullptr, nullptr);
    ADD_FAILURE() << "two processes hold the lock";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kLocked);
    EXPECT_EQ(error.what(), "the lake is being written by process " + std::to_string(holder) +
                                ": wait for it, or run without --no-wait");
  }
  Kill(holder);
}

TEST_F(LakeLockTest, WaitsUntilTheHolderIsGone) {
  const pid_t holder = StartHolder();
  std::vector<int> told;
  const auto on_wait = [&](int pid) {
    told.push_back(pid);
    Kill(holder);  // a lock does not outlive its process
  };
  const LakeLock lock(lake_ / "lock", true, on_wait, nullptr);
  EXPECT_EQ(told, std::vector<int>{holder});
  EXPECT_EQ(ReadWholeFile(lake_ / "lock"), std::to_string(getpid()) + "\n");
}

TEST_F(LakeLockTest, WaitingCanBeCancelled) {
  const pid_t holder = StartHolder();
  int times_asked = 0;
  int times_told = 0;
  try {
    const LakeLock lock(
        lake_ / "lock", true, [&](int) { ++times_told; }, [&] { return ++times_asked == 2; });
    ADD_FAILURE() << "two processes hold the lock";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kCancelled);
  }
  EXPECT_EQ(times_told, 1);
  Kill(holder);
}

TEST_F(LakeLockTest, ALakeThatIsAFileIsRefused) {
  WriteNewFile(lake_, "");
  EXPECT_THROW(LakeLock(lake_ / "lock", false, nullptr, nullptr), Error);
}

TEST_F(LakeLockTest, TouchesNothingThatIsNotALock) {
  MakeFolders(lake_);
  const std::filesystem::path other = folder_ / "notes";
  const std::filesystem::path lock_file = lake_ / "lock";
  const auto is_refused = [&] {
    try {
      const LakeLock lock(lock_file, false, nullptr, nullptr);
    } catch (const Error& error) {
      return error.code() == ErrorCode::kInvalid &&
             std::string(error.what()).find(lock_file.string()) == 0;
    }
    return false;
  };
  WriteNewFile(other, "my notes");
  std::filesystem::create_symlink(other, lock_file);
  EXPECT_TRUE(is_refused());
  std::filesystem::remove(lock_file);
  std::filesystem::create_symlink(folder_ / "nothing", lock_file);
  EXPECT_TRUE(is_refused());
  EXPECT_FALSE(std::filesystem::exists(folder_ / "nothing"));
  std::filesystem::remove(lock_file);
  std::filesystem::create_hard_link(other, lock_file);
  EXPECT_TRUE(is_refused());
  std::filesystem::remove(lock_file);
  EXPECT_EQ(ReadWholeFile(other), "my notes");
  WriteNewFile(lock_file, "my notes");
  EXPECT_TRUE(is_refused());
  EXPECT_EQ(ReadWholeFile(lock_file), "my notes");
  std::filesystem::remove(lock_file);
  std::filesystem::create_directory(lock_file);
  EXPECT_TRUE(is_refused());
  std::filesystem::remove(lock_file);
  ASSERT_EQ(::mkfifo(lock_file.c_str(), 0600), 0);
  EXPECT_TRUE(is_refused());
  std::filesystem::remove(lock_file);
  WriteNewFile(lock_file, "12345\n");  // left by a process that was killed
  const LakeLock lock(lock_file, false, nullptr, nullptr);
}

}  // namespace
}  // namespace stedi
