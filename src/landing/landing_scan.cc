#include "landing/landing_scan.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <cstdio>
#include <cstring>
#include <map>
#include <mutex>
#include <optional>

#include "base/error.h"
#include "base/file.h"
#include "landing/content_hash.h"
#include "landing/decoder.h"
#include "landing/sequential_reader.h"
#include "landing/spool_format.h"

namespace stedi {
namespace {

// Bytes looked at to see whether a file is a top-level array.
constexpr size_t kProbeBytes = 4096;

bool IsSpace(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

bool IsArrayFile(std::string_view head) {
  if (head.starts_with("\xEF\xBB\xBF")) head.remove_prefix(3);
  for (const char c : head) {
    if (!IsSpace(c)) return c == '[';
  }
  return false;
}

}  // namespace

// What all readers know of one file. Guarded by Shared::mutex but for the InputFile, which is
// immutable.
struct OpenFile {
  std::shared_ptr<const InputFile> input;  // shared: readers of its blocks come and go in any order
  bool array_file = false;
  uint64_t blocks = 0;
  uint64_t published = 0;  // blocks whose true end is known
  TopLevel end;            // of the last published block
  std::vector<BlockDigest> digests;
  uint64_t finished = 0;  // blocks whose rows and counts are accounted
};

struct LandingScan::Shared {
  Contract contract;
  std::vector<LandingFile> files;
  ScanOptions options;
  std::vector<FileReport> reports;
  std::FILE* spool = nullptr;

  std::mutex mutex;
  std::condition_variable published;
  std::vector<OpenFile> open;
  size_t next_file = 0;
  uint64_t next_block = 0;

  std::atomic<bool> cancelled{false};
  std::atomic<uint64_t> bytes_read{0};
  std::atomic<uint64_t> records{0};
  std::atomic<uint64_t> rejected{0};

  uint64_t BlocksOf(const LandingFile& file) const {
    if (file.compression != Compression::kNone) return 1;
    return std::max<uint64_t>(1, (file.size_bytes + options.block_bytes - 1) / options.block_bytes);
  }

  // Keeps what a verified stretch of file `index` gave. Throws kUnavailable when the spool is full.
  void Account(size_t index, const SequentialReader& reader) {
    const std::lock_guard lock(mutex);
    FileReport& report = reports[index];
    report.accepted_bytes += reader.counts().accepted_bytes;
    report.quarantined_bytes += reader.counts().quarantined_bytes;
    report.whitespace_bytes += reader.counts().whitespace_bytes;
    report.framing_bytes += reader.counts().framing_bytes;
    report.records += reader.rows().rows();
    report.rejected += reader.rejections().size();
    records += reader.rows().rows();
    rejected += reader.rejections().size();
    for (const KeptRejection& kept : reader.rejections()) {
      const SpoolHeader header{kept.rejection.offset,
                               kept.rejection.length,
                               kept.rejection.fault_offset,
                               static_cast<uint32_t>(index),
                               static_cast<uint32_t>(kept.raw.size()),
                               static_cast<uint64_t>(kept.rejection.reason)};
      const bool written =
          std::fwrite(&header, sizeof(header), 1, spool) == 1 &&
          std::fwrite(kept.raw.data(), 1, kept.raw.size(), spool) == kept.raw.size();
      if (!written)
        throw Error(ErrorCode::kUnavailable,
                    options.spool_path.string() +
                        ": cannot keep rejected records: " + std::strerror(errno));
    }
  }

