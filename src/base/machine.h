// The memory and the processors that the program may use: those of the machine, or of its control
// group. DuckDB would find them out by itself, but it does not survive a /proc or a cgroup file
// that cannot be read.
#pragma once

#include <cstdint>
#include <filesystem>

namespace stedi {

// `root` is where /proc and /sys are; tests have one of their own. A file that cannot be read sets
// no limit.
uint64_t MachineMemory(const std::filesystem::path& root = "/");  // bytes
int MachineThreads(const std::filesystem::path& root = "/");      // 1 at least

}  // namespace stedi
