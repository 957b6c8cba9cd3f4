#include "parquet/parquet_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include "base/error.h"
#include "parquet/crc32.h"
#include "parquet/parquet_file.h"
#include "parquet/thrift_reader.h"

namespace stedi {
namespace {

using Type = ThriftReader::Type;

constexpr size_t kMagicBytes = 4;
constexpr size_t kTailBytes = 8;  // the footer's length, and the magic again
constexpr uint64_t kPieceBytes = 1 << 20;

[[noreturn]] void Fail(const std::string& fault) { throw Error(ErrorCode::kInvalid, fault); }

constexpr const char* kUnreadable = "its footer cannot be read";

// A field of FileMetaData in parquet.thrift.
struct FooterField {
  int16_t id;
  Type type;
  bool is_required;
};
constexpr FooterField kFooterFields[] = {
    {1, Type::kI32, true},   {2, Type::kList, true},    {3, Type::kI64, true},
    {4, Type::kList, true},  {5, Type::kList, false},   {6, Type::kBinary, false},
    {7, Type::kList, false}, {8, Type::kStruct, false}, {9, Type::kBinary, false},
};

// What the footer says about a column chunk: one column of one row group.
struct Chunk {
  int64_t begin = 0;
  int64_t bytes = 0;
  int64_t values = 0;
};

struct Footer {
  std::vector<Chunk> chunks;
  std::optional<size_t> crc_at;  // offset of its checksum's digits
};

// Calls `on_field(id, type)` for each field of the next struct. It reads the field's value and
// returns true, or returns false to have the value skipped.
template <class OnField>
void ReadStruct(ThriftReader& thrift, const OnField& on_field) {
  for (Type type = thrift.NextField(); type != Type::kStop; type = thrift.NextField()) {
    if (!on_field(thrift.id(), type)) thrift.Skip(type);
  }
}

// Calls `on_element` for each struct of the next list; it must read the struct.
template <class OnElement>
void ReadStructs(ThriftReader& thrift, const OnElement& on_element) {
  Type element = Type::kStop;
  const size_t size = thrift.List(element);
  if (element != Type::kStruct) Fail(kUnreadable);
  for (size_t i = 0; i < size; ++i) {
    thrift.BeginStruct();
    on_element();
  }
}

// Reads a ColumnMetaData.
Chunk ReadChunk(ThriftReader& thrift) {
  Chunk chunk;
  int64_t dictionary = 0;
  ReadStruct(thrift, [&](int16_t id, Type type) {
    int64_t* const target = id == 5    ? &chunk.values
                            : id == 7  ? &chunk.bytes
                            : id == 9  ? &chunk.begin
                            : id == 11 ? &dictionary
                                       : nullptr;
    if (target == nullptr || type != Type::kI64) return false;
    *target = thrift.Integer();
    return true;
  });
  if (dictionary > 0) chunk.begin = std::min(chunk.begin, dictionary);
  return chunk;
}

// Reads a RowGroup.
void ReadRowGroup(ThriftReader& thrift, std::vector<Chunk>& chunks) {
  ReadStruct(thrift, [&](int16_t id, Type type) {
    if (id != 1 || type != Type::kList) return false;
    ReadStructs(thrift, [&] {
      ReadStruct(thrift, [&](int16_t column_id, Type column_type) {
        if (column_id != 3 || column_type != Type::kStruct) return false;
        thrift.BeginStruct();
        chunks.push_back(ReadChunk(thrift));
        return true;
      });
    });
    return true;
  });
}

// Reads a KeyValue. Sets out.crc_at if it is the checksum.
void ReadPair(ThriftReader& thrift, std::string_view footer, Footer& out) {
  std::string_view key;
  std::string_view value;
  ReadStruct(thrift, [&](int16_t id, Type type) {
    if (type != Type::kBinary || id < 1 || id > 2) return false;
    (id == 1 ? key : value) = thrift.Binary();
    return true;
  });
  if (key != kCrcKey) return;
  if (value.size() != kCrcDigits) Fail(kUnreadable);
  out.crc_at = static_cast<size_t>(value.data() - footer.data());
}

// Reads the FileMetaData.
Footer ReadFooter(std::string_view bytes) {
  Footer footer;
  ThriftReader thrift(bytes);
  bool is_own = false;
  std::set<int16_t> ids;
  ReadStruct(thrift, [&](int16_t id, Type type) {
    // Field ids are stored as differences, so one flipped bit changes the ids of all later fields,
    // which would then be skipped as unknown. Hence unknown fields are an error here.
    const auto* const field = std::ranges::find(kFooterFields, id, &FooterField::id);
    if (field == std::end(kFooterFields) || field->type != type || !ids.insert(id).second) {
      Fail(kUnreadable);
    }
    if (id == 6) {
      is_own = thrift.Binary() == kCreatedBy;
      return true;
    }
    if (id != 4 && id != 5) return false;
    ReadStructs(thrift, [&] {
      id == 4 ? ReadRowGroup(thrift, footer.chunks) : ReadPair(thrift, bytes, footer);
    });
    return true;
  });
  const bool has_all = std::ranges::all_of(kFooterFields, [&](const FooterField& field) {
    return !field.is_required || ids.contains(field.id);
  });
  const bool has_lost_crc = is_own && !footer.crc_at.has_value();
  if (!has_all || thrift.position() != bytes.size() || has_lost_crc) Fail(kUnreadable);
  return footer;
}

struct PageHeader {
  size_t header_bytes = 0;
  int64_t stored_bytes = -1;
  int64_t values = 0;  // of a data page
  std::optional<uint32_t> crc;
};

PageHeader ReadPageHeader(std::string_view bytes) {
  constexpr int16_t kDataPage = 5;
  constexpr int16_t kDataPageV2 = 8;
  PageHeader page;
  ThriftReader thrift(bytes);
  ReadStruct(thrift, [&](int16_t id, Type type) {
    if (type == Type::kI32 && id == 3) {
      page.stored_bytes = thrift.Integer();
    } else if (type == Type::kI32 && id == 4) {
      page.crc = static_cast<uint32_t>(thrift.Integer());
    } else if (type == Type::kStruct && (id == kDataPage || id == kDataPageV2)) {
      thrift.BeginStruct();
      ReadStruct(thrift, [&](int16_t inner, Type inner_type) {
        if (inner != 1 || inner_type != Type::kI32) return false;
        page.values = thrift.Integer();
        return true;
      });
    } else {
      return false;
    }
    return true;
  });
  page.header_bytes = thrift.position();
  return page;
}

// Reads the bytes from `begin` to `end` of a file, and keeps one piece of them in memory.
class Pieces {
 public:
  Pieces(const ReadableFile& file, uint64_t begin, uint64_t end)
      : file_(file), next_(begin), end_(end) {}

