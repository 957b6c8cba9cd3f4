#include "landing/rejection_spool.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/file.h"

namespace stedi {
namespace {

class RejectionSpoolTest : public testing::Test {
 protected:
  RejectionSpoolTest() {
    std::string pattern = testing::TempDir() + "stedi-spool-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
  }
  ~RejectionSpoolTest() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path folder_;
};

TEST_F(RejectionSpoolTest, GivesBackWhatWasAppended) {
  const std::filesystem::path path = folder_ / "spool";
  WriteNewFile(path, "left over from a run that was killed");
  // It is longer than what is read at once, so that records span several reads.
  const std::string long_raw(100'000, 'r');
  {
    RejectionSpool spool(path);
    RejectionBuffer first;
    first.Add({10, 200'000, 12, RejectReason::kTooLarge}, long_raw);
    first.Add({300'000, 0, 300'000, RejectReason::kTruncated}, "");
    spool.Append(7, first);
    RejectionBuffer none;
    spool.Append(8, none);
    RejectionBuffer second;
    second.Add({0, 3, 1, RejectReason::kMalformed}, "a\0b");
    second.Clear();
    second.Add({1, 2, 3, RejectReason::kNotNull, {FoundKind::kNull, 255}},
               std::string_view("\0x", 2));
    spool.Append(9, second);
  }
  EXPECT_EQ(std::filesystem::status(path).permissions(), std::filesystem::perms(0600));
  RejectionSpoolReader reader(path);
  SpooledRejection next;
  ASSERT_TRUE(reader.Next(next));
  EXPECT_EQ(next.file_index, 7U);
  EXPECT_EQ(next.rejection.offset, 10U);
  EXPECT_EQ(next.rejection.length, 200'000U);
  EXPECT_EQ(next.rejection.fault_offset, 12U);
  EXPECT_EQ(next.rejection.reason, RejectReason::kTooLarge);
  EXPECT_EQ(next.raw, long_raw);
  ASSERT_TRUE(reader.Next(next));
  EXPECT_EQ(next.rejection.length, 0U);
  EXPECT_EQ(next.raw, "");
  ASSERT_TRUE(reader.Next(next));
  EXPECT_EQ(next.file_index, 9U);
  EXPECT_EQ(next.rejection.reason, RejectReason::kNotNull);
  EXPECT_EQ(next.rejection.misfit, (Misfit{FoundKind::kNull, 255}));
  EXPECT_EQ(next.raw, std::string("\0x", 2));
  EXPECT_FALSE(reader.Next(next));
}

TEST_F(RejectionSpoolTest, NoPathKeepsNothing) {
  RejectionSpool spool("");
  RejectionBuffer rejections;
  rejections.Add({0, 1, 0, RejectReason::kMalformed}, "x");
  spool.Append(0, rejections);
  EXPECT_TRUE(std::filesystem::is_empty(folder_));
}

TEST_F(RejectionSpoolTest, TellsDamageFromTheEnd) {
  const std::filesystem::path path = folder_ / "spool";
  {
    RejectionSpool spool(path);
    RejectionBuffer rejections;
    rejections.Add({0, 5, 0, RejectReason::kMalformed}, "12345");
    spool.Append(0, rejections);
  }
  const std::string bytes = ReadWholeFile(path);
  std::string bad_reason = bytes;
  bad_reason[bytes.size() - 5 - 2] = '\x7F';
  std::string bad_found = bytes;
  bad_found[bytes.size() - 5 - 1] = '\x7F';
  const std::vector<std::string> damaged = {bytes.substr(0, 3),
                                            bytes.substr(0, bytes.size() - 1),
                                            bytes.substr(0, bytes.size() - 10),
                                            "x" + bytes,
                                            bad_reason,
                                            bad_found};
  for (size_t i = 0; i < damaged.size(); ++i) {
    const std::filesystem::path copy = folder_ / ("damaged" + std::to_string(i));
    WriteNewFile(copy, damaged[i]);
    try {
      RejectionSpoolReader reader(copy);
      SpooledRejection next;
      while (reader.Next(next)) continue;
      FAIL() << i;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kUnavailable) << i;
    }
  }
}

TEST_F(RejectionSpoolTest, AMissingFolderIsAnError) {
  try {
    RejectionSpool spool(folder_ / "gone" / "spool");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kNotFound);
  }
}

}  // namespace
}  // namespace stedi
