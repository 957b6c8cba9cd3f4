#include "base/machine.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/file.h"

namespace stedi {
namespace {

struct MadeFile {
  std::string path;
  std::string text;
};

struct Case {
  std::string name;
  std::vector<MadeFile> files;
  uint64_t memory;  // 0: all of the machine's
  int threads;      // 0: all of the machine's
};

TEST(Machine, IsLimitedByItsControlGroups) {
  const std::vector<Case> cases = {
      {"none", {}, 0, 0},
      {"version 2",
       {{"proc/self/cgroup", "0::/a/b\n"},
        {"sys/fs/cgroup/a/b/memory.max", "1000000\n"},
        {"sys/fs/cgroup/a/b/cpu.max", "50000 100000\n"}},
       1000000,
       1},
      {"the group around it",
       {{"proc/self/cgroup", "0::/a/b\n"},
        {"sys/fs/cgroup/a/memory.max", "2000000\n"},
        {"sys/fs/cgroup/a/b/memory.max", "max\n"},
        {"sys/fs/cgroup/a/b/cpu.max", "max 100000\n"}},
       2000000,
       0},
      {"in a container, which sees its own group as the root",
       {{"proc/self/cgroup", "0::/\n"}, {"sys/fs/cgroup/memory.max", "3000000\n"}},
       3000000,
       0},
      {"version 1",
       {{"proc/self/cgroup", "5:cpu,cpuacct:/x\n4:memory:/x\n"},
        {"sys/fs/cgroup/memory/x/memory.limit_in_bytes", "4000000\n"},
        {"sys/fs/cgroup/cpu/x/cpu.cfs_quota_us", "100000\n"},
        {"sys/fs/cgroup/cpu/x/cpu.cfs_period_us", "100000\n"}},
       4000000,
       1},
      {"nonsense",
       {{"proc/self/cgroup", "0::\nno colon\n::::"}, {"sys/fs/cgroup/memory.max", "-1\n"}},
       0,
       0},
  };
  const std::string nowhere = testing::TempDir() + "stedi_no_machine";
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    const std::filesystem::path root = testing::TempDir() + "stedi_machine";
    std::filesystem::remove_all(root);
    for (const MadeFile& file : c.files) {
      MakeFolders((root / file.path).parent_path());
      WriteNewFile(root / file.path, file.text);
    }
    EXPECT_EQ(MachineMemory(root), c.memory == 0 ? MachineMemory(nowhere) : c.memory);
    EXPECT_EQ(MachineThreads(root), c.threads == 0 ? MachineThreads(nowhere) : c.threads);
    std::filesystem::remove_all(root);
  }
}

TEST(Machine, HasMemoryAndAThread) {
  EXPECT_GT(MachineMemory(), uint64_t{1} << 20);
  EXPECT_GE(MachineThreads(), 1);
}

}  // namespace
}  // namespace stedi
