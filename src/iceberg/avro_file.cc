#include "iceberg/avro_file.h"

#include <fmt/format.h>
#include <zlib.h>
#include <zstd.h>

#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/error.h"

namespace stedi {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kMagic("Obj\x01", 4);
constexpr size_t kSyncBytes = 16;
constexpr int kDepthMax = 64;
constexpr int32_t kNoId = -1;
constexpr size_t kBlockBytesMax = size_t{1} << 31U;

[[noreturn]] void ThrowDamaged(std::string_view what) {
  throw Error(ErrorCode::kInvalid, fmt::format("a damaged Avro file: {}", what));
}

// Reads Avro's primitive values, from front to back.
class AvroReader {
 public:
  explicit AvroReader(std::string_view bytes) : bytes_(bytes) {}

  bool is_at_end() const { return at_ == bytes_.size(); }
  size_t at() const { return at_; }

  std::string_view Take(size_t count) {
    if (count > bytes_.size() - at_) ThrowDamaged("it ends too early");
    at_ += count;
    return bytes_.substr(at_ - count, count);
  }

  int64_t Long() {
    constexpr unsigned kBitsMax = 63;
    uint64_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
      if (shift > kBitsMax) ThrowDamaged("a number is too long");
      const auto byte = static_cast<unsigned char>(Take(1)[0]);
      value |= uint64_t{byte & 0x7fU} << shift;
      if ((byte & 0x80U) == 0) break;
    }
    return static_cast<int64_t>(value >> 1U) ^ -static_cast<int64_t>(value & 1U);
  }

  std::string_view Bytes() {
    const int64_t count = Long();
    if (count < 0) ThrowDamaged("a length is negative");
    return Take(static_cast<size_t>(count));
  }

 private:
  std::string_view bytes_;
  size_t at_ = 0;
};

void PutLong(int64_t number, std::string& out) {
  auto value = (static_cast<uint64_t>(number) << 1U) ^ static_cast<uint64_t>(number >> 63);
  while (value >= 0x80U) {
    out += static_cast<char>((value & 0x7fU) | 0x80U);
    value >>= 7U;
  }
  out += static_cast<char>(value);
}

void PutBytes(std::string_view bytes, std::string& out) {
  PutLong(static_cast<int64_t>(bytes.size()), out);
  out += bytes;
}

enum class AvroKind : uint8_t {
  kNull,
  kBoolean,
  kLong,
  kFloat,
  kDouble,
  kText,
  kFixed,
  kRecord,
  kArray,
  kMap,
  kUnion
};

// A type of the schema.
struct AvroType {
  AvroKind kind = AvroKind::kNull;
  size_t size = 0;                               // of a fixed value
  std::vector<std::shared_ptr<AvroType>> parts;  // fields, branches, or the one type of the items
  std::vector<int32_t> field_ids;                // of a record's fields; kNoId: none
};

constexpr std::pair<std::string_view, AvroKind> kPrimitives[] = {
    {"null", AvroKind::kNull},   {"boolean", AvroKind::kBoolean}, {"int", AvroKind::kLong},
    {"long", AvroKind::kLong},   {"float", AvroKind::kFloat},     {"double", AvroKind::kDouble},
    {"bytes", AvroKind::kText},  {"string", AvroKind::kText},     {"enum", AvroKind::kLong},
    {"fixed", AvroKind::kFixed}, {"record", AvroKind::kRecord},   {"array", AvroKind::kArray},
    {"map", AvroKind::kMap}};

// Parses a schema. The types are shared, because a named type may be used in several places.
class AvroSchema {
 public:
  std::shared_ptr<AvroType> Parse(const Json& json, int depth = 0) {
    if (depth > kDepthMax) ThrowDamaged("its schema is too deep");
    if (json.is_array()) return ParseUnion(json, depth);
    if (json.is_string()) return ParseName(json.get<std::string>());
    const Json& type = json.at("type");
    if (!type.is_string()) return Parse(type, depth + 1);
    std::shared_ptr<AvroType> parsed = ParseName(type.get<std::string>());
    if (json.contains("name")) names_[ShortName(json.at("name").get<std::string>())] = parsed;
    if (parsed->kind == AvroKind::kFixed) parsed->size = json.at("size").get<size_t>();
    if (parsed->kind == AvroKind::kArray) parsed->parts = {Parse(json.at("items"), depth + 1)};
    if (parsed->kind == AvroKind::kMap) parsed->parts = {Parse(json.at("values"), depth + 1)};
    if (parsed->kind != AvroKind::kRecord) return parsed;
    for (const Json& field : json.at("fields")) {
      parsed->field_ids.push_back(field.value("field-id", kNoId));
      parsed->parts.push_back(Parse(field.at("type"), depth + 1));
    }
    return parsed;
  }