  void Fail(size_t index, const std::string& problem) {
    const std::lock_guard lock(mutex);
    if (reports[index].problem.empty()) reports[index].problem = problem;
  }
};

LandingScan::LandingScan(Contract contract, std::vector<LandingFile> files, ScanOptions options)
    : shared_(std::make_unique<Shared>()) {
  shared_->contract = std::move(contract);
  shared_->files = std::move(files);
  shared_->options = std::move(options);
  shared_->reports.resize(shared_->files.size());
  shared_->open.resize(shared_->files.size());
  const int fd =
      ::open(shared_->options.spool_path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd >= 0) shared_->spool = ::fdopen(fd, "wb");
  if (shared_->spool == nullptr) {
    throw Error(ErrorCode::kUnavailable, shared_->options.spool_path.string() +
                                             ": cannot be created: " + std::strerror(errno));
  }
}

LandingScan::~LandingScan() { std::fclose(shared_->spool); }

void LandingScan::Cancel() { shared_->cancelled = true; }
uint64_t LandingScan::bytes_read() const { return shared_->bytes_read; }
uint64_t LandingScan::records() const { return shared_->records; }
uint64_t LandingScan::rejected() const { return shared_->rejected; }
const Contract& LandingScan::contract() const { return shared_->contract; }
const std::vector<LandingFile>& LandingScan::files() const { return shared_->files; }

const std::vector<FileReport>& LandingScan::reports() const {
  std::fflush(shared_->spool);
  return shared_->reports;
}

// One unit of work: a block of a plain file, or a whole compressed one.
struct WorkItem {
  size_t file = 0;
  uint64_t block = 0;
};

// A compressed file being decoded by one reader.
struct Stream {
  explicit Stream(std::shared_ptr<const InputFile> input, const LandingFile& file)
      : file_input(std::move(input)),
        stored(*file_input, file.size_bytes),
        decoder(MakeDecoder(file.compression, stored)) {}
  std::shared_ptr<const InputFile> file_input;
  StoredBytes stored;
  std::unique_ptr<Decoder> decoder;
  TopLevel at;
};

struct LandingReader::State {
  explicit State(LandingScan::Shared& shared_scan) : shared(shared_scan) {}

  LandingScan::Shared& shared;
  ByteWindow window;
  std::unique_ptr<SequentialReader> reader;
  bool reader_array_file = false;
  std::unique_ptr<Stream> stream;
  size_t stream_file = 0;
  RowBlock block;

  SequentialReader& ReaderFor(bool array_file) {
    if (reader == nullptr || reader_array_file != array_file) {
      reader = std::make_unique<SequentialReader>(shared.contract, shared.options, array_file);
      reader_array_file = array_file;
    }
    return *reader;
  }

  std::optional<WorkItem> Take() {
    const std::lock_guard lock(shared.mutex);
    while (shared.next_file < shared.files.size() &&
           shared.next_block == shared.BlocksOf(shared.files[shared.next_file])) {
      ++shared.next_file;
      shared.next_block = 0;
    }
    if (shared.next_file == shared.files.size()) return std::nullopt;
    return WorkItem{shared.next_file, shared.next_block++};
  }

  // Opens the file at its first use; every reader of it shares the handle.
  std::shared_ptr<const InputFile> Open(const WorkItem& item, bool& array_file) {
    const std::lock_guard lock(shared.mutex);
    OpenFile& file = shared.open[item.file];
    if (file.input == nullptr) {
      file.input = std::make_shared<const InputFile>(shared.files[item.file].path);
      char head[kProbeBytes];
      const size_t got = file.input->ReadAt(0, head);
      file.array_file = IsArrayFile({head, got});
      file.blocks = shared.BlocksOf(shared.files[item.file]);
      file.digests.resize(file.blocks);
    }
    array_file = file.array_file;
    return file.input;
  }

  // A reader of the stored bytes from `begin` on, up to the listed size. Block reads are hashed
  // where they begin a block.
  ByteWindow::ReadMore ReadFrom(const InputFile& input, const LandingFile& file, uint64_t begin) {
    return [this, &input, &file, offset = begin](std::span<char> out) mutable -> size_t {
      const uint64_t left = file.size_bytes - std::min(file.size_bytes, offset);
      const size_t wanted = static_cast<size_t>(std::min<uint64_t>(out.size(), left));
      if (wanted == 0) return 0;
      const size_t got = input.ReadAt(offset, out.first(wanted));
      if (got < wanted) throw Error(ErrorCode::kInvalid, "became shorter while it was read");
      offset += got;
      return got;
    };
  }

