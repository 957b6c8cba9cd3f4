#include "reader/scan_parts.h"

#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "landing/misfit.h"
#include "landing/rejected_values.h"

namespace stedi {
namespace {

// The column of the files of the rows that a batch collects.
class FileColumnBuilder {
 public:
  explicit FileColumnBuilder(std::shared_ptr<const ArrowColumn> names) : names_(std::move(names)) {}
  void Add(size_t file_index) { indices_.Add(static_cast<int64_t>(file_index)); }
  ArrowColumn Finish() {
    ArrowColumn column = indices_.Finish();
    column.dictionary = names_;
    return column;
  }

 private:
  std::shared_ptr<const ArrowColumn> names_;
  NumberColumnBuilder indices_{kInt32Format};
};

// A value of a rejected record is text that its column's type can hold.
template <class Number>
std::optional<Number> Parse(const std::optional<std::string>& text) {
  Number number = {};
  if (!text) return std::nullopt;
  const auto [stop, status] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (status != std::errc()) return std::nullopt;
  return number;
}

// A column of values of rejected records.
class ValueColumnBuilder {
 public:
  explicit ValueColumnBuilder(ColumnType type) : type_(type), numbers_(FormatOf(type)) {}

  void Add(const std::optional<std::string>& value) {
    if (type_ == ColumnType::kString) {
      if (value) return texts_.Add(*value);
      return texts_.AddNull();
    }
    if (type_ == ColumnType::kDouble) {
      const std::optional<double> number = Parse<double>(value);
      return number ? numbers_.AddDouble(*number) : numbers_.AddNull();
    }
    if (type_ == ColumnType::kBoolean) {
      return value ? numbers_.Add(*value == "true" ? 1 : 0) : numbers_.AddNull();
    }
    const std::optional<int64_t> number = Parse<int64_t>(value);
    return number ? numbers_.Add(*number) : numbers_.AddNull();
  }
  ArrowColumn Finish() {
    return type_ == ColumnType::kString ? texts_.Finish() : numbers_.Finish();
  }

  static const char* FormatOf(ColumnType type) {
    switch (type) {
      case ColumnType::kString:
        return kUtf8Format;
      case ColumnType::kInt:
        return kInt32Format;
      case ColumnType::kDouble:
        return kDoubleFormat;
      case ColumnType::kBoolean:
        return kBoolFormat;
      case ColumnType::kBigint:
        break;
    }
    return kInt64Format;
  }

