#include "reader/file_listing.h"

#include <gtest/gtest.h>

#include "reader/reader_transcript.h"

namespace stedi {
namespace {

TEST(FileListingTest, HasAllKindsOfFiles) {
  FeedListing listing;
  listing.files = {{"a.json.gz", "folder/a.json.gz", 17, 5, Compression::kGzip}};
  listing.bad_files = {{"b.json", "is a link to nothing"}};
  listing.passed_over = {"README.md"};
  ArrowSchema schema = {};
  ArrowArray batch = {};
  ExportSchema(ListingFields(), schema);
  ExportFiles(listing, batch);
  std::vector<ReaderRow> rows;
  AppendReaderRows(schema, batch, rows);
  batch.release(&batch);
  schema.release(&schema);
  const std::vector<ReaderRow> expected = {{{"kind", "file"},
                                            {"file", "a.json.gz"},
                                            {"path", "folder/a.json.gz"},
                                            {"size_bytes", "17"},
                                            {"mtime_ns", "5"}},
                                           {{"kind", "bad"},
                                            {"file", "b.json"},
                                            {"path", ""},
                                            {"size_bytes", "0"},
                                            {"mtime_ns", "0"},
                                            {"problem", "is a link to nothing"}},
                                           {{"kind", "passed_over"},
                                            {"file", "README.md"},
                                            {"path", ""},
                                            {"size_bytes", "0"},
                                            {"mtime_ns", "0"}}};
  EXPECT_EQ(rows, expected);
}

}  // namespace
}  // namespace stedi
