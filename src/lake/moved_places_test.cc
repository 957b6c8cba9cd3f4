#include "lake/moved_places.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "base/file.h"
#include "database/database.h"

namespace stedi {
namespace {

TEST(MovedPlacesTest, AreRenamedByTheLongestFolder) {
  std::string pattern = testing::TempDir() + "stedi-moved-XXXXXX";
  const std::filesystem::path folder = ::mkdtemp(pattern.data());
  const std::filesystem::path lake = folder / "lake";
  MakeFolders(lake / "stedi/t/metadata");
  WriteNewFile(lake / "stedi/t/metadata/0.json", "{}");
  Database database(DatabaseOptions{});
  Storage storage(database);
  MovedPlaces places(storage, lake);
  for (const char* old : {"/old", "/old/er"}) {
    places.AddTable({{"stedi", "t"}, std::string(old) + "/stedi/t/metadata/0.json"});
  }
  const std::string now = lake.string();
  const std::pair<std::string, std::string> cases[] = {
      {"/old/stedi/x", now + "/stedi/x"},
      {"/old/er/stedi/x", now + "/stedi/x"},
      {"file:/old/stedi/x", "file:" + now + "/stedi/x"},
      {"file:///old/stedi/x", "file://" + now + "/stedi/x"},
      {"/older/stedi/x", "/older/stedi/x"},
      {"/old", "/old"},
      {now + "/x", now + "/x"},
      {"", ""},
  };
  for (const auto& [place, renamed] : cases) EXPECT_EQ(places.Rename(place), renamed);
  uint64_t size_bytes = 0;
  EXPECT_EQ(places.Find("file:/old/stedi/t/metadata/0.json", size_bytes),
            "file:" + now + "/stedi/t/metadata/0.json");
  EXPECT_EQ(size_bytes, 2U);
  EXPECT_THROW(places.Find("/old/stedi/t/metadata/1.json", size_bytes), Error);
  EXPECT_THROW(places.Find("/elsewhere/0.json", size_bytes), Error);
  std::filesystem::remove_all(folder);
}

TEST(MovedPlacesTest, OnS3KeepTheirScheme) {
  Database database(DatabaseOptions{});
  Storage storage(database);
  MovedPlaces places(storage, "s3://new/lake");
  places.AddTable({{"stedi", "t"}, "s3a://old/stedi/t/metadata/0.json"});
  EXPECT_EQ(places.Rename("s3a://old/x"), "s3a://new/lake/x");
  EXPECT_EQ(places.Rename("s3://old/x"), "s3://new/lake/x");
  MovedPlaces up(storage, "s3://new/lake");
  up.AddTable({{"stedi", "t"}, "file:/old/stedi/t/metadata/0.json"});
  EXPECT_EQ(up.Rename("file:/old/x"), "s3://new/lake/x");
}

}  // namespace
}  // namespace stedi
