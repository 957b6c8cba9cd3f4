// Runs work that the next step of a run need not wait for: small statements, which would leave the
// other cores idle. They run on a thread of their own, with a connection of their own.
#pragma once

#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

#include "database/database.h"

namespace stedi {

class SideWork {
 public:
  using Task = std::function<void(Connection&)>;

  explicit SideWork(Database& database) : database_(database) {}
  ~SideWork() { Stop(); }
  SideWork(const SideWork&) = delete;
  SideWork& operator=(const SideWork&) = delete;

  // Adds a task. Tasks run one after another, in the order in which they were added, until one
  // throws. A task that runs out of memory while the run's own statements use it, too, is deferred
  // until Finish() instead. Throws what an earlier task threw.
  void Submit(Task task);
  // Waits until all tasks are done, then runs the deferred ones again and waits for them. Throws
  // what a task threw.
  void Finish();
  // Forgets what a task threw and which tasks were deferred, so that new tasks can run.
  // REQUIRES: Finish threw.
  void Reset();
  // Waits for the task that is running; the others are dropped.
  void Stop();
  // Whether Stop was called. Any thread.
  bool is_stopped() const {
    const std::lock_guard lock(mutex_);
    return stopped_;
  }

 private:
  void Work();

  Database& database_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Task> tasks_;  // the first one is running or runs next
  std::deque<Task> deferred_;
  bool is_alone_ = false;  // the run itself is waiting in Finish
  std::exception_ptr failure_;
  bool stopped_ = false;
  std::optional<Connection> connection_;  // opened for the first task
  std::thread thread_;
};

}  // namespace stedi
