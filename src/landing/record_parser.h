// The full parser: turns any well-formed record into fields by contract column, and these into a
// row. It is slower than the fast path, which leaves to it whatever it does not expect.
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "landing/contract.h"
#include "landing/json_lexer.h"
#include "landing/rejection.h"
#include "landing/row_buffer.h"

namespace stedi {

// A key of a record and its value, as views into the parsed bytes.
struct RecordField {
  size_t column = kNoColumn;  // kNoColumn: the contract does not name the key
  std::string_view key;       // as it is written, without the quotes
  JsonValue value;
};

// All pointers and views point into the parsed bytes.
struct ParsedRecord {
  LexStatus status = LexStatus::kOk;
  const char* begin = nullptr;
  const char* stop = nullptr;  // kOk: one past the '}'; else the fault, or the end of the bytes
  const char* first_control = nullptr;  // raw control byte in a string; nullptr: none
  const char* duplicate = nullptr;      // first key that names a column again; nullptr: none
  size_t duplicate_column = 0;
  bool non_ascii = false;
  std::vector<RecordField> fields;  // in input order, each column once
};

struct RecordFault {
  RejectReason reason = RejectReason::kMalformed;
  const char* position = nullptr;  // where the fault is in the record
  Misfit misfit = {};
};

class RecordParser {
 public:
  // `contract` and `index` must outlive it.
  RecordParser(const Contract& contract, const ContractIndex& index)
      : contract_(contract), index_(index) {}

  // Parses the object whose '{' is at `begin`. The result is valid until the next call.
  const ParsedRecord& Parse(const char* begin, const char* end);

  // Adds the record of the last Parse(), whose status must be kOk, to `rows`, or returns what is
  // wrong with it and adds nothing. `offset` is the record's position in the file.
  std::optional<RecordFault> Store(uint64_t offset, RowBuffer& rows);

 private:
  bool ParseMembers(JsonLexer& lexer);
  void AddMember(const JsonValue& key, const JsonValue& value);
  std::optional<RecordFault> CheckText() const;
  void StoreRescued(RowBuffer& rows);
  // Why a value does not fit its column.
  struct ValueFault {
    RejectReason reason;
    FoundKind found;
  };
  std::optional<ValueFault> StoreValue(const RecordField& field, RowBuffer& rows) const;
  std::optional<ValueFault> StoreNumber(const RecordField& field, RowBuffer& rows) const;

  const Contract& contract_;
  const ContractIndex& index_;
  ParsedRecord record_;
  std::bitset<kContractColumnsMax> seen_;
  std::bitset<kContractColumnsMax> unfit_;  // columns that cannot hold their values in this record
  std::string scratch_;
};

}  // namespace stedi
