#include "landing/landing_scan.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <utility>

#include "base/error.h"
#include "base/file_store.h"
#include "files/byte_window.h"
#include "files/decoder.h"
#include "files/file_format.h"
#include "landing/block_queue.h"
#include "landing/recovery.h"
#include "landing/rejection_spool.h"
#include "landing/sequential_reader.h"

namespace stedi {
namespace {

// How many bytes after a block are read together with it, for its last record. For tiny blocks they
// are few, so that tests cover every way of reading on.
constexpr uint64_t kSlackBytesMax = 16 << 10;
uint64_t SlackBytes(uint64_t block_bytes) {
  return std::clamp(block_bytes / 64, uint64_t{1}, kSlackBytesMax);
}

// How many bytes of the first block show whether the file is compressed.
constexpr uint64_t kMagicBytes = 4;

// How many bytes before a block are read with it, to see the '}' that ends the previous record.
constexpr uint64_t kLookBehindBytes = 64;

// After a wrong guess, a reader may read far beyond its block for nothing. Beyond this many blocks
// it waits for the true start instead.
constexpr uint64_t kGuessBlocksMax = 2;

// The bytes of a plain file from an offset to its listed size.
class FileSource : public ByteSource {
 public:
  FileSource(const ReadableFile& file, uint64_t offset, uint64_t end)
      : file_(file), offset_(offset), end_(end) {}

  size_t Read(std::span<char> out) override {
    const auto wanted = static_cast<size_t>(std::min<uint64_t>(out.size(), end_ - offset_));
    if (file_.ReadAt(offset_, out.first(wanted)) < wanted) {
      throw Error(ErrorCode::kInvalid, std::string(kBecameShorter));
    }
    offset_ += wanted;
    return wanted;
  }

 private:
  const ReadableFile& file_;
  uint64_t offset_;
  const uint64_t end_;
};

// A compressed file that is being read, by one reader at a time.
struct CompressedFile {
  // `named` is the compression that is used if the first bytes are those of none.
  CompressedFile(size_t index, const LandingFile& file, Compression named, uint64_t block_bytes)
      : file_index(index), stored(file.path, file.size_bytes, *file.store), compression(named) {
    const Compression found = CompressionOfBytes(stored.Peek());
    if (found != Compression::kNone) compression = found;
    decoder = MakeDecoder(compression, stored);
    window.Open(*decoder, 0, block_bytes + SlackBytes(block_bytes), block_bytes);
  }

  size_t file_index;
  StoredBytes stored;
  Compression compression;
  std::unique_ptr<ByteSource> decoder;
  ByteWindow window;
  TopLevel at;
  uint64_t bytes_counted = 0;
  bool is_done = false;  // read to its end, or failed
};

// Other readers may wait for a block, so its file is marked as failed unless the block is
// published.
struct BlockPromise {
  explicit BlockPromise(BlockChain& promised) : chain(promised) {}
  ~BlockPromise() {
    if (!is_kept) chain.Fail(std::string(kNotReadToItsEnd));
  }
  BlockPromise(const BlockPromise&) = delete;
  BlockPromise& operator=(const BlockPromise&) = delete;

  BlockChain& chain;
  bool is_kept = false;
};

}  // namespace

struct LandingScan::Shared {
  Shared(Contract feed_contract, std::vector<LandingFile> feed_files, ScanOptions scan_options)
      : contract(std::move(feed_contract)),
        index(contract),
        files(std::move(feed_files)),
        options(std::move(scan_options)),
        spool(options.spool_path),
        rejected_rows(options.rejected_rows_path),
        reports(files.size()),
        queue(files, options.block_bytes, reports) {
    for (size_t i = 0; i < files.size(); ++i) {
      reports[i].size_bytes = files[i].size_bytes;
      reports[i].compression = files[i].compression;
      reports[i].problem = kNotReadToItsEnd;
    }
  }

  // Returns a compressed file that its reader left before the end, or nullptr.
  std::unique_ptr<CompressedFile> TakeAbandoned() {
    const std::scoped_lock lock(abandoned_mutex);
    if (abandoned.empty()) return nullptr;
    std::unique_ptr<CompressedFile> file = std::move(abandoned.back());
    abandoned.pop_back();
    return file;
  }

  const Contract contract;
  const ContractIndex index;
  const std::vector<LandingFile> files;
  const ScanOptions options;
  RejectionSpool spool;
  RejectionSpool rejected_rows;
  std::vector<FileReport> reports;
  BlockQueue queue;
  std::mutex keys_mutex;
  KeyCounts other_keys;
  std::mutex abandoned_mutex;
  std::vector<std::unique_ptr<CompressedFile>> abandoned;
  std::atomic<bool> is_cancelled{false};
  std::atomic<uint64_t> bytes_read{0};
  std::atomic<uint64_t> records{0};
  std::atomic<uint64_t> rejected{0};
};

LandingScan::LandingScan(Contract contract, std::vector<LandingFile> files, ScanOptions options)
    : shared_(std::make_unique<Shared>(std::move(contract), std::move(files), std::move(options))) {
}
LandingScan::~LandingScan() = default;

void LandingScan::Cancel() { shared_->is_cancelled = true; }
uint64_t LandingScan::bytes_read() const { return shared_->bytes_read; }
uint64_t LandingScan::records() const { return shared_->records; }
uint64_t LandingScan::rejected() const { return shared_->rejected; }
const Contract& LandingScan::contract() const { return shared_->contract; }
const std::vector<LandingFile>& LandingScan::files() const { return shared_->files; }
const std::vector<FileReport>& LandingScan::reports() const { return shared_->reports; }
const KeyCounts& LandingScan::other_keys() const { return shared_->other_keys; }

struct LandingReader::State {
  explicit State(LandingScan::Shared& shared_scan)
      : reader(shared_scan.contract, shared_scan.index, shared_scan.options,
               shared_scan.is_cancelled),
        shared(shared_scan),
        content(shared_scan.contract) {}

