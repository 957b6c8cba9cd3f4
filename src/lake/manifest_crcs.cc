#include "lake/manifest_crcs.h"

#include <sstream>

#include "lake/manifest_io.h"
#include "parquet/crc32.h"

namespace stedi {
namespace {

constexpr const char* kUnknown = "-";

// The summary's value; empty: it has none.
std::string CrcsOf(const Snapshot& snapshot) {
  const auto found = snapshot.summary.find(kManifestCrcs);
  return found == snapshot.summary.end() ? "" : found->second;
}

}  // namespace

std::string CrcOfFile(const FileStore& store, const std::string& path) {
  return CrcText(CrcOf(ReadToEnd(*store.Open(path))));
}

std::string ManifestCrcsText(const std::string& list_crc,
                             const std::vector<ManifestFile>& manifests) {
  std::string crcs = list_crc;
  for (const ManifestFile& manifest : manifests) {
    crcs += " ";
    crcs += manifest.crc.empty() ? kUnknown : manifest.crc;
  }
  return crcs;
}

std::string CrcOfList(const Snapshot& snapshot) {
  const std::string crcs = CrcsOf(snapshot);
  return crcs.substr(0, crcs.find(' '));
}

void FillManifestCrcs(const Snapshot& snapshot, std::vector<ManifestFile>& manifests) {
  std::istringstream words(CrcsOf(snapshot));
  std::string word;
  words >> word;  // the checksum of the list
  for (ManifestFile& manifest : manifests) {
    if (words >> word && word != kUnknown) manifest.crc = word;
  }
}

std::vector<ManifestFile> ManifestsOf(Connection& connection, const Snapshot& snapshot) {
  std::vector<ManifestFile> manifests =
      ReadManifestList(connection, LocalPath(snapshot.manifest_list));
  FillManifestCrcs(snapshot, manifests);
  return manifests;
}

}  // namespace stedi
