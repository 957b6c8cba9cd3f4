#include "lake/manifest_crcs.h"

#include <gtest/gtest.h>

namespace stedi {
namespace {

std::vector<ManifestFile> Manifests(const std::vector<std::string>& crcs) {
  std::vector<ManifestFile> manifests;
  for (const std::string& crc : crcs) manifests.emplace_back().crc = crc;
  return manifests;
}

std::vector<std::string> CrcsOf(const std::vector<ManifestFile>& manifests) {
  std::vector<std::string> crcs;
  crcs.reserve(manifests.size());
  for (const ManifestFile& manifest : manifests) crcs.push_back(manifest.crc);
  return crcs;
}

Snapshot WithCrcs(const std::string& text) {
  Snapshot snapshot;
  if (!text.empty()) snapshot.summary[kManifestCrcs] = text;
  return snapshot;
}

TEST(ManifestCrcs, AreReadAsTheyWereWritten) {
  EXPECT_EQ(ManifestCrcsText("00c0ffee", {}), "00c0ffee");
  const std::vector<std::string> crcs = {"11111111", "", "33333333"};
  const std::string text = ManifestCrcsText("00c0ffee", Manifests(crcs));
  EXPECT_EQ(text, "00c0ffee 11111111 - 33333333");
  EXPECT_EQ(CrcOfList(WithCrcs(text)), "00c0ffee");
  std::vector<ManifestFile> manifests(crcs.size());
  FillManifestCrcs(WithCrcs(text), manifests);
  EXPECT_EQ(CrcsOf(manifests), crcs);
}

TEST(ManifestCrcs, AreNotKnownWhereTheSummaryLacksThem) {
  EXPECT_EQ(CrcOfList(WithCrcs("")), "");
  std::vector<ManifestFile> manifests(2);
  FillManifestCrcs(WithCrcs(""), manifests);
  EXPECT_EQ(CrcsOf(manifests), (std::vector<std::string>{"", ""}));
  FillManifestCrcs(WithCrcs("00c0ffee 11111111"), manifests);
  EXPECT_EQ(CrcsOf(manifests), (std::vector<std::string>{"11111111", ""}));
}

}  // namespace
}  // namespace stedi