  // The first place at or after `begin` where a record seems to start; nothing when none does
  // before `end`.
  std::optional<uint64_t> GuessStart(uint64_t begin, uint64_t end, bool array_file) {
    constexpr uint64_t kLookBack = 256;
    const uint64_t from = begin - std::min(begin, kLookBack);
    while (window.From(from).size() < end - from + kLookAheadBytes && window.More(from)) continue;
    const std::string_view text = window.From(from);
    for (size_t i = static_cast<size_t>(begin - from); i < text.size() && from + i < end; ++i) {
      if (text[i] != '{' || !BeginsRecord(text, i)) continue;
      size_t back = i;
      while (back > 0 && IsSpace(text[back - 1])) --back;
      if (array_file) {
        if (back == 0 || text[back - 1] != ',') continue;
        --back;
        while (back > 0 && IsSpace(text[back - 1])) --back;
      }
      if (back > 0 && text[back - 1] == '}') return from + i;
    }
    return std::nullopt;
  }

  // Waits until the true end of the block before is known. False: the file has failed or the scan
  // is cancelled.
  bool WaitForStart(const WorkItem& item, TopLevel& start) {
    std::unique_lock lock(shared.mutex);
    OpenFile& file = shared.open[item.file];
    shared.published.wait(lock, [&] { return file.published == item.block; });
    start = file.end;
    return shared.reports[item.file].problem.empty() && !shared.cancelled;
  }

  void Publish(const WorkItem& item, TopLevel end) {
    {
      const std::lock_guard lock(shared.mutex);
      shared.open[item.file].end = end;
      shared.open[item.file].published = item.block + 1;
    }
    shared.published.notify_all();
  }

  // The stored bytes of block `item`, for the file's content hash.
  void HashStored(const WorkItem& item, const InputFile& input) {
    const LandingFile& file = shared.files[item.file];
    const uint64_t begin = item.block * shared.options.block_bytes;
    const uint64_t end = std::min(file.size_bytes, begin + shared.options.block_bytes);
    shared.bytes_read += end - begin;
    if (shared.options.block_bytes != kHashBlockBytes || end == begin) return;
    std::string copy;
    std::string_view text = window.From(begin);
    if (text.size() < end - begin) {
      copy.resize(end - begin);
      input.ReadAt(begin, copy);
      text = copy;
    }
    const BlockDigest digest = HashBlock(text.substr(0, static_cast<size_t>(end - begin)));
    const std::lock_guard lock(shared.mutex);
    shared.open[item.file].digests[item.block] = digest;
  }

  // Accounts for the block and closes the file after its last one.
  void Finish(const WorkItem& item) {
    shared.Account(item.file, *reader);
    const std::lock_guard lock(shared.mutex);
    OpenFile& file = shared.open[item.file];
    if (++file.finished < file.blocks) return;
    const LandingFile& landing = shared.files[item.file];
    FileReport& report = shared.reports[item.file];
    report.size_bytes = report.decoded_bytes = landing.size_bytes;
    report.content_hash =
        shared.options.block_bytes == kHashBlockBytes
            ? CombineDigests(landing.size_bytes == 0 ? std::vector<BlockDigest>() : file.digests,
                             landing.size_bytes)
            : HashFile(landing.path);
    file.input.reset();
  }

