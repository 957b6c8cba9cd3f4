// Work of a run that its next step need not wait for: small statements, which would leave the other
// cores idle. It is done on a thread of its own, with a connection of its own.
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

  // Adds a task. Tasks are done one after another, in this order, until one throws; but a task that
  // runs out of memory beside the run's own statements is deferred. Throws what an earlier task
  // threw.
  void Do(Task task);
  // Waits until all tasks are done; deferred tasks are done again now. Throws what a task threw.
  void Finish();
  // Forgets what a task threw and which tasks were deferred, so that new tasks can be done.
  // REQUIRES: Finish threw.
  void Forget();
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
  std::deque<Task> tasks_;  // the first one is running
  std::deque<Task> put_off_;
  bool is_alone_ = false;  // the run itself is waiting in Finish
  std::exception_ptr failure_;
  bool stopped_ = false;
  std::optional<Connection> connection_;  // from the first task on
  std::thread thread_;
};

}  // namespace stedi
