#include "database/side_work.h"

#include <utility>

namespace stedi {

void SideWork::Submit(Task task) {
  if (!thread_.joinable()) {  // first: if this throws, there is no task for Finish to wait for
    connection_.emplace(database_);
    thread_ = std::thread([this] { Work(); });
  }
  {
    const std::lock_guard lock(mutex_);
    if (failure_) std::rethrow_exception(failure_);
    tasks_.push_back(std::move(task));
  }
  changed_.notify_all();
}

void SideWork::Finish() {
  std::unique_lock lock(mutex_);
  const auto wait = [&] { changed_.wait(lock, [this] { return tasks_.empty(); }); };
  wait();
  is_alone_ = true;
  tasks_ = std::exchange(deferred_, {});
  changed_.notify_all();
  wait();
  is_alone_ = false;
  if (failure_) std::rethrow_exception(failure_);
}

void SideWork::Reset() {
  const std::lock_guard lock(mutex_);
  deferred_.clear();
  failure_ = nullptr;
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
  for (;;) {
    changed_.wait(lock, [this] { return stopped_ || !tasks_.empty(); });
    if (stopped_) return;
    const Task& task = tasks_.front();
    lock.unlock();
    std::exception_ptr failure;
    bool lacks_memory = false;
    try {
      task(*connection_);
    } catch (const SqlError& error) {
      failure = std::current_exception();
      lacks_memory = error.fault() == SqlFault::kOutOfMemory;
    } catch (...) {  // Submit and Finish rethrow it
      failure = std::current_exception();
    }
    lock.lock();
    if (lacks_memory && !is_alone_) {
      deferred_.push_back(std::move(tasks_.front()));
    } else if (failure) {
      failure_ = failure;
      tasks_.resize(1);
    }
    tasks_.pop_front();
    changed_.notify_all();
  }
}

}  // namespace stedi
