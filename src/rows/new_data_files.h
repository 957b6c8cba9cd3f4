// The Parquet data files of a table while they are written: row groups in, finished files out.
#pragma once

#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/file_store.h"
#include "iceberg/data_file.h"
#include "iceberg/schema.h"
#include "parquet/parquet_file.h"

namespace stedi {

// Where data files are written, and with which schema, bounds and names.
struct DataTarget {
  const Schema& schema;
  std::filesystem::path folder;          // created if needed
  std::set<std::string> without_bounds;  // columns that get no bounds: personal data
  std::string run_id;                    // the files' names begin with it
};

// One thread at a time.
class NewDataFiles {
 public:
  // Both must outlive it.
  NewDataFiles(const FileStore& store, const DataTarget& target) : store_(store), target_(target) {}
  // Removes the files that Finish() has not returned, where the store can remove them.
  ~NewDataFiles();
  NewDataFiles(const NewDataFiles&) = delete;
  NewDataFiles& operator=(const NewDataFiles&) = delete;

  // Writes the group into the current file, which is finished once it has the size that the store
  // asks for.
  void Add(EncodedRowGroup group);
  // Finishes the current file and returns all files. Each has rows and is durable.
  std::vector<DataFile> Finish();

 private:
  struct File {
    File(std::unique_ptr<NewFile> new_file, std::string new_path, const Schema& schema)
        : bytes(std::move(new_file)),
          path(std::move(new_path)),
          parquet(schema, [this](std::string_view part) { bytes->Append(part); }) {}
    std::unique_ptr<NewFile> bytes;
    std::string path;
    ParquetFile parquet;
  };

  void Open();
  void Close();

  const FileStore& store_;
  const DataTarget& target_;
  std::unique_ptr<File> file_;      // the one being written
  std::vector<std::string> paths_;  // of all files begun
  std::vector<DataFile> files_;     // finished
  bool finished_ = false;
};

}  // namespace stedi
