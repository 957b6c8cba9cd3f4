#include "run/run_report.h"

#include <fmt/format.h>

namespace stedi {

ExpectationReport ReportOf(const ExpectationRecord& record) {
  const std::optional<ExpectationAction> action = ParseExpectationAction(record.action);
  if (!action.has_value()) {
    throw Error(ErrorCode::kInvalid,
                fmt::format("the log of runs is damaged: expectation {} of {} has the action '{}'",
                            record.name, record.table, record.action));
  }
  ExpectationReport report;
  report.table = record.table;
  report.name = record.name;
  report.kind = record.kind;
  report.action = *action;
  report.failed = record.failed;
  return report;
}

}  // namespace stedi
