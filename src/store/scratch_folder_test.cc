#include "store/scratch_folder.h"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>

namespace stedi {
namespace {

namespace fs = std::filesystem;

void MakeOld(const fs::path& folder) {
  fs::last_write_time(folder, fs::file_time_type::clock::now() - std::chrono::hours(1));
}

TEST(ScratchFolderTest, RemovesThoseThatNobodyUsesAnyMore) {
  const fs::path parent = fs::temp_directory_path();
  const fs::path abandoned = parent / "stedi-scratch-test-dead";
  const fs::path fresh = parent / "stedi-scratch-test-new";
  for (const fs::path& folder : {abandoned, fresh}) fs::create_directories(folder / "spilled");
  MakeOld(abandoned);
  std::optional<ScratchFolder> used("stedi-scratch-test");
  EXPECT_FALSE(fs::exists(abandoned));
  EXPECT_TRUE(fs::exists(fresh));
  const fs::path path = used->path();
  MakeOld(path);
  {
    const ScratchFolder other("stedi-scratch-test");
    EXPECT_TRUE(fs::exists(path));  // it is still in use
  }
  used.reset();
  EXPECT_FALSE(fs::exists(path));
  fs::remove_all(fresh);
}

}  // namespace
}  // namespace stedi
