#include "store/storage.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace stedi {
namespace {

TEST(CheckLocationTest, TakesFoldersAndPrefixesOfABucket) {
  for (const char* path : {"", "lake", "/data/lake", "/data/what?/*", "s3://bucket", "s3://bucket/",
                           "s3://bucket/a/b"}) {
    EXPECT_NO_THROW(CheckLocation(path)) << path;
  }
}

TEST(CheckLocationTest, RefusesOtherPlacesAndPatterns) {
  const struct {
    const char* path;
    const char* says;
  } cases[] = {
      {"http://host/lake", "is what can be read"},
      {"gs://bucket/lake", "is what can be read"},
      {"s3://", "is what can be read"},
      {"s3:///lake", "is what can be read"},
      {"s3://bucket/a*", "must not have"},
      {"s3://bucket/a?b", "must not have"},
      {"s3://bucket/[a]", "must not have"},
  };
  for (const auto& [path, says] : cases) {
    try {
      CheckLocation(path);
      FAIL() << path;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kInvalid) << path;
      EXPECT_NE(std::string(error.what()).find(says), std::string::npos) << error.what();
    }
  }
}

TEST(StorageTest, APathWithoutASchemeIsOnADisk) {
  Database database{DatabaseOptions{1, 0, {}, true}};
  Storage storage(database);
  EXPECT_EQ(&storage.StoreOf("/data/lake"), &LocalFiles());
}

}  // namespace
}  // namespace stedi
