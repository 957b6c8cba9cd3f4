#include "run/progress_ticker.h"

#include <chrono>
#include <utility>

namespace stedi {
namespace {
constexpr std::chrono::milliseconds kInterval{100};
}  // namespace

ProgressTicker::ProgressTicker(std::function<void()> tick) : tick_(std::move(tick)) {
  thread_ = std::thread([this] {
    std::unique_lock lock(mutex_);
    while (!wake_.wait_for(lock, kInterval, [this] { return done_; })) tick_();
  });
}

ProgressTicker::~ProgressTicker() {
  {
    const std::lock_guard lock(mutex_);
    done_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

}  // namespace stedi
