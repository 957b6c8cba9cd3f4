#include "engine/side_work.h"

#include <utility>

namespace stedi {

void SideWork::Do(Task task) {
  {
    const std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
  }
  changed_.notify_all();
  if (thread_.joinable()) return;
  connection_.emplace(database_);
  thread_ = std::thread([this] { Work(); });
}

void SideWork::Finish() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return tasks_.empty() || failure_; });
  if (failure_) std::rethrow_exception(failure_);
}

void SideWork::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void SideWork::Work() {
  std::unique_lock lock(mutex_);
  while (!failure_) {
    changed_.wait(lock, [this] { return stopped_ || !tasks_.empty(); });
    if (stopped_) return;
    const Task& task = tasks_.front();
    lock.unlock();
    std::exception_ptr failure;
    try {
      task(*connection_);
    } catch (...) {  // handed to whoever waits
      failure = std::current_exception();
    }
    lock.lock();
    tasks_.pop_front();
    failure_ = failure;
    changed_.notify_all();
  }
}

}  // namespace stedi
