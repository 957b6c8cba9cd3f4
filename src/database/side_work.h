// Work of a run that its next step need not wait for, on a thread and with a connection of its own:
// small statements, which would leave the other cores idle.
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

  // Tasks are done one after another, in this order, until one throws; but one that DuckDB has no
  // memory for beside the run's statements is put off. Throws what one threw.
  void Do(Task task);
  // Waits for all of them; those that were put off are done now, once more. Throws what one threw.
  void Finish();
  // What one threw is forgotten, and what was put off: new tasks can be done. REQUIRES: Finish
  // threw.
  void Forget();
  // Waits for the one that is at work; the others are forgotten.
  void Stop();

 private:
  void Work();

  Database& database_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Task> tasks_;  // the first is at work
  std::deque<Task> put_off_;
  bool is_alone_ = false;  // no statement of the run is at work
  std::exception_ptr failure_;
  bool stopped_ = false;
  std::optional<Connection> connection_;  // from the first task on
  std::thread thread_;
};

}  // namespace stedi
