// Plans a sample as a list of files, each of which holds a range of records; threads take files
// from the list. A record depends only on the options and its index, so the order of the work does
// not matter.
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <functional>
#include <limits>
#include <mutex>
#include <system_error>
#include <thread>

#include "base/error.h"
#include "base/machine.h"
#include "sample/defect.h"
#include "sample/sample_file.h"
#include "sample/sample_options.h"
#include "sample/sample_person.h"
#include "sample/sample_random.h"
#include "sample/sample_record.h"

namespace stedi {
namespace {

namespace fs = std::filesystem;

enum Stream : uint64_t { kDefectPlace = 200, kDefectKind };

constexpr uint64_t kCustomersMax = 1'000'000'000;
constexpr uint64_t kReadingsMax = 1'000'000'000'000;
constexpr uint64_t kReadingsACustomerMax = 1'000'000'000;  // times stay at 13 digits
constexpr uint64_t kFileBytesMin = 64 << 10;
constexpr size_t kBufferBytes = 1 << 20;
constexpr std::string_view kUnfinished = ".landing.unfinished";
// At least this many sound records follow a defect, so that one defect does not hide another.
constexpr uint64_t kSoundAfterDefect = 4;
constexpr std::string_view kByteOrderMarkBytes = "\xEF\xBB\xBF";

struct PlannedFile {
  SampleFeed feed;
  std::string name;
  uint64_t first = 0, end = 0;  // indices of records
  bool has_byte_order_mark = false;
  bool has_truncated_tail = false;
  bool is_redelivered = false;
};

uint64_t RecordsOf(const SampleOptions& options, const SampleSchedule& schedule, SampleFeed feed) {
  switch (feed) {
    case SampleFeed::kCustomer:
      return options.customers;
    case SampleFeed::kAccelerometer:
      return options.readings;
    case SampleFeed::kStepTrainer:
      return options.readings == 0 ? 0 : schedule.moments();
  }
  return 0;
}

// Returns the length in bytes of the longest sound record and the separator after it.
uint64_t RecordBytesMax(const SampleOptions& options, SampleFeed feed) {
  const std::string person = fmt::format("\"{:n>50}\"", "@example.com");
  const std::string uuid(38, '0');
  const std::string millis(13, '0');
  SampleRecord longest;
  if (feed == SampleFeed::kCustomer) {
    SamplePerson most = MakePerson(options.seed, 0);
    most.name = std::string(24, 'n');
    most.email = person;
    most.research_ms = most.public_ms = most.friends_ms = most.registration_ms;
    longest = CustomerRecord(most);
  } else if (feed == SampleFeed::kAccelerometer) {
    longest = {
        {"user", person}, {"timestamp", millis}, {"x", "-0.25"}, {"y", "-0.25"}, {"z", "-0.25"}};
  } else {
    longest = {
        {"sensorReadingTime", millis}, {"serialNumber", uuid}, {"distanceFromObject", "200"}};
  }
  std::string text;
  AppendRecord(longest, StyleOf(feed, options.layout), text);
  return text.size() + Describe(options.layout).record_separator.size();
}

std::vector<PlannedFile> PlanFeed(const SampleOptions& options, SampleFeed feed, uint64_t records) {
  // Each file holds whole groups of records_per_defect records, so that a defect and the sound
  // records after it stay together.
  const uint64_t group = Describe(feed).records_per_defect;
  const uint64_t groups = options.file_bytes / RecordBytesMax(options, feed) / group;
  const uint64_t records_a_file = std::max<uint64_t>(1, groups) * group;
  std::vector<PlannedFile> files;
  const auto add = [&](uint64_t first, uint64_t end) -> PlannedFile& {
    // Real files have other names, so demo data and real data cannot overwrite each other.
    files.push_back({feed,
                     fmt::format("demo-{}-{:06}.json{}", Describe(feed).name, files.size() + 1,
                                 SuffixOf(options.compression)),
                     first, end});
    return files.back();
  };
  for (uint64_t first = 0; first < records; first += records_a_file) {
    add(first, std::min(records, first + records_a_file));
  }
  if (options.defects && !files.empty()) {
    files.front().has_byte_order_mark = true;
    files.back().has_truncated_tail = true;
    add(0, 0);
    const PlannedFile original = files.front();
    PlannedFile& copy = add(original.first, original.end);
    copy.has_byte_order_mark = original.has_byte_order_mark;
    copy.has_truncated_tail = original.has_truncated_tail;
    copy.is_redelivered = true;
  }
  return files;
}

// Writes planned files, one after the other. Each thread has a writer of its own.
class FileWriter {
 public:
  explicit FileWriter(const SampleOptions& options, const SampleSchedule& schedule)
      : options_(options),
        schedule_(schedule),
        layout_(Describe(options.layout)),
        counts_(DefectRows().size()) {
    buffer_.reserve(kBufferBytes + ReadingWriter::kReadingBytesMax);
  }

  void Write(const PlannedFile& planned);
  void AddTo(SampleReport& report) const;