  uint64_t position() const { return next_ - (piece_.size() - at_); }
  // Returns the next bytes: `bytes_max` of them, fewer only at the end. Valid until the next call.
  std::string_view Peek(size_t bytes_max) {
    if (piece_.size() - at_ < bytes_max && next_ < end_) {
      piece_.erase(0, at_);
      at_ = 0;
      const size_t had = piece_.size();
      piece_.resize(had +
                    std::min<uint64_t>(std::max<uint64_t>(bytes_max, kPieceBytes), end_ - next_));
      const size_t got = file_.ReadAt(next_, std::span(piece_).subspan(had));
      if (got < piece_.size() - had) Fail("it became shorter while it was read");
      next_ += got;
    }
    return std::string_view(piece_).substr(at_, bytes_max);
  }
  void Skip(size_t bytes) { at_ += bytes; }

 private:
  const ReadableFile& file_;
  uint64_t next_;  // offset of the first byte that is not read yet
  uint64_t end_;
  std::string piece_;
  size_t at_ = 0;
};

// Checks one file.
class Checker {
 public:
  explicit Checker(const ReadableFile& file) : file_(file) {}

  void Check() {
    const uint64_t size = file_.status().size_bytes;
    if (size < 2 * kMagicBytes + kTailBytes) Fail("it is too short for a Parquet file");
    const std::string tail = Read(size - kTailBytes, kTailBytes);
    uint32_t footer_bytes = 0;
    std::memcpy(&footer_bytes, tail.data(), sizeof footer_bytes);
    if (Read(0, kMagicBytes) != kParquetMagic || tail.substr(kMagicBytes) != kParquetMagic ||
        footer_bytes > size - kMagicBytes - kTailBytes) {
      Fail("it does not begin and end as a Parquet file does");
    }
    footer_begin_ = size - kTailBytes - footer_bytes;
    const std::string footer_text = Read(footer_begin_, footer_bytes);
    Footer footer = ReadFooter(footer_text);
    std::ranges::sort(footer.chunks, {}, &Chunk::begin);
    for (const Chunk& chunk : footer.chunks) CheckChunk(chunk, footer.crc_at.has_value());
    if (footer.crc_at.has_value()) CheckRest(footer_text, *footer.crc_at);
  }

