#include "rows/new_data_files.h"

#include <fmt/format.h>

#include <atomic>
#include <cstdint>
#include <exception>
#include <map>
#include <utility>

namespace stedi {
namespace {

// Returns a name that no other file of the run has. By the run's id in it, the next run finds the
// files of a failed run.
std::string FreshName(const std::string& run_id) {
  static std::atomic<uint64_t> number = 0;
  return fmt::format("{}-{:05}.parquet", run_id, ++number);
}

}  // namespace

NewDataFiles::~NewDataFiles() {
  file_.reset();
  if (finished_) return;
  for (const std::string& path : paths_) {
    try {
      store_.Remove(path);
    } catch (const std::exception&) {  // the file stays, but nothing refers to it
    }
  }
}

void NewDataFiles::Add(EncodedRowGroup group) {
  if (file_ == nullptr) Open();
  file_->parquet.Add(std::move(group));
  if (static_cast<uint64_t>(file_->parquet.bytes()) >= store_.data_file_bytes()) Close();
}

std::vector<DataFile> NewDataFiles::Finish() {
  Close();
  finished_ = true;
  return std::move(files_);
}

void NewDataFiles::Open() {
  paths_.push_back((target_.folder / FreshName(target_.run_id)).string());
  file_ = std::make_unique<File>(store_.Create(paths_.back()), paths_.back(), target_.schema);
}

void NewDataFiles::Close() {
  if (file_ == nullptr) return;
  const std::map<std::string, ColumnStatistics> statistics = file_->parquet.Finish();
  file_->bytes->Finish();
  files_.push_back(MakeDataFile(file_->path, file_->parquet.rows(), file_->parquet.bytes(),
                                target_.schema, statistics, target_.without_bounds));
  file_.reset();
}

}  // namespace stedi
