#include "database/side_work.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>

#include "base/error.h"

namespace stedi {
namespace {

class SideWorkTest : public testing::Test {
 protected:
  Database database_{DatabaseOptions{}};
  std::string done_;  // only tasks use it until Finish or Stop
};

TEST_F(SideWorkTest, DoesTasksInTheirOrderWithOneConnection) {
  SideWork work(database_);
  work.Submit(
      [](Connection& connection) { connection.Execute("CREATE TEMP TABLE t AS SELECT 42 AS a"); });
  for (const char* name : {"a", "b", "c"}) {
    work.Submit([this, name](Connection& connection) {
      if (connection.Integer("SELECT a FROM t") == 42) done_ += name;
    });
  }
  work.Finish();
  EXPECT_EQ(done_, "abc");
  work.Submit([this](Connection&) { done_ += "d"; });
  work.Finish();
  EXPECT_EQ(done_, "abcd");
}

TEST_F(SideWorkTest, FinishesWithoutTasks) {
  SideWork work(database_);
  EXPECT_NO_THROW(work.Finish());
}

TEST_F(SideWorkTest, SaysWhatATaskThrewAndDoesNoMore) {
  SideWork work(database_);
  std::atomic<bool> may_begin{false};
  work.Submit([&](Connection&) {
    may_begin.wait(false);
    done_ += "a";
  });
  work.Submit([](Connection&) { throw Error(ErrorCode::kUnavailable, "the disk is full"); });
  work.Submit([this](Connection&) { done_ += "b"; });
  may_begin = true;
  may_begin.notify_one();
  try {
    work.Finish();
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "the disk is full");
  }
  EXPECT_THROW(work.Submit([this](Connection&) { done_ += "c"; }), Error);
  EXPECT_THROW(work.Finish(), Error);
  work.Reset();
  work.Submit([this](Connection&) { done_ += "d"; });
  EXPECT_NO_THROW(work.Finish());
  work.Stop();
  EXPECT_EQ(done_, "ad");
}

void RunOutOfMemory() {
  throw SqlError(ErrorCode::kUnavailable, "no memory", SqlFault::kOutOfMemory, "");
}

TEST_F(SideWorkTest, PutsOffWhatThereIsNoMemoryFor) {
  SideWork work(database_);
  work.Submit([this](Connection&) {
    done_ += "a";
    if (done_ == "a") RunOutOfMemory();
  });
  work.Submit([this](Connection&) { done_ += "b"; });
  work.Finish();
  EXPECT_EQ(done_, "aba");
}

TEST_F(SideWorkTest, SaysThatThereIsNoMemoryAtAll) {
  SideWork work(database_);
  work.Submit([this](Connection&) {
    done_ += "a";
    RunOutOfMemory();
  });
  EXPECT_THROW(work.Finish(), SqlError);
  work.Stop();
  EXPECT_EQ(done_, "aa");
}

TEST_F(SideWorkTest, ForgetsWhatHasNotBegun) {
  std::atomic<bool> is_begun{false};
  SideWork work(database_);
  work.Submit([&](Connection&) {
    is_begun = true;
    is_begun.notify_one();
    while (!work.is_stopped()) std::this_thread::yield();
    done_ += "a";
  });
  work.Submit([this](Connection&) { done_ += "b"; });
  is_begun.wait(false);
  work.Stop();
  EXPECT_EQ(done_, "a");
}

}  // namespace
}  // namespace stedi
