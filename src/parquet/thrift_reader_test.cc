#include "parquet/thrift_reader.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "base/error.h"
#include "parquet/thrift_writer.h"

namespace stedi {
namespace {

using Type = ThriftReader::Type;

// A struct with a field of each kind, as ThriftWriter writes it.
std::string Everything() {
  std::string bytes;
  ThriftWriter thrift(bytes);
  thrift.I32(1, -5);
  thrift.I64(2, std::numeric_limits<int64_t>::min());
  thrift.Bool(3, true);
  thrift.Binary(20, "text");  // the id grows by more than 15, so it is written in full
  thrift.BeginStruct(21);
  thrift.I32(1, 7);
  thrift.EndStruct();
  thrift.BeginStructs(22, 20);  // the size is above 14, so it is written in full
  for (int i = 0; i < 20; ++i) {
    thrift.BeginElement();
    thrift.I32(1, i);
    thrift.EndStruct();
  }
  thrift.I32s(23, {1, 2});
  thrift.I32(24, 9);
  thrift.EndStruct();
  return bytes;
}

TEST(ThriftReaderTest, ReadsWhatTheWriterWrote) {
  const std::string bytes = Everything();
  ThriftReader thrift(bytes);
  EXPECT_EQ(thrift.NextField(), Type::kI32);
  EXPECT_EQ(thrift.id(), 1);
  EXPECT_EQ(thrift.Integer(), -5);
  EXPECT_EQ(thrift.NextField(), Type::kI64);
  EXPECT_EQ(thrift.Integer(), std::numeric_limits<int64_t>::min());
  EXPECT_EQ(thrift.NextField(), Type::kTrue);
  EXPECT_EQ(thrift.NextField(), Type::kBinary);
  EXPECT_EQ(thrift.id(), 20);
  EXPECT_EQ(thrift.Binary(), "text");
  EXPECT_EQ(thrift.NextField(), Type::kStruct);
  thrift.BeginStruct();
  EXPECT_EQ(thrift.NextField(), Type::kI32);
  EXPECT_EQ(thrift.id(), 1);
  EXPECT_EQ(thrift.Integer(), 7);
  EXPECT_EQ(thrift.NextField(), Type::kStop);
  EXPECT_EQ(thrift.NextField(), Type::kList);
  EXPECT_EQ(thrift.id(), 22);
  Type element = Type::kStop;
  EXPECT_EQ(thrift.List(element), 20);
  EXPECT_EQ(element, Type::kStruct);
  for (int i = 0; i < 20; ++i) thrift.Skip(element);
  EXPECT_EQ(thrift.NextField(), Type::kList);
  thrift.Skip(Type::kList);
  EXPECT_EQ(thrift.NextField(), Type::kI32);
  EXPECT_EQ(thrift.Integer(), 9);
  EXPECT_EQ(thrift.NextField(), Type::kStop);
  EXPECT_EQ(thrift.position(), bytes.size());
}

TEST(ThriftReaderTest, SkipsAllOfIt) {
  const std::string bytes = Everything();
  ThriftReader thrift(bytes);
  for (Type type = thrift.NextField(); type != Type::kStop; type = thrift.NextField()) {
    thrift.Skip(type);
  }
  EXPECT_EQ(thrift.position(), bytes.size());
}

TEST(ThriftReaderTest, WhatIsCutOffIsAnError) {
  const std::string bytes = Everything();
  for (size_t size = 0; size < bytes.size(); ++size) {
    ThriftReader thrift(std::string_view(bytes).substr(0, size));
    EXPECT_THROW(
        for (Type type = thrift.NextField(); type != Type::kStop;
             type = thrift.NextField()) { thrift.Skip(type); },
        Error)
        << size;
  }
}

TEST(ThriftReaderTest, NoBytesMakeItRunAway) {
  for (int byte = 0; byte < 256; ++byte) {
    const std::string bytes(64, static_cast<char>(byte));
    ThriftReader thrift(bytes);
    try {
      for (Type type = thrift.NextField(); type != Type::kStop; type = thrift.NextField()) {
        thrift.Skip(type);
      }
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kInvalid);
    }
    EXPECT_LE(thrift.position(), bytes.size());
  }
}

}  // namespace
}  // namespace stedi
