#include "base/file_stamp.h"

#include <gtest/gtest.h>

#include "base/file.h"

namespace stedi {
namespace {

TEST(FileStamp, IsSizeAndTime) {
  FileStatus status;
  status.size_bytes = 1200;
  status.mtime_ns = 1'700'000'000'123'456'789;
  const FileStamp stamp = StampOf(status);
  EXPECT_EQ(ToString(stamp), "1200 1700000000123456789");
  EXPECT_EQ(stamp, StampOf(status));
  status.is_regular = true;  // is not part of the stamp
  EXPECT_EQ(stamp, StampOf(status));
  ++status.mtime_ns;
  EXPECT_NE(stamp, StampOf(status));
  --status.mtime_ns;
  --status.size_bytes;
  EXPECT_NE(stamp, StampOf(status));
}

}  // namespace
}  // namespace stedi
