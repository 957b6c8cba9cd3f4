// How much memory and how many processors the program may use: those of the machine, or fewer if
// its control group (cgroup) has limits. DuckDB could determine them itself, but it fails when a
// file in /proc or a cgroup file cannot be read.
#pragma once

#include <cstdint>
#include <filesystem>

namespace stedi {

// `root` is the folder that contains /proc and /sys; tests pass one of their own. A file that
// cannot be read sets no limit.
uint64_t MachineMemory(const std::filesystem::path& root = "/");  // bytes
int MachineThreads(const std::filesystem::path& root = "/");      // at least 1

}  // namespace stedi