 private:
  ColumnType type_;
  TextColumnBuilder texts_;
  NumberColumnBuilder numbers_;
};

// The numbers of a report, in the order of their columns.
struct ReportNumber {
  const char* name;
  uint64_t FileReport::*value;
};
constexpr ReportNumber kReportNumbers[] = {{"size_bytes", &FileReport::size_bytes},
                                           {"decoded_bytes", &FileReport::decoded_bytes},
                                           {"accepted_bytes", &FileReport::accepted_bytes},
                                           {"quarantined_bytes", &FileReport::quarantined_bytes},
                                           {"whitespace_bytes", &FileReport::whitespace_bytes},
                                           {"framing_bytes", &FileReport::framing_bytes},
                                           {"records", &FileReport::records},
                                           {"rejected", &FileReport::rejected}};

}  // namespace

std::vector<ArrowField> RejectionFields() {
  return {{"file", kInt32Format, false, true},
          {"byte_offset", kInt64Format},
          {"byte_length", kInt64Format},
          {"fault_offset", kInt64Format},
          {"reason", kUtf8Format},
          {"column_name", kUtf8Format, true},
          {"found", kUtf8Format, true},
          {"wanted", kUtf8Format, true},
          {"raw", kBinaryFormat},
          {"is_one_record", kBoolFormat}};
}

std::vector<ArrowField> RejectedRowFields(const Contract& contract) {
  std::vector<ArrowField> fields;
  fields.reserve(contract.rejected_columns.size() + 3);
  for (const size_t column : contract.rejected_columns) {
    const ContractColumn& of = contract.columns[column];
    fields.push_back({of.name, ValueColumnBuilder::FormatOf(of.type), true});
  }
  fields.push_back({kFileColumn, kInt32Format, false, true});
  fields.push_back({kOffsetColumn, kInt64Format});
  fields.push_back({"_reason", kUtf8Format});
  return fields;
}

std::vector<ArrowField> ReportFields() {
  std::vector<ArrowField> fields = {{"file", kUtf8Format}};
  fields.reserve(std::size(kReportNumbers) + 4);
  for (const ReportNumber& number : kReportNumbers) fields.push_back({number.name, kInt64Format});
  fields.push_back({"decoding", kUtf8Format});
  fields.push_back({"content_hash", kUtf8Format});
  fields.push_back({"problem", kUtf8Format, true});
  return fields;
}

bool ExportRejections(const LandingScan& scan, const std::shared_ptr<const ArrowColumn>& names,
                      RejectionSpoolReader& spool, ArrowArray& out) {
  FileColumnBuilder files(names);
  NumberColumnBuilder offsets;
  NumberColumnBuilder lengths;
  NumberColumnBuilder faults;
  TextColumnBuilder reasons;
  TextColumnBuilder columns;
  TextColumnBuilder found;
  TextColumnBuilder wanted;
  TextColumnBuilder raws;
  NumberColumnBuilder are_one_record(kBoolFormat);
  SpooledRejection next;
  size_t rows = 0;
  while (rows < kPartBatchRows && raws.text_bytes() < kPartBatchTextBytes && spool.Next(next)) {
    const Rejection& rejection = next.rejection;
    const MisfitText misfit = Describe(rejection.misfit, scan.contract());
    const RejectReasonRow& reason = Describe(rejection.reason);
    files.Add(next.file_index);
    offsets.Add(static_cast<int64_t>(rejection.offset));
    lengths.Add(static_cast<int64_t>(rejection.length));
    faults.Add(static_cast<int64_t>(rejection.fault_offset));
    reasons.Add(reason.name);
    columns.AddOrNull(misfit.column);
    found.AddOrNull(misfit.found);
    wanted.AddOrNull(misfit.wanted);
    raws.Add(next.raw);
    are_one_record.Add(reason.is_one_record ? 1 : 0);
    ++rows;
  }
  if (rows == 0) return false;
  std::vector<ArrowColumn> all;
  all.reserve(RejectionFields().size());
  all.push_back(files.Finish());
  for (NumberColumnBuilder* const column : {&offsets, &lengths, &faults}) {
    all.push_back(column->Finish());
  }
  for (TextColumnBuilder* const column : {&reasons, &columns, &found, &wanted, &raws}) {
    all.push_back(column->Finish());
  }
  all.push_back(are_one_record.Finish());
  ExportBatch(std::move(all), static_cast<int64_t>(rows), out);
  return true;
}

bool ExportRejectedRows(const LandingScan& scan, const std::shared_ptr<const ArrowColumn>& names,
                        RejectionSpoolReader& spool, ArrowArray& out) {
  const Contract& contract = scan.contract();
  std::vector<ValueColumnBuilder> values;
  values.reserve(contract.rejected_columns.size());
  for (const size_t column : contract.rejected_columns) {
    values.emplace_back(contract.columns[column].type);
  }
  FileColumnBuilder files(names);
  NumberColumnBuilder offsets;
  TextColumnBuilder reasons;
  SpooledRejection next;
  size_t rows = 0;
  size_t bytes = 0;
  while (rows < kPartBatchRows && bytes < kPartBatchTextBytes && spool.Next(next)) {
    const RejectedRow row = DecodeRejectedRow(next.raw);
    for (size_t i = 0; i < values.size(); ++i) values[i].Add(row.at(i));
    files.Add(next.file_index);
    offsets.Add(static_cast<int64_t>(next.rejection.offset));
    reasons.Add(Describe(next.rejection.reason).name);
    bytes += next.raw.size();
    ++rows;
  }
  if (rows == 0) return false;
  std::vector<ArrowColumn> all;
  all.reserve(values.size() + 3);
  for (ValueColumnBuilder& column : values) all.push_back(column.Finish());
  all.push_back(files.Finish());
  all.push_back(offsets.Finish());
  all.push_back(reasons.Finish());
  ExportBatch(std::move(all), static_cast<int64_t>(rows), out);
  return true;
}

void ExportReports(const LandingScan& scan, ArrowArray& out) {
  std::vector<ArrowColumn> all;
  all.reserve(ReportFields().size());
  TextColumnBuilder texts;
  for (const LandingFile& file : scan.files()) texts.Add(file.file);
  all.push_back(texts.Finish());
  for (const ReportNumber& number : kReportNumbers) {
    NumberColumnBuilder numbers;
    for (const FileReport& report : scan.reports()) {
      numbers.Add(static_cast<int64_t>(report.*number.value));
    }
    all.push_back(numbers.Finish());
  }
  for (const FileReport& report : scan.reports()) texts.Add(DecodingName(report.compression));
  all.push_back(texts.Finish());
  for (const FileReport& report : scan.reports()) texts.Add(report.content_hash);
  all.push_back(texts.Finish());
  for (const FileReport& report : scan.reports()) texts.AddOrNull(report.problem);
  all.push_back(texts.Finish());
  ExportBatch(std::move(all), static_cast<int64_t>(scan.reports().size()), out);
}

}  // namespace stedi
