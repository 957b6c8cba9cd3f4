#include "base/machine.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/error.h"
#include "base/file.h"

namespace stedi {
namespace {

std::string ReadOrNothing(const std::filesystem::path& path) {
  try {
    return ReadWholeFile(path);
  } catch (const Error&) {  // a file that is missing or cannot be read sets no limit
    return "";
  }
}

// Returns the numbers at the beginning of `text`. They end at any other text, such as "max", which
// sets no limit.
std::vector<int64_t> NumbersIn(const std::string& text) {
  std::vector<int64_t> numbers;
  const char* at = text.data();
  const char* const end = at + text.size();
  int64_t number = 0;
  for (;;) {
    while (at < end && *at == ' ') ++at;
    const auto [stop, status] = std::from_chars(at, end, number);
    if (status != std::errc()) return numbers;
    numbers.push_back(number);
    at = stop;
  }
}

// Returns the folders of this process's control group and of its ancestors in the hierarchy of
// `controller` (cgroup version 1). An empty `controller` stands for the only hierarchy of version
// 2.
std::vector<std::filesystem::path> GroupFolders(const std::filesystem::path& root,
                                                std::string_view controller) {
  const std::filesystem::path top = root / "sys/fs/cgroup" / controller;
  std::vector<std::filesystem::path> folders{top};
  std::istringstream lines(ReadOrNothing(root / "proc/self/cgroup"));
  for (std::string line; std::getline(lines, line);) {  // <number>:<controllers>:<path>
    const size_t first = line.find(':');
    const size_t second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string controllers = "," + line.substr(first + 1, second - first - 1) + ",";
    if (controllers.find("," + std::string(controller) + ",") == std::string::npos) continue;
    std::filesystem::path folder = top;
    for (const std::filesystem::path& part :
         std::filesystem::path(line.substr(second + 1)).relative_path()) {
      folders.push_back(folder /= part);
    }
  }
  return folders;
}

}  // namespace

uint64_t MachineMemory(const std::filesystem::path& root) {
  uint64_t bytes = static_cast<uint64_t>(sysconf(_SC_PHYS_PAGES)) *
                   static_cast<uint64_t>(sysconf(_SC_PAGE_SIZE));
  const auto limit = [&](std::string_view controller, const char* file) {
    for (const std::filesystem::path& folder : GroupFolders(root, controller)) {
      const std::vector<int64_t> numbers = NumbersIn(ReadOrNothing(folder / file));
      if (!numbers.empty() && numbers[0] > 0) {
        bytes = std::min(bytes, static_cast<uint64_t>(numbers[0]));
      }
    }
  };
  limit("", "memory.max");
  limit("memory", "memory.limit_in_bytes");
  return bytes;
}

int MachineThreads(const std::filesystem::path& root) {
  auto threads = std::max<int64_t>(1, std::thread::hardware_concurrency());
  const auto limit = [&](int64_t quota, int64_t period) {
    if (quota > 0 && period > 0) threads = std::min(threads, (quota + period - 1) / period);
  };
  for (const std::filesystem::path& folder : GroupFolders(root, "")) {
    const std::vector<int64_t> numbers = NumbersIn(ReadOrNothing(folder / "cpu.max"));
    if (numbers.size() == 2) limit(numbers[0], numbers[1]);
  }
  for (const std::filesystem::path& folder : GroupFolders(root, "cpu")) {
    const std::vector<int64_t> quota = NumbersIn(ReadOrNothing(folder / "cpu.cfs_quota_us"));
    const std::vector<int64_t> period = NumbersIn(ReadOrNothing(folder / "cpu.cfs_period_us"));
    if (!quota.empty() && !period.empty()) limit(quota[0], period[0]);
  }
  return static_cast<int>(threads);
}

}  // namespace stedi
