#include "landing/block_queue.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "landing/scan_transcript.h"

namespace stedi {
namespace {

TEST(BlockQueueTest, HandsOutBlocksInOrder) {
  std::vector<LandingFile> files = {{"a", "a", 25, 0, Compression::kNone},
                                    {"b.gz", "b.gz", 99, 0, Compression::kGzip},
                                    {"c", "c", 0, 0, Compression::kNone},
                                    {"d", "d", 10, 0, Compression::kNone}};
  std::vector<FileReport> reports(files.size());
  BlockQueue queue(files, 10, reports);
  std::vector<std::string> taken;
  while (const std::optional<WorkItem> item = queue.Take()) {
    taken.push_back(fmt::format("{}{}{}", files[item->file_index].file, item->chain ? " " : "",
                                item->chain
                                    ? fmt::format("{}-{}", item->chain->BeginOf(item->block),
                                                  item->chain->EndOf(item->block))
                                    : ""));
  }
  EXPECT_EQ(taken,
            (std::vector<std::string>{"a 0-10", "a 10-20", "a 20-25", "b.gz", "c 0-0", "d 0-10"}));
  EXPECT_FALSE(queue.Take().has_value());
}

TEST(BlockChainTest, EachBlockBeginsWhereTheOneBeforeEnded) {
  const MemoryFile bytes("{\"a\":1}\n{\"a\":2}\n");
  const LandingFile file = bytes.Listed();
  FileReport report;
  report.problem = kNotReadToItsEnd;
  BlockChain chain(file, 0, 8, report);
  ASSERT_EQ(chain.block_count(), 2U);
  chain.Open();
  EXPECT_EQ(chain.guessed_layout(), FileLayout::kPlain);
  std::optional<TopLevel> second_start;
  std::thread second([&] {
    second_start = chain.AwaitStart(1);
    chain.Publish(1, {16, FileLayout::kPlain, false}, {{7, 0, 1, 0}, 1, 0});
  });
  EXPECT_EQ(chain.AwaitStart(0), TopLevel{});
  chain.Publish(0, {8, FileLayout::kPlain, false}, {{7, 0, 1, 0}, 1, 0});
  second.join();
  EXPECT_EQ(second_start, (TopLevel{8, FileLayout::kPlain, false}));
  EXPECT_EQ(report.accepted_bytes, 14U);
  EXPECT_EQ(report.whitespace_bytes, 2U);
  EXPECT_EQ(report.records, 2U);
  EXPECT_EQ(report.problem, "");
  EXPECT_EQ(report.content_hash, HashFile(file.path));
}

TEST(BlockChainTest, AFailureEndsEveryWait) {
  const MemoryFile bytes("{}{}{}{}");
  const LandingFile file = bytes.Listed();
  FileReport report;
  BlockChain chain(file, 0, 2, report);
  std::optional<TopLevel> start = TopLevel{};
  std::thread waiting([&] { start = chain.AwaitStart(3); });
  chain.Fail("is gone");
  chain.Fail("later problems do not count");
  waiting.join();
  EXPECT_FALSE(start.has_value());
  EXPECT_FALSE(chain.AwaitStart(1).has_value());
  EXPECT_EQ(report.problem, "is gone");
}

}  // namespace
}  // namespace stedi