  // Reads one block of a plain file; its rows are in `reader` then.
  void ReadBlock(const WorkItem& item) {
    const LandingFile& file = shared.files[item.file];
    TopLevel end;
    bool ok = false;
    try {
      bool array_file = false;
      const std::shared_ptr<const InputFile> input = Open(item, array_file);
      SequentialReader& sequential = ReaderFor(array_file);
      const uint64_t begin = item.block * shared.options.block_bytes;
      const uint64_t stop = std::min(file.size_bytes, begin + shared.options.block_bytes);
      const uint64_t stop_reading = stop == file.size_bytes ? UINT64_MAX : stop;
      const uint64_t window_begin = begin - std::min<uint64_t>(begin, 256);
      window.Reset(window_begin, ReadFrom(*input, file, window_begin));
      std::optional<TopLevel> guess;
      if (item.block == 0) {
        guess = TopLevel{};
      } else if (const auto start = GuessStart(begin, stop, array_file)) {
        guess = TopLevel{*start, array_file};
      }
      HashStored(item, *input);
      if (guess.has_value()) end = sequential.Read(window, *guess, stop_reading);
      TopLevel start;
      if (!WaitForStart(item, start)) {
        end = start;
        sequential.Clear();
      } else if (start.offset >= stop && item.block > 0 && stop_reading != UINT64_MAX) {
        end = start;
        sequential.Clear();
      } else if (!guess.has_value() || !(start == *guess)) {
        window.Reset(start.offset, ReadFrom(*input, file, start.offset));
        end = sequential.Read(window, start, stop_reading);
      }
      ok = true;
      Publish(item, end);
    } catch (const Error& error) {
      shared.Fail(item.file, error.what());
      if (reader != nullptr) reader->Clear();
      TopLevel start;
      WaitForStart(item, start);
      if (!ok) Publish(item, start);
    }
    if (reader == nullptr) ReaderFor(false);
    Finish(item);
  }

  // Reads the next stretch of the compressed file at hand.
  void ReadStretch() {
    const LandingFile& file = shared.files[stream_file];
    try {
      const uint64_t before = stream->stored.read_bytes();
      stream->at = reader->Read(window, stream->at, stream->at.offset + shared.options.block_bytes);
      shared.bytes_read += stream->stored.read_bytes() - before;
      shared.Account(stream_file, *reader);
      if (!reader->reached_end()) return;
      const std::lock_guard lock(shared.mutex);
      FileReport& report = shared.reports[stream_file];
      report.size_bytes = file.size_bytes;
      report.decoded_bytes = stream->at.offset;
      report.content_hash = stream->stored.ContentHash();
    } catch (const Error& error) {
      shared.Fail(stream_file, error.what());
      reader->Clear();
    }
    stream.reset();
  }

  void OpenStream(const WorkItem& item) {
    stream_file = item.file;
    try {
      const LandingFile& file = shared.files[item.file];
      stream = std::make_unique<Stream>(std::make_shared<const InputFile>(file.path), file);
      Decoder* decoder = stream->decoder.get();
      window.Reset(0, [decoder](std::span<char> out) { return decoder->Read(out); });
      while (window.From(0).size() < kProbeBytes && window.More(0)) continue;
      ReaderFor(IsArrayFile(window.From(0).substr(0, kProbeBytes)));
    } catch (const Error& error) {
      shared.Fail(item.file, error.what());
      stream.reset();
    }
  }
};

LandingReader::LandingReader(LandingScan& scan) : state_(std::make_unique<State>(*scan.shared_)) {}
LandingReader::~LandingReader() = default;

const RowBlock* LandingReader::NextBlock() {
  State& state = *state_;
  while (!state.shared.cancelled) {
    size_t file = state.stream_file;
    if (state.stream != nullptr) {
      state.ReadStretch();
    } else {
      const std::optional<WorkItem> item = state.Take();
      if (!item.has_value()) return nullptr;
      file = item->file;
      if (state.shared.files[file].compression != Compression::kNone) {
        state.OpenStream(*item);
        continue;
      }
      state.ReadBlock(*item);
    }
    if (state.reader->rows().rows() == 0) continue;
    state.block = state.reader->rows().Show(state.shared.files[file].file);
    return &state.block;
  }
  return nullptr;
}

}  // namespace stedi
