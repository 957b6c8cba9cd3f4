// Reads `count` random numbers, on two threads, in every way in which landing can read them. The
// results must be those of strtod and strtoll.
//   number_soak <count> [seed]
#include <fmt/format.h>

#include <atomic>
#include <cstdlib>
#include <mutex>
#include <thread>

#include "landing/number_check.h"

namespace stedi {
namespace {

constexpr uint64_t kBatch = 1000;
constexpr uint64_t kThreads = 2;

int Main(uint64_t count, uint64_t seed) {
  const uint64_t batches = (count + kBatch - 1) / kBatch;
  std::atomic<uint64_t> next_batch{0};
  std::atomic<uint64_t> checked{0};
  std::atomic<uint64_t> fast{0};
  std::atomic<bool> has_fault{false};
  const auto run = [&](uint64_t thread) {
    NumberSamples samples(seed * kThreads + thread);
    NumberCheck check;
    std::vector<std::string> numbers(kBatch);
    while (!has_fault && next_batch++ < batches) {
      for (std::string& number : numbers) number = samples.Next();
      const std::optional<std::string> fault = check.FindFault(numbers);
      if (fault && !has_fault.exchange(true)) fmt::print("wrong: {}\n", *fault);
      checked += kBatch;
    }
    fast += check.fast_count();
  };
  std::vector<std::thread> threads;
  for (uint64_t i = 0; i < kThreads; ++i) threads.emplace_back(run, i);
  for (std::thread& thread : threads) thread.join();
  fmt::print("{} numbers, seed {}; read {} times by a fast path\n", checked.load(), seed,
             fast.load());
  return has_fault ? 1 : 0;
}

}  // namespace
}  // namespace stedi

int main(int argc, char** argv) {
  if (argc != 2 && argc != 3) {
    fmt::print(stderr, "usage: number_soak COUNT [SEED]\n");
    return 2;
  }
  return stedi::Main(std::strtoull(argv[1], nullptr, 10),
                     argc == 3 ? std::strtoull(argv[2], nullptr, 10) : 1);
}