 private:
  void WriteSound(uint64_t first, uint64_t end);
  void WriteSpoiled(uint64_t index);
  void WriteSeparated(std::string_view text);
  // Called before each record: the first one of a file has no separator before it.
  void WriteSeparator() {
    if (!is_first_) buffer_.append(layout_.record_separator);
    is_first_ = false;
  }
  void CutTail();
  // Called before a record, so that the last record of a file is in the buffer when the file ends.
  void FlushIfFull() {
    if (buffer_.size() >= kBufferBytes) Flush();
  }
  void Flush() {
    file_->Write(buffer_);
    buffer_.clear();
  }
  SampleRecord RecordAt(uint64_t index) {
    if (planned_->feed != SampleFeed::kCustomer) return readings_->Record(index);
    return CustomerRecord(MakePerson(options_.seed, index));
  }
  uint64_t SoundElsewhere(uint64_t index) const;
  void Count(std::string_view file_defect);

  const SampleOptions& options_;
  const SampleSchedule& schedule_;
  const SampleLayoutRow& layout_;
  std::vector<std::array<uint64_t, kSampleFeeds>> counts_;  // one per row of DefectRows()
  std::array<SampleFeedReport, kSampleFeeds> feeds_;
  std::string buffer_;
  // The state of the file that is being written.
  const PlannedFile* planned_ = nullptr;
  SampleFile* file_ = nullptr;
  ReadingWriter* readings_ = nullptr;
  bool is_first_ = true;
  uint64_t records_ = 0;
};

void FileWriter::Write(const PlannedFile& planned) {
  const std::string_view feed = Describe(planned.feed).name;
  SampleFile file(options_.folder / feed / kUnfinished / planned.name, options_.compression);
  ReadingWriter readings(options_, schedule_, planned.feed);
  planned_ = &planned;
  file_ = &file;
  readings_ = &readings;
  is_first_ = true;
  records_ = 0;
  if (planned.end > planned.first) {
    if (planned.has_byte_order_mark) buffer_.append(kByteOrderMarkBytes);
    buffer_.append(layout_.file_begin);
    const uint64_t group = Describe(planned.feed).records_per_defect;
    uint64_t next = planned.first;
    for (uint64_t start = planned.first; options_.defects && start + group <= planned.end;
         start += group) {
      const uint64_t place = RandomBits(options_.seed, kDefectPlace, start);
      const uint64_t spoiled = start + place % (group - kSoundAfterDefect);
      WriteSound(next, spoiled);
      WriteSpoiled(spoiled);
      next = spoiled + 1;
    }
    WriteSound(next, planned.end);
    if (planned.has_truncated_tail) {
      CutTail();
    } else {
      buffer_.append(layout_.file_end);
    }
    Flush();
  }
  file.Finish();
  SampleFeedReport& report = feeds_[static_cast<size_t>(planned.feed)];
  report.files += 1;
  report.bytes += file.bytes();
  report.stored_bytes += file.stored_bytes();
  if (planned.is_redelivered) {
    Count(kRedeliveredFile);
    return;
  }
  report.records += records_;
  if (planned.has_byte_order_mark) Count(kByteOrderMark);
  if (planned.has_truncated_tail) Count(kTruncatedTail);
  if (planned.end == planned.first) Count(kEmptyFile);
}

void FileWriter::WriteSound(uint64_t first, uint64_t end) {
  records_ += end - first;
  if (planned_->feed == SampleFeed::kCustomer) {
    const RecordStyle style = StyleOf(planned_->feed, options_.layout);
    for (uint64_t index = first; index < end; ++index) {
      FlushIfFull();
      WriteSeparator();
      AppendRecord(RecordAt(index), style, buffer_);
    }
    return;
  }
  std::array<char, ReadingWriter::kReadingBytesMax> text;
  for (uint64_t index = first; index < end; ++index) {
    FlushIfFull();
    WriteSeparator();
    const char* text_end = readings_->Write(index, text.data());
    buffer_.append(text.data(), static_cast<size_t>(text_end - text.data()));
  }
}

void FileWriter::WriteSpoiled(uint64_t index) {
  const std::vector<size_t> rows = RecordDefectsOf(planned_->feed);
  const auto feed = static_cast<size_t>(planned_->feed);
  // Defects take turns, so that even a small sample has as many kinds as it can.
  const uint64_t turn = options_.seed + index / Describe(planned_->feed).records_per_defect;
  const size_t row_index = rows[turn % rows.size()];
  const DefectRow& row = DefectRows()[row_index];
  DefectCase spoiled;
  spoiled.feed = planned_->feed;
  spoiled.bits = RandomBits(options_.seed, kDefectKind, index);
  spoiled.elsewhere = RecordAt(SoundElsewhere(index));
  spoiled.records = {RecordAt(index)};
  if (row.edit_records != nullptr) row.edit_records(spoiled);
  const RecordStyle style = StyleOf(planned_->feed, options_.layout);
  for (const SampleRecord& record : spoiled.records) {
    spoiled.texts.emplace_back();
    AppendRecord(record, style, spoiled.texts.back());
  }
  if (row.edit_texts != nullptr) row.edit_texts(spoiled);
  for (const std::string& text : spoiled.texts) {
    FlushIfFull();
    WriteSeparator();
    buffer_.append(text);
  }
  records_ += spoiled.texts.size();
  if (!planned_->is_redelivered) counts_[row_index][feed] += 1;
}

// Returns the index of a record near the end of this group or an earlier one, where no defect is
// made.
uint64_t FileWriter::SoundElsewhere(uint64_t index) const {
  const uint64_t group = Describe(planned_->feed).records_per_defect;
  return index / 2 / group * group + group - 2;
}

// Cuts off the second half of the last record, which is still in the buffer.
void FileWriter::CutTail() {
  const size_t start = buffer_.rfind('{');
  if (start != std::string::npos) buffer_.resize(start + (buffer_.size() - start) / 2);
}

void FileWriter::Count(std::string_view file_defect) {
  const auto rows = DefectRows();
  const auto row = std::ranges::find(rows, file_defect, &DefectRow::name);
  counts_[static_cast<size_t>(row - rows.begin())][static_cast<size_t>(planned_->feed)] += 1;
}

void FileWriter::AddTo(SampleReport& report) const {
  for (size_t feed = 0; feed < kSampleFeeds; ++feed) {
    report.feeds[feed].files += feeds_[feed].files;
    report.feeds[feed].records += feeds_[feed].records;
    report.feeds[feed].bytes += feeds_[feed].bytes;
    report.feeds[feed].stored_bytes += feeds_[feed].stored_bytes;
    for (size_t row = 0; row < report.defects.size(); ++row) {
      report.defects[row].count[feed] += counts_[row][feed];
    }
  }
}

void CheckRange(std::string_view name, uint64_t value, uint64_t min, uint64_t max) {
  if (value < min || value > max) {
    throw Error(ErrorCode::kInvalid,
                fmt::format("sample: {} must be {} to {}, not {}", name, min, max, value));
  }
}

void CheckOptions(const SampleOptions& options) {
  CheckRange("--customers", options.customers, 1, kCustomersMax);
  CheckRange("--readings", options.readings, 0, kReadingsMax);
  CheckRange("--readings divided by --customers", options.readings / options.customers, 0,
             kReadingsACustomerMax);
  CheckRange("--file-bytes", options.file_bytes, kFileBytesMin, uint64_t{1} << 40);
  for (const SampleFeedRow& feed : kSampleFeedRows) {
    const fs::path landing = options.folder / feed.name / "landing";
    std::error_code code;
    if (fs::exists(landing, code) && !fs::is_empty(landing, code)) {
      throw Error(ErrorCode::kInvalid,
                  fmt::format("sample: {} already holds files; name another folder, or remove it",
                              landing.string()));
    }
  }
}

// Runs `work` on each of `threads` threads (0: one per CPU) and rethrows the first failure.
void OnAllThreads(unsigned threads, const std::function<void()>& work) {
  if (threads == 0) threads = static_cast<unsigned>(MachineThreads());
  std::mutex mutex;
  std::exception_ptr failure;
  const auto guarded = [&] {
    try {
      work();
    } catch (...) {
      const std::lock_guard<std::mutex> lock(mutex);
      if (!failure) failure = std::current_exception();
    }
  };
  std::vector<std::jthread> others;
  for (unsigned i = 1; i < threads; ++i) others.emplace_back(guarded);
  guarded();
  others.clear();  // joins
  if (failure) std::rethrow_exception(failure);
}

}  // namespace

SampleReport WriteSample(const SampleOptions& options) {
  CheckOptions(options);
  const SampleSchedule schedule(options.seed, options.customers, options.readings);
  std::vector<PlannedFile> files;
  SampleReport report;
  for (const SampleFeedRow& row : kSampleFeedRows) {
    const std::vector<PlannedFile> planned =
        PlanFeed(options, row.feed, RecordsOf(options, schedule, row.feed));
    files.insert(files.end(), planned.begin(), planned.end());
  }
  if (options.defects) {
    for (const DefectRow& row : DefectRows()) report.defects.push_back({row.name, row.outcome, {}});
  }
  try {
    for (const SampleFeedRow& row : kSampleFeedRows) {
      fs::remove_all(options.folder / row.name / kUnfinished);
      fs::create_directories(options.folder / row.name / kUnfinished);
    }
    std::atomic<size_t> next_file = 0;
    std::mutex report_mutex;
    OnAllThreads(options.threads, [&] {
      FileWriter writer(options, schedule);
      for (size_t i = next_file++; i < files.size(); i = next_file++) writer.Write(files[i]);
      const std::lock_guard<std::mutex> lock(report_mutex);
      writer.AddTo(report);
    });
    for (const SampleFeedRow& row : kSampleFeedRows) {
      fs::rename(options.folder / row.name / kUnfinished, options.folder / row.name / "landing");
    }
  } catch (const fs::filesystem_error& error) {
    throw Error(
        ErrorCode::kUnavailable,
        fmt::format("sample: cannot write {}: {}", error.path1().string(), error.code().message()));
  }
  return report;
}

}  // namespace stedi
