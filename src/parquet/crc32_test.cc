#include "parquet/crc32.h"

#include <gtest/gtest.h>

namespace stedi {
namespace {

TEST(Crc32Test, IsTheUsualOne) {
  EXPECT_EQ(CrcText(CrcOf("")), "00000000");
  EXPECT_EQ(CrcText(CrcOf("123456789")), "cbf43926");  // the check value of CRC-32/ISO-HDLC
  EXPECT_EQ(CrcText(CrcOf("56789", CrcOf("1234"))), "cbf43926");
}

}  // namespace
}  // namespace stedi
