#include "cli/signal_watch.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <thread>

#include "database/database.h"

namespace stedi {
namespace {

// Tests run in child processes, since a signal and its effects belong to the whole process.
TEST(SignalWatchTest, ASignalCancelsAndGivesItsStatus) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        const SignalWatch watch;
        if (SignalWatch::ExitStatus() != 0) _exit(1);
        kill(getpid(), SIGTERM);
        while (!StatementsCancelled()) std::this_thread::yield();
        _exit(SignalWatch::ExitStatus());
      },
      testing::ExitedWithCode(143), "stopping");
}

TEST(SignalWatchTest, ASecondSignalExitsAtOnce) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        const SignalWatch watch;
        kill(getpid(), SIGINT);
        while (!StatementsCancelled()) std::this_thread::yield();
        kill(getpid(), SIGINT);
        while (true) pause();
      },
      testing::ExitedWithCode(130), "stopping");
}

TEST(SignalWatchTest, EndsWithoutASignal) {
  { const SignalWatch watch; }
  EXPECT_EQ(SignalWatch::ExitStatus(), 0);
}

}  // namespace
}  // namespace stedi