  ParquetCheck& found() { return found_; }

 private:
  std::string Read(uint64_t offset, size_t bytes) const {
    std::string out(bytes, '\0');
    if (file_.ReadAt(offset, out) != bytes) Fail("it became shorter while it was read");
    return out;
  }

  void CheckChunk(const Chunk& chunk, bool is_own) {
    const auto begin = static_cast<uint64_t>(chunk.begin);
    if (chunk.begin < 0 || chunk.bytes < 0 || begin > footer_begin_ ||
        static_cast<uint64_t>(chunk.bytes) > footer_begin_ - begin || (is_own && begin != end_)) {
      Fail("its footer names pages where there are none");
    }
    end_ = begin + static_cast<uint64_t>(chunk.bytes);
    int64_t values = 0;
    Pieces pieces(file_, begin, end_);
    while (pieces.position() < end_) values += CheckPage(pieces);
    if (values != chunk.values) {
      Fail(fmt::format("the pages from byte {} on have {} values, the footer says {}", begin,
                       values, chunk.values));
    }
  }

  // Checks the page at the position of `pieces`. Returns how many values it has.
  int64_t CheckPage(Pieces& pieces) {
    constexpr size_t kHeaderBytesMax = 64 << 10;
    const uint64_t begin = pieces.position();
    const auto fail = [&] { Fail(fmt::format("the page at byte {} is damaged", begin)); };
    PageHeader page;
    const std::string_view text = pieces.Peek(kHeaderBytesMax);
    try {
      page = ReadPageHeader(text);
    } catch (const Error&) {
      fail();
    }
    headers_crc_ = CrcOf(text.substr(0, page.header_bytes), headers_crc_);
    pieces.Skip(page.header_bytes);
    if (page.stored_bytes < 0 ||
        static_cast<uint64_t>(page.stored_bytes) > end_ - pieces.position()) {
      fail();
    }
    uint32_t crc = 0;
    for (auto left = static_cast<uint64_t>(page.stored_bytes); left > 0;) {
      const std::string_view piece = pieces.Peek(std::min(left, kPieceBytes));
      if (page.crc.has_value()) crc = CrcOf(piece, crc);
      pieces.Skip(piece.size());
      left -= piece.size();
    }
    ++found_.pages;
    if (!page.crc.has_value()) ++found_.pages_without_crc;
    if (page.crc.has_value() && crc != *page.crc) fail();
    return page.values;
  }

  // Compares the checksum of all page headers and of the footer, in which its own digits count as
  // zeros.
  void CheckRest(std::string footer, size_t crc_at) const {
    if (end_ != footer_begin_) Fail("its footer does not name all of its pages");
    const std::string expected = footer.substr(crc_at, kCrcDigits);
    footer.replace(crc_at, kCrcDigits, kCrcDigits, '0');
    if (CrcText(CrcOf(footer, headers_crc_)) != expected) {
      Fail("its footer, or a header of a page, is damaged");
    }
  }

  const ReadableFile& file_;
  ParquetCheck found_;
  uint64_t footer_begin_ = 0;
  uint64_t end_ = kMagicBytes;  // of the pages that were checked so far
  uint32_t headers_crc_ = 0;
};

}  // namespace

ParquetCheck CheckParquet(const ReadableFile& file) {
  Checker checker(file);
  try {
    checker.Check();
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kInvalid) throw;
    checker.found().fault = error.what();
  }
  return checker.found();
}

}  // namespace stedi
