// What the machine has, or the control group that the program was put into. The engine would find
// it out by itself, but it does not survive a /proc or a cgroup file that cannot be read.
#pragma once

#include <cstdint>
#include <filesystem>

namespace stedi {

// `root`: where /proc and /sys are; a test has its own. What cannot be read sets no limit.
uint64_t MachineMemory(const std::filesystem::path& root = "/");  // bytes
int MachineThreads(const std::filesystem::path& root = "/");      // 1 at least

}  // namespace stedi