 private:
  std::shared_ptr<AvroType> ParseUnion(const Json& branches, int depth) {
    auto parsed = std::make_shared<AvroType>();
    parsed->kind = AvroKind::kUnion;
    for (const Json& branch : branches) parsed->parts.push_back(Parse(branch, depth + 1));
    return parsed;
  }

  std::shared_ptr<AvroType> ParseName(const std::string& name) {
    for (const auto& [primitive, kind] : kPrimitives) {
      if (primitive != name) continue;
      auto parsed = std::make_shared<AvroType>();
      parsed->kind = kind;
      return parsed;
    }
    const auto found = names_.find(ShortName(name));
    if (found != names_.end()) return found->second;
    ThrowDamaged(fmt::format("its schema has no type '{}'", name));
  }

  // Removes the namespace: no writer of manifests has two types that differ only in theirs.
  static std::string ShortName(const std::string& name) { return name.substr(name.rfind('.') + 1); }

  std::map<std::string, std::shared_ptr<AvroType>> names_;
};

// Goes through one record. If `out` is null, the values are shown to the editor; otherwise they are
// written there, with the editor's changes.
class RecordWalk {
 public:
  RecordWalk(AvroReader& reader, AvroRecordEditor& editor, std::string* out)
      : reader_(reader), editor_(editor), out_(out) {}

  void Walk(const AvroType& type, int32_t id, int depth = 0) {
    if (depth > kDepthMax) ThrowDamaged("a record is too deep");
    switch (type.kind) {
      case AvroKind::kNull:
        return;
      case AvroKind::kBoolean:
        return Copy(1);
      case AvroKind::kFloat:
        return Copy(sizeof(float));
      case AvroKind::kDouble:
        return Copy(sizeof(double));
      case AvroKind::kFixed:
        return Copy(type.size);
      case AvroKind::kLong:
        return Value(id, reader_.Long());
      case AvroKind::kText:
        return Value(id, std::string(reader_.Bytes()));
      case AvroKind::kRecord:
        for (size_t i = 0; i < type.parts.size(); ++i) {
          Walk(*type.parts[i], type.field_ids[i] != kNoId ? type.field_ids[i] : id, depth + 1);
        }
        return;
      case AvroKind::kArray:
      case AvroKind::kMap:
        return Items(type, id, depth);
      case AvroKind::kUnion: {
        const int64_t branch = reader_.Long();
        if (branch < 0 || static_cast<size_t>(branch) >= type.parts.size()) {
          ThrowDamaged("a value is of no type of its union");
        }
        Put(branch);
        return Walk(*type.parts[static_cast<size_t>(branch)], id, depth + 1);
      }
    }
  }

 private:
  void Copy(size_t bytes) {
    const std::string_view taken = reader_.Take(bytes);
    if (out_ != nullptr) *out_ += taken;
  }

  void Put(int64_t number) {
    if (out_ != nullptr) PutLong(number, *out_);
  }

  void Value(int32_t id, AvroValue value) {
    AvroField field{id, std::move(value)};
    if (out_ == nullptr) return editor_.Inspect(field);
    if (std::optional<AvroValue> changed = editor_.Change(field)) field.value = std::move(*changed);
    if (const auto* number = std::get_if<int64_t>(&field.value)) return PutLong(*number, *out_);
    PutBytes(std::get<std::string>(field.value), *out_);
  }

  // A negative count is followed by the size of the block in bytes, which a change could make
  // wrong. So the count is written as a positive one, without a size.
  void Items(const AvroType& type, int32_t id, int depth) {
    while (true) {
      int64_t count = reader_.Long();
      if (count < 0) {
        count = -count;
        reader_.Long();
      }
      Put(count);
      if (count == 0) return;
      for (int64_t i = 0; i < count; ++i) {
        if (type.kind == AvroKind::kMap) {
          const std::string_view key = reader_.Bytes();
          if (out_ != nullptr) PutBytes(key, *out_);
        }
        Walk(*type.parts[0], id, depth + 1);
      }
    }
  }

  AvroReader& reader_;
  AvroRecordEditor& editor_;
  std::string* out_;
};

std::string InflateRaw(std::string_view bytes) {
  z_stream stream = {};
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) ThrowDamaged("no memory to unpack a block");
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::string out;
  int code = Z_OK;
  while (code == Z_OK && out.size() < kBlockBytesMax) {
    constexpr size_t kPieceBytes = 1 << 16;
    const size_t size = out.size();
    out.resize(size + kPieceBytes);
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + size);
    stream.avail_out = kPieceBytes;
    code = inflate(&stream, Z_NO_FLUSH);
    out.resize(size + kPieceBytes - stream.avail_out);
  }
  inflateEnd(&stream);
  if (code != Z_STREAM_END) ThrowDamaged("a block cannot be unpacked");
  return out;
}