  ~State() {
    if (!compressed || compressed->is_done) return;
    const std::scoped_lock lock(shared.abandoned_mutex);
    shared.abandoned.push_back(std::move(compressed));
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  bool ReadNext();
  void ReadBlock(const WorkItem& item);
  bool ReadOpenBlock(BlockChain& chain, uint64_t block_index);
  bool ReadAgain(const BlockChain& chain, const ReadableFile& file, uint64_t limit, TopLevel& at);
  void LoadBlock(BlockChain& chain, uint64_t block_index, FileSource& source);
  std::optional<TopLevel> GuessStart(const BlockChain& chain, uint64_t block_index) const;
  bool ReadFrom(TopLevel& at, uint64_t limit, uint64_t give_up);
  void OpenCompressed(size_t file_index, Compression compression);
  void ReadCompressed();
  void PublishContent(size_t file_index);
  BlockTally Tally() const;

  SequentialReader reader;
  // The compression that the last ReadBlock() found in a file that is listed as plain.
  Compression found_compression = Compression::kNone;
  LandingScan::Shared& shared;
  std::unique_ptr<CompressedFile> compressed;
  RowBlock block;
  ByteWindow window;  // of plain files
  BlockContent content;
};

BlockTally LandingReader::State::Tally() const {
  return {content.counts, content.rows.rows(), content.rejections.entries().size()};
}

// Counts the rows and rejections of the verified content, appends the rejections to the spools, and
// makes the rows the block that is returned next.
void LandingReader::State::PublishContent(size_t file_index) {
  shared.records += content.rows.rows();
  shared.rejected += content.rejections.entries().size();
  shared.spool.Append(static_cast<uint32_t>(file_index), content.rejections);
  shared.rejected_rows.Append(static_cast<uint32_t>(file_index), content.rejected_rows);
  if (KeyCounts& keys = content.rows.other_keys(); !keys.empty()) {
    const std::scoped_lock lock(shared.keys_mutex);
    shared.other_keys.Add(keys);
  }
  content.rows.FillBlock(block);
  block.file = shared.files[file_index].file;
  block.file_index = file_index;
}

// Returns false when the scan is cancelled or reading gave up.
bool LandingReader::State::ReadFrom(TopLevel& at, uint64_t limit, uint64_t give_up) {
  content.Clear();
  return reader.Read(window, at, {limit, give_up}, content) != SequentialReader::Stop::kGaveUp;
}

// Reads the block's bytes and those around it, and hashes its own.
void LandingReader::State::LoadBlock(BlockChain& chain, uint64_t block_index, FileSource& source) {
  const uint64_t begin = chain.BeginOf(block_index);
  const uint64_t size = chain.EndOf(block_index) - begin;
  const uint64_t behind = std::min(begin, kLookBehindBytes);
  const uint64_t slack = SlackBytes(shared.options.block_bytes);
  window.Open(source, begin - behind, behind + shared.options.block_bytes + slack, slack);
  window.Extend(begin - behind, 0);
  chain.HashBlockBytes(block_index, {window.At(begin), static_cast<size_t>(size)});
  shared.bytes_read += size;
}

std::optional<TopLevel> LandingReader::State::GuessStart(const BlockChain& chain,
                                                         uint64_t block_index) const {
  if (block_index == 0) return TopLevel{};
  const FileLayout layout = chain.guessed_layout();
  if (layout == FileLayout::kUnknown) return std::nullopt;
  const bool in_array = layout == FileLayout::kArray;
  const std::string_view bytes(window.At(window.begin_offset()),
                               window.end_offset() - window.begin_offset());
  const uint64_t from = chain.BeginOf(block_index) - window.begin_offset();
  const uint64_t to = chain.EndOf(block_index) - window.begin_offset();
  const std::optional<size_t> start = FindRecordStart(bytes, from, to, in_array);
  if (!start) return std::nullopt;
  return TopLevel{window.begin_offset() + *start, layout, in_array};
}

// Reads a block from its true start, because the guess was wrong or there was none.
bool LandingReader::State::ReadAgain(const BlockChain& chain, const ReadableFile& file,
                                     uint64_t limit, TopLevel& at) {
  content.Clear();
  // The last record or damage of the previous block covers all of this one.
  if (at.offset >= limit) return true;
  FileSource source(file, at.offset, chain.file().size_bytes);
  const uint64_t slack = SlackBytes(shared.options.block_bytes);
  window.Open(source, at.offset, shared.options.block_bytes + slack, slack);
  return ReadFrom(at, limit, UINT64_MAX);
}

// Returns false when the file has failed or is compressed, or when the scan is cancelled.
bool LandingReader::State::ReadOpenBlock(BlockChain& chain, uint64_t block_index) {
  const ReadableFile& file = chain.Open();
  const uint64_t begin = chain.BeginOf(block_index);
  const uint64_t limit = chain.EndOf(block_index);
  FileSource source(file, begin - std::min(begin, kLookBehindBytes), chain.file().size_bytes);
  if (chain.HasFailed()) return false;
  LoadBlock(chain, block_index, source);
  if (block_index == 0) {
    while (window.end_offset() < kMagicBytes && window.Extend(0, 0)) {
    }
    found_compression = CompressionOfBytes(
        {window.At(0), static_cast<size_t>(std::min(window.end_offset(), kMagicBytes))});
    if (found_compression != Compression::kNone) return false;
  }
  const std::optional<TopLevel> guess = GuessStart(chain, block_index);
  TopLevel end = guess.value_or(TopLevel{});
  const uint64_t give_up =
      block_index == 0 ? UINT64_MAX : limit + kGuessBlocksMax * shared.options.block_bytes;
  const bool is_read = guess && ReadFrom(end, limit, give_up);
  const std::optional<TopLevel> start = chain.AwaitStart(block_index);
  if (!start) return false;
  if (!is_read || start != guess) {
    end = *start;
    if (!ReadAgain(chain, file, limit, end)) return false;
  }
  chain.Publish(block_index, end, Tally());
  return true;
}

void LandingReader::State::ReadBlock(const WorkItem& item) {
  BlockPromise promise(*item.chain);
  found_compression = Compression::kNone;
  try {
    promise.is_kept = ReadOpenBlock(*item.chain, item.block);
  } catch (const Error& error) {
    item.chain->Fail(error.what());
  }
  if (found_compression != Compression::kNone) {
    // Failing the chain makes other readers leave its blocks. None is published, so the report has
    // no counts yet.
    promise.is_kept = true;
    content.Clear();
    item.chain->Fail(std::string(kNotReadToItsEnd));
    OpenCompressed(item.file_index, found_compression);
    return;
  }
  if (promise.is_kept) {
    PublishContent(item.file_index);
  } else {
    content.Clear();
  }
}

void LandingReader::State::OpenCompressed(size_t file_index, Compression compression) {
  shared.reports[file_index].compression = compression;
  try {
    compressed = std::make_unique<CompressedFile>(file_index, shared.files[file_index], compression,
                                                  shared.options.block_bytes);
    shared.reports[file_index].compression = compressed->compression;
  } catch (const Error& error) {
    shared.reports[file_index].problem = error.what();
  }
}

// Reads the next part of the compressed file that is open, and marks it as done after the last
// part.
void LandingReader::State::ReadCompressed() {
  CompressedFile& file = *compressed;
  FileReport& report = shared.reports[file.file_index];
  content.Clear();
  file.window.ReleaseRows();
  SequentialReader::Stop stop = SequentialReader::Stop::kGaveUp;
  try {
    const SequentialReader::Bounds bounds{file.at.offset + shared.options.block_bytes};
    stop = reader.Read(file.window, file.at, bounds, content);
  } catch (const Error& error) {
    report.problem = error.what();
  }
  shared.bytes_read += file.stored.bytes_read() - file.bytes_counted;
  file.bytes_counted = file.stored.bytes_read();
  file.is_done = stop != SequentialReader::Stop::kLimit;
  if (stop == SequentialReader::Stop::kGaveUp) return content.Clear();
  AddToReport(Tally(), report);
  PublishContent(file.file_index);
  if (stop != SequentialReader::Stop::kEndOfFile) return;
  report.decoded_bytes = file.at.offset;
  report.content_hash = file.stored.ContentHash();
  report.problem.clear();
}

// Reads the next piece of work, which may have no rows. Returns false when all work is taken.
bool LandingReader::State::ReadNext() {
  content.Clear();
  if (compressed && compressed->is_done) compressed.reset();
  if (!compressed) compressed = shared.TakeAbandoned();
  if (compressed) {
    ReadCompressed();
    return true;
  }
  const std::optional<WorkItem> item = shared.queue.Take();
  if (!item) return false;
  if (item->chain) {
    ReadBlock(*item);
  } else {
    OpenCompressed(item->file_index, shared.files[item->file_index].compression);
  }
  return true;
}

LandingReader::LandingReader(LandingScan& scan) : state_(std::make_unique<State>(*scan.shared_)) {}
LandingReader::~LandingReader() = default;

const RowBlock* LandingReader::NextBlock() {
  State& state = *state_;
  while (!state.shared.is_cancelled && state.ReadNext()) {
    if (state.content.rows.rows() > 0) return &state.block;
  }
  return nullptr;
}

}  // namespace stedi