std::string DeflateRaw(std::string_view bytes) {
  constexpr int kMemoryLevel = 8;
  z_stream stream = {};
  if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -MAX_WBITS, kMemoryLevel,
                   Z_DEFAULT_STRATEGY) != Z_OK) {
    throw Error(ErrorCode::kUnavailable, "no memory to compress a block of Avro");
  }
  std::string out(deflateBound(&stream, static_cast<uLong>(bytes.size())), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string UnpackZstd(std::string_view bytes) {
  const std::unique_ptr<ZSTD_DCtx, size_t (*)(ZSTD_DCtx*)> context(ZSTD_createDCtx(),
                                                                   ZSTD_freeDCtx);
  std::string out;
  ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
  while (in.pos < in.size && out.size() < kBlockBytesMax) {
    const size_t size = out.size();
    out.resize(size + ZSTD_DStreamOutSize());
    ZSTD_outBuffer piece{out.data() + size, out.size() - size, 0};
    const size_t code = ZSTD_decompressStream(context.get(), &piece, &in);
    if (ZSTD_isError(code) != 0) ThrowDamaged("a block cannot be unpacked");
    out.resize(size + piece.pos);
  }
  return out;
}

std::string PackZstd(std::string_view bytes) {
  std::string out(ZSTD_compressBound(bytes.size()), '\0');
  out.resize(
      ZSTD_compress(out.data(), out.size(), bytes.data(), bytes.size(), ZSTD_CLEVEL_DEFAULT));
  return out;
}

struct AvroCodec {
  std::string_view name;
  std::string (*unpack)(std::string_view);
  std::string (*pack)(std::string_view);
};
std::string Unchanged(std::string_view bytes) { return std::string(bytes); }
constexpr AvroCodec kCodecs[] = {{"null", Unchanged, Unchanged},
                                 {"deflate", InflateRaw, DeflateRaw},
                                 {"zstandard", UnpackZstd, PackZstd}};

struct AvroHeader {
  std::map<std::string, std::string> entries;
  std::string_view sync;
};

AvroHeader ReadHeader(AvroReader& reader) {
  AvroHeader header;
  if (reader.Take(kMagic.size()) != kMagic) ThrowDamaged("it does not begin as one");
  while (int64_t count = reader.Long()) {
    if (count < 0) {
      count = -count;
      reader.Long();
    }
    for (; count > 0; --count) {
      std::string key(reader.Bytes());
      header.entries[std::move(key)] = reader.Bytes();
    }
  }
  header.sync = reader.Take(kSyncBytes);
  return header;
}

const AvroCodec& CodecOf(const AvroHeader& header) {
  const auto entry = header.entries.find("avro.codec");
  const std::string name = entry == header.entries.end() ? "null" : entry->second;
  for (const AvroCodec& codec : kCodecs) {
    if (codec.name == name) return codec;
  }
  throw Error(ErrorCode::kInvalid,
              fmt::format("an Avro file that is compressed with {}, which stedi does not write: "
                          "write it anew with deflate",
                          name));
}

std::shared_ptr<AvroType> SchemaOf(const AvroHeader& header) {
  const auto entry = header.entries.find("avro.schema");
  if (entry == header.entries.end()) ThrowDamaged("it has no schema");
  try {
    return AvroSchema().Parse(Json::parse(entry->second));
  } catch (const Json::exception&) {
    ThrowDamaged("its schema cannot be understood");
  }
}

}  // namespace

std::string EditAvroFile(std::string_view file, AvroRecordEditor& editor) {
  AvroReader reader(file);
  const AvroHeader header = ReadHeader(reader);
  const AvroCodec& codec = CodecOf(header);
  const std::shared_ptr<AvroType> schema = SchemaOf(header);
  std::string out(file.substr(0, reader.at()));
  while (!reader.is_at_end()) {
    const int64_t records = reader.Long();
    const std::string block = codec.unpack(reader.Bytes());
    if (reader.Take(kSyncBytes) != header.sync)
      ThrowDamaged("a block does not end where it should");
    AvroReader inspected(block);
    AvroReader copied(block);
    std::string changed;
    for (int64_t i = 0; i < records; ++i) {
      editor.Begin();
      RecordWalk(inspected, editor, nullptr).Walk(*schema, kNoId);
      editor.End();
      RecordWalk(copied, editor, &changed).Walk(*schema, kNoId);
    }
    if (!copied.is_at_end()) ThrowDamaged("a block holds more than its records");
    PutLong(records, out);
    PutBytes(codec.pack(changed), out);
    out += header.sync;
  }
  return out;
}

}  // namespace stedi
